import { AppError } from '../../../shared/errors.ts'
import { recordAudit } from '../../core/audit/index.ts'
import { platformContext, platformTenantId } from '../../core/platform-tenant.ts'
import type { TenantContext } from '../../core/tenancy.ts'
import { ensurePlatformTenant } from '../tenants/index.ts'
import { generatePassword, hashPassword } from './password.ts'
import { createStaff, type NewPerson } from './people.ts'
import { addAssignment, findStaffByEmail, hasStaffWithRole } from './staff-store.ts'

export interface EnsuredAccount {
  readonly email: string
  /** Only where it was generated just now; it cannot be had again. */
  readonly password: string | null
  readonly created: boolean
}

interface FirstAdministrator {
  readonly email?: string | undefined
  readonly password?: string | undefined
  readonly now: Date
}

const fallbackEmail = 'admin@edpsych.example'

/** Makes the first platform administrator where there is none; to be called at each start. */
export async function ensureFirstAdministrator({
  email = fallbackEmail,
  password,
  now,
}: FirstAdministrator): Promise<EnsuredAccount> {
  await ensurePlatformTenant()
  if (await hasStaffWithRole(platformTenantId, 'platform-admin')) {
    return { email, password: null, created: false }
  }
  const ctx = platformContext('first-start')
  const person = { name: 'Platform administrator', email, role: 'platform-admin' } as const
  return ensureAccount(ctx, person, now, password)
}

/** An account with a lasting password and one role in the caller's tenant; an existing account stays as it is. */
export async function ensureAccount(
  ctx: TenantContext,
  person: NewPerson,
  now: Date,
  given?: string,
): Promise<EnsuredAccount> {
  const { email } = person
  if (await findStaffByEmail(email)) return { email, password: null, created: false }
  const password = given ?? generatePassword()
  try {
    await createStaff(ctx, person, now, {
      passwordHash: await hashPassword(password),
      mustChangePassword: false,
      passwordExpiresAt: null,
    })
  } catch (error) {
    // Another process starting at the same moment was faster.
    if (!(error instanceof AppError) || error.code !== 'conflict') throw error
    return { email, password: null, created: false }
  }
  return { email, password: given === undefined ? password : null, created: true }
}

/**
 * The administrator of a tenant, for scripts: `admin@<slug>.example` unless another address is given.
 * An account that exists elsewhere gets the role here and keeps its password.
 */
export async function ensureTenantAdministrator(
  ctx: TenantContext,
  { slug, email = `admin@${slug}.example` }: { slug: string; email?: string | undefined },
  now: Date,
): Promise<EnsuredAccount> {
  const role = 'school-admin'
  const account = await ensureAccount(ctx, { name: 'Administrator', email, role }, now)
  const user = account.created ? null : await findStaffByEmail(email)
  if (user && (await addAssignment(user._id, { tenantId: ctx.tenantId, role, until: null }, ctx))) {
    await recordAudit(ctx, {
      action: 'person.grant-role',
      target: { type: 'staff-user', id: user._id },
      fields: [`roles.${role}`],
      result: 'success',
    })
  }
  return account
}
