import type { TenantSummary } from '../../../shared/api/access.ts'
import type { Page } from '../../../shared/api/contract.ts'
import type {
  Onboarding,
  OnboardingChange,
  OnboardingList,
  OnboardingSummary,
} from '../../../shared/api/onboarding.ts'
import { AppError } from '../../../shared/errors.ts'
import { recordAudit } from '../../core/audit/index.ts'
import { showPage } from '../../core/lists/index.ts'
import type { TenantContext } from '../../core/tenancy.ts'
import { findTenantWithAncestors, getTenant, tenantAndDescendants } from '../tenants/index.ts'
import { type FactSources, gatherFacts } from './facts.ts'
import { showOnboarding, showSummary } from './show.ts'
import { type ActorRef, type Choice, type DerivedStep, deriveSteps } from './steps.ts'
import {
  findOnboarding,
  findOnboardingPage,
  insertOnboarding,
  type OnboardingRow,
  writeChoice,
  writeCompletion,
} from './store.ts'

export interface OnboardingDeps {
  readonly sources: FactSources
  now(): Date
}

const settable: ReadonlySet<string> = new Set(['trust', 'local-authority', 'school'])

/** The organisation, where it is the caller's own or lies below it, and the caller acting in it. */
async function enter(
  ctx: TenantContext,
  id: string,
): Promise<{ organisation: TenantSummary; inside: TenantContext }> {
  const found = await findTenantWithAncestors(id)
  if (!found?.lineage.includes(ctx.tenantId)) {
    throw new AppError('not_found', `The organisation ${id} does not exist`)
  }
  if (!settable.has(found.tenant.kind)) {
    throw new AppError(
      'onboarding_not_possible',
      `A ${found.tenant.kind} is not set up step by step; trusts, local authorities and schools are`,
    )
  }
  return { organisation: found.tenant, inside: { ...ctx, tenantId: id } }
}

interface Situation {
  readonly row: OnboardingRow | null
  readonly steps: DerivedStep[]
}

async function look(organisation: TenantSummary, deps: OnboardingDeps): Promise<Situation> {
  const [row, facts] = await Promise.all([
    findOnboarding(organisation.id),
    gatherFacts(organisation, deps.sources),
  ])
  return { row, steps: deriveSteps(facts, row?.choices ?? {}) }
}

export async function readOnboarding(
  ctx: TenantContext,
  id: string,
  deps: OnboardingDeps,
): Promise<Onboarding> {
  const { organisation } = await enter(ctx, id)
  const { row, steps } = await look(organisation, deps)
  return showOnboarding(ctx, organisation, row, steps)
}

export async function listOnboardings(
  ctx: TenantContext,
  query: OnboardingList,
  deps: OnboardingDeps,
): Promise<Page<OnboardingSummary>> {
  const page = await findOnboardingPage(await tenantAndDescendants(ctx.tenantId), query)
  const rows: OnboardingSummary[] = []
  // One after the other: each looks at half a dozen collections, and a page has many.
  for (const row of page.rows) {
    const organisation = await getTenant(row.tenantId)
    if (!organisation) continue
    const facts = await gatherFacts(organisation, deps.sources)
    rows.push(await showSummary(ctx, organisation, row, deriveSteps(facts, row.choices)))
  }
  return showPage({ ...page, rows }, (shown) => shown)
}

function actorOf({ principal: { kind, id } }: TenantContext): ActorRef {
  return { kind, id }
}

async function begin(inside: TenantContext): Promise<void> {
  if (!(await insertOnboarding(inside, actorOf(inside)))) return
  await recordAudit(inside, {
    action: 'onboarding.begin',
    target: { type: 'tenant', id: inside.tenantId },
    result: 'success',
  })
}

export async function beginOnboarding(
  ctx: TenantContext,
  id: string,
  deps: OnboardingDeps,
): Promise<Onboarding> {
  const { inside } = await enter(ctx, id)
  await begin(inside)
  return readOnboarding(ctx, id, deps)
}

/** Takes down what a person decided about one step. */
export async function changeOnboarding(
  ctx: TenantContext,
  id: string,
  change: OnboardingChange,
  deps: OnboardingDeps,
): Promise<Onboarding> {
  const { organisation, inside } = await enter(ctx, id)
  const { steps } = await look(organisation, deps)
  const step = steps.find(({ key }) => key === change.step)
  if (!step) throw new TypeError(`no step ${change.step}`)
  const choice = decide(step, change, { by: actorOf(ctx), at: deps.now() })
  const fields = Object.keys(choice)
  if (fields.length > 0) {
    await begin(inside)
    await writeChoice(inside, change.step, choice)
    await recordAudit(inside, {
      action: 'onboarding.update',
      target: { type: 'tenant', id },
      fields: fields.map((field) => `${change.step}.${field}`),
      result: 'success',
    })
  }
  return readOnboarding(ctx, id, deps)
}

function decide(
  step: DerivedStep,
  { skip, confirm, note }: OnboardingChange,
  decided: { readonly by: ActorRef; readonly at: Date },
): Choice {
  if (skip && step.required) {
    throw new AppError('onboarding_step_required', `“${step.title}” cannot be left out`)
  }
  if (confirm !== undefined && confirm !== step.confirmation) {
    throw new AppError(
      'onboarding_facts_changed',
      step.confirmation === null
        ? `Nothing of “${step.title}” is to be confirmed`
        : `“${step.title}” has changed since you read it; look again and confirm it`,
    )
  }
  return {
    ...(skip === undefined ? {} : { skipped: skip ? decided : null }),
    ...(confirm === undefined ? {} : { confirmed: { confirmation: confirm, ...decided } }),
    ...(note === undefined ? {} : { note }),
  }
}

/** Ends the setting up; refused as long as a step is still to do. */
export async function completeOnboarding(
  ctx: TenantContext,
  id: string,
  deps: OnboardingDeps,
): Promise<Onboarding> {
  const { organisation, inside } = await enter(ctx, id)
  const { row, steps } = await look(organisation, deps)
  if (!row?.completedAt) {
    const open = steps.filter(({ state }) => state === 'todo').map(({ title }) => `“${title}”`)
    if (open.length > 0) {
      throw new AppError('onboarding_incomplete', `Still to do: ${open.join(', ')}`)
    }
    await begin(inside)
    if (await writeCompletion(inside, actorOf(ctx), deps.now())) {
      await recordAudit(inside, {
        action: 'onboarding.complete',
        target: { type: 'tenant', id },
        result: 'success',
      })
    }
  }
  return readOnboarding(ctx, id, deps)
}
