import type { PlatformBody } from '../../shared/api/lti.ts'
import { AppError } from '../../shared/errors.ts'
import { platformContext } from '../core/platform-tenant.ts'
import { systemContext, type TenantContext } from '../core/tenancy.ts'
import { type EnsuredAccount, ensureAccount } from '../modules/auth/index.ts'
import { ensureResource } from '../modules/content/index.ts'
import { upsertRoster } from '../modules/roster/index.ts'
import {
  createTenant,
  ensurePlatformTenant,
  findTenantBySlug,
  type NewTenant,
} from '../modules/tenants/index.ts'
import { demoLibrary } from './library/index.ts'
import { demoRoster, demoSchools } from './roster.ts'
import { isSown, noteSown } from './seed-store.ts'

export interface DemoDeps {
  now(): Date
  importItems(
    ctx: TenantContext,
    file: { readonly fileName: string; readonly bytes: Buffer },
  ): Promise<unknown>
  /** The item bank as a QTI 3 package. */
  itemBank(): Promise<Buffer>
  readonly platform: PlatformBody
  /** Registers the simulated LMS; repeating it changes nothing. */
  registerPlatform(ctx: TenantContext, body: PlatformBody): Promise<unknown>
}

export interface DemoAccount extends EnsuredAccount {
  readonly name: string
}

export interface DemoReport {
  /** The demo accounts, with the passwords that were generated just now. */
  readonly accounts: readonly DemoAccount[]
}

const trust = { slug: 'demo', name: 'Harbourside Learning Trust', kind: 'trust' } as const

const people = [
  { email: 'admin@harbourside.example', name: 'Demo Administrator', role: 'school-admin' },
  { email: 'teacher@harbourside.example', name: 'Demo Teacher', role: 'teacher' },
] as const

/**
 * Makes the demo trust once per database: what people change or delete afterwards stays so.
 * Interrupted, it goes on at the next start. The simulated LMS is registered at each, since its address may change.
 */
export async function seedDemo(deps: DemoDeps): Promise<DemoReport> {
  await ensurePlatformTenant()
  const trustCtx = await ensureTenant(platformContext('demo'), trust)
  await deps.registerPlatform(trustCtx, deps.platform)
  if (await isSown('demo')) return { accounts: [] }
  for (const school of demoSchools) {
    const { slug, name } = school
    const ctx = await ensureTenant(trustCtx, { slug, name, kind: 'school' })
    await upsertRoster(ctx, demoRoster(school))
  }
  for (const { id, body } of demoLibrary) await ensureResource(trustCtx, id, body)
  await deps.importItems(trustCtx, { fileName: 'item-bank.zip', bytes: await deps.itemBank() })
  const accounts: DemoAccount[] = []
  for (const person of people) {
    const account = await ensureAccount(trustCtx, person, deps.now())
    accounts.push({ ...account, name: person.name })
  }
  await noteSown('demo', deps.now())
  return { accounts }
}

async function ensureTenant(parent: TenantContext, wanted: NewTenant): Promise<TenantContext> {
  const tenant = (await findTenantBySlug(wanted.slug)) ?? (await createUnlessMade(parent, wanted))
  return systemContext(tenant.id, 'demo')
}

async function createUnlessMade(parent: TenantContext, wanted: NewTenant) {
  try {
    return await createTenant(parent, wanted)
  } catch (error) {
    // Another process starting at the same moment may have been faster.
    const made =
      error instanceof AppError && error.code === 'conflict'
        ? await findTenantBySlug(wanted.slug)
        : null
    if (!made) throw error
    return made
  }
}
