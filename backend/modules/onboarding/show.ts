import type { TenantSummary } from '../../../shared/api/access.ts'
import type {
  Onboarding,
  OnboardingStep,
  OnboardingSummary,
} from '../../../shared/api/onboarding.ts'
import { lastAct } from '../../core/audit/index.ts'
import { hasScope, type TenantContext } from '../../core/tenancy.ts'
import { describePerson } from '../auth/index.ts'
import { stepWords } from './step-words.ts'
import type { ActorRef, DerivedStep } from './steps.ts'
import type { OnboardingRow } from './store.ts'

type Actor = OnboardingStep['by']

/** The name of a member of staff is shown to those who may see staff. */
async function name(ctx: TenantContext, actor: ActorRef | null): Promise<Actor> {
  if (actor === null) return null
  const { kind, id } = actor
  const person = kind === 'staff' && hasScope(ctx, 'people.read') ? await describePerson(id) : null
  return { kind, id, name: person?.name ?? null }
}

export async function showSummary(
  ctx: TenantContext,
  organisation: TenantSummary,
  row: OnboardingRow | null,
  steps: readonly DerivedStep[],
): Promise<OnboardingSummary> {
  const { id, name: title, slug, kind, parentId } = organisation
  const [begunBy, completedBy] = await Promise.all([
    name(ctx, row?.begunBy ?? null),
    name(ctx, row?.completedBy ?? null),
  ])
  return {
    id,
    organisation: { id, name: title, slug, kind, parentId },
    state: row === null ? 'not-begun' : row.completedAt ? 'completed' : 'under-way',
    total: steps.length,
    finished: steps.filter(({ state }) => state !== 'todo').length,
    nextStep: steps.find(({ state }) => state === 'todo')?.key ?? null,
    begunAt: row?.createdAt.toISOString() ?? null,
    begunBy,
    completedAt: row?.completedAt?.toISOString() ?? null,
    completedBy,
    createdAt: row?.createdAt.toISOString() ?? organisation.createdAt,
    updatedAt: row?.updatedAt.toISOString() ?? organisation.updatedAt,
  }
}

export async function showOnboarding(
  ctx: TenantContext,
  organisation: TenantSummary,
  row: OnboardingRow | null,
  steps: readonly DerivedStep[],
): Promise<Onboarding> {
  const [summary, shown] = await Promise.all([
    showSummary(ctx, organisation, row, steps),
    Promise.all(steps.map((step) => showStep(ctx, organisation.id, step))),
  ])
  return { ...summary, steps: shown }
}

async function showStep(
  ctx: TenantContext,
  tenantId: string,
  { decided, ...step }: DerivedStep,
): Promise<OnboardingStep> {
  const who = decided ?? (await whoDid(tenantId, step))
  return {
    ...step,
    by: who && (await name(ctx, 'by' in who ? who.by : who.actor)),
    at: who?.at.toISOString() ?? null,
  }
}

/** Of a step that is done by doing it: who, by the trail of the organisation. */
async function whoDid(tenantId: string, { key, state }: Pick<DerivedStep, 'key' | 'state'>) {
  const { acts } = stepWords[key]
  if (state !== 'done' || acts.length === 0) return null
  return lastAct(tenantId, acts, key === 'details' ? 'organisation.dataRegion' : undefined)
}
