import type { SignInStep } from '../../../../shared/api/sso.ts'
import { AppError } from '../../../../shared/errors.ts'
import type { RoleName } from '../../../../shared/scopes.ts'
import { recordAudit } from '../../../core/audit/index.ts'
import { platformTenantId } from '../../../core/platform-tenant.ts'
import type { TenantContext } from '../../../core/tenancy.ts'
import { type Account, addAccount, findAccount, giveRoleOf, takeRoleOf } from '../../auth/index.ts'
import { readLineage } from '../../tenants/index.ts'
import { findIdentity, type IdentityRow, insertIdentity, noteSignIn } from '../identity-store.ts'
import { findVerifiedDomain } from '../policy-store.ts'
import type { ProviderRow } from '../provider-store.ts'
import type { Assertion } from './assertion.ts'
import { mappedRoles } from './roles.ts'

/** Who an assertion is, and what would have to be done for a sign-in. */
type Finding =
  | { readonly kind: 'linked'; readonly account: Account; readonly identity: IdentityRow }
  /** The organisation proved the domain of the address, and the account is its own. */
  | { readonly kind: 'linkable'; readonly account: Account }
  | { readonly kind: 'new'; readonly email: string }
  | { readonly kind: 'refused'; readonly error: AppError }

const notSaid =
  'The identity provider did not say who this is in a way that lasts; have it send a persistent Name ID'

/** Finds the account of a person by the provider's lasting id; an address alone proves nothing. */
async function find(provider: ProviderRow, { subject, email }: Assertion): Promise<Finding> {
  if (subject === '') {
    return refuse('sso_answer_refused', notSaid)
  }
  const identity = await findIdentity(provider, provider._id, { subject })
  if (identity) {
    const account = await findAccount({ id: identity.personId })
    if (account) return { kind: 'linked', account, identity }
  }
  if (email === null) {
    return refuse(
      'sso_account_not_allowed',
      'The identity provider sends no e-mail address, which a first sign-in needs; release it to this service',
    )
  }
  const isOurDomain = await ownsDomainOf(provider, email)
  const account = await findAccount({ email })
  if (account) {
    const isOwn = account.homeTenantId === provider.tenantId
    const isOnlyHere = account.tenantIds.every((id) => id === provider.tenantId)
    if (isOurDomain && isOwn && isOnlyHere) return { kind: 'linkable', account }
    return refuse(
      'sso_link_needed',
      'An account with this address exists. Sign in with its password once, then choose “Link” under “Your account”',
    )
  }
  if (!provider.createsAccounts) {
    return refuse(
      'sso_account_not_allowed',
      'There is no account for this person yet; ask an administrator of your organisation to invite you',
    )
  }
  if (!isOurDomain) {
    return refuse(
      'sso_account_not_allowed',
      `Accounts are made only for addresses of domains that the organisation has proven; ${domainOf(email)} is not one of them`,
    )
  }
  return { kind: 'new', email }
}

async function ownsDomainOf({ tenantId }: ProviderRow, email: string): Promise<boolean> {
  return (await findVerifiedDomain(domainOf(email)))?.tenantId === tenantId
}

function domainOf(email: string): string {
  return email.slice(email.lastIndexOf('@') + 1).toLowerCase()
}

function refuse(
  code: 'sso_answer_refused' | 'sso_account_not_allowed' | 'sso_link_needed',
  sentence: string,
): Finding {
  return { kind: 'refused', error: new AppError(code, sentence) }
}

/** The account to sign in, linked or made where that is allowed, with the roles that the provider gives now. */
export async function resolvePerson(
  ctx: TenantContext,
  provider: ProviderRow,
  assertion: Assertion,
  now: Date,
): Promise<Account> {
  const roles = mappedRoles(provider, assertion.roleValues)
  const finding = await find(provider, assertion)
  if (finding.kind === 'refused') throw finding.error
  const { account, identity } =
    finding.kind === 'linked'
      ? finding
      : await link(
          ctx,
          provider,
          assertion.subject,
          await accountFor(ctx, finding, assertion, roles),
        )
  if (account.isDisabled) {
    throw new AppError('sso_account_not_allowed', 'This account is disabled; ask an administrator')
  }
  await assertMayUse(provider, account)
  const kept = await moveRoles(ctx, account.id, identity.roles, roles, now)
  await noteSignIn(identity, [...roles, ...kept], now)
  return account
}

async function accountFor(
  ctx: TenantContext,
  finding: Extract<Finding, { kind: 'linkable' | 'new' }>,
  { name }: Assertion,
  roles: readonly RoleName[],
): Promise<{ readonly account: Account; readonly linkedBy: IdentityRow['linkedBy'] }> {
  if (finding.kind === 'linkable') return { account: finding.account, linkedBy: 'domain' }
  if (roles.length === 0) {
    throw new AppError(
      'sso_account_not_allowed',
      'Your directory gives you no role here; ask an administrator to map one of your groups to a role',
    )
  }
  const { email } = finding
  const account = await addAccount(ctx, { email, name: name ?? email, roles })
  await recordAudit(ctx, {
    action: 'person.create',
    target: { type: 'staff-user', id: account.id },
    fields: ['email', 'name', ...roles.map((role) => `roles.${role}`)],
    result: 'success',
  })
  return { account, linkedBy: 'created' }
}

async function link(
  ctx: TenantContext,
  provider: ProviderRow,
  subject: string,
  { account, linkedBy }: { readonly account: Account; readonly linkedBy: IdentityRow['linkedBy'] },
): Promise<{ readonly account: Account; readonly identity: IdentityRow }> {
  const fields = { personId: account.id, providerId: provider._id, subject, linkedBy }
  const identity = await insertIdentity(provider, fields)
  if (identity === null) {
    throw new AppError(
      'sso_link_needed',
      'This account is linked with another person of the identity provider; an administrator can unlink it',
    )
  }
  await recordAudit(ctx, {
    action: 'sso.link',
    target: { type: 'staff-user', id: account.id },
    fields: [`linkedBy.${linkedBy}`],
    result: 'success',
  })
  return { account, identity }
}

/**
 * Who administers a provider decides whom it signs in, so it opens only accounts of its own organisation and of
 * those below, and never those of the platform's staff.
 */
async function assertMayUse({ tenantId }: ProviderRow, { tenantIds }: Account): Promise<void> {
  const isPlatforms = tenantIds.includes(platformTenantId) && tenantId !== platformTenantId
  const lineages = await Promise.all(tenantIds.map((id) => readLineage(id)))
  if (!isPlatforms && lineages.flat().some(({ id }) => id === tenantId)) return
  throw new AppError(
    'sso_account_not_allowed',
    'This identity provider belongs to an organisation that your account is not part of',
  )
}

/** Links the account of somebody who is signed in, and so has proven both. */
export async function linkPerson(
  ctx: TenantContext,
  provider: ProviderRow,
  personId: string,
  { subject }: Assertion,
): Promise<void> {
  const account = await findAccount({ id: personId })
  if (account === null || subject === '') {
    throw new AppError('sso_answer_refused', notSaid)
  }
  await assertMayUse(provider, account)
  const known = await findIdentity(provider, provider._id, { subject })
  if (known?.personId === personId) return
  await link(ctx, provider, subject, { account, linkedBy: 'password' })
}

/** What the provider gave before and gives no more is taken; what people gave by hand stays. Answers what could not be taken. */
async function moveRoles(
  ctx: TenantContext,
  personId: string,
  before: readonly RoleName[],
  after: readonly RoleName[],
  now: Date,
): Promise<RoleName[]> {
  const kept: RoleName[] = []
  for (const role of after) await giveRoleOf(ctx, personId, role)
  for (const role of before.filter((one) => !after.includes(one))) {
    try {
      await takeRoleOf(ctx, personId, role, now)
    } catch (error) {
      // The last administrator stays one: an organisation must not lock itself out by a mapping.
      if (!(error instanceof AppError && error.code === 'last_administrator')) throw error
      kept.push(role)
    }
  }
  return kept
}

/** What a sign-in would do, step by step; nothing is changed. */
export async function examine(provider: ProviderRow, assertion: Assertion): Promise<SignInStep[]> {
  const roles = mappedRoles(provider, assertion.roleValues)
  const finding = await find(provider, assertion)
  const accounts: Record<Finding['kind'], string> = {
    linked: 'The account is linked already',
    linkable: 'An account of this organisation has the address and will be linked',
    new: 'A new account will be made',
    refused: finding.kind === 'refused' ? finding.error.message : '',
  }
  const hasRoles = finding.kind === 'linked' || finding.kind === 'linkable'
  return [
    { step: 'signature', passed: true, detail: 'The signatures are right' },
    { step: 'conditions', passed: true, detail: 'It is meant for this service, now' },
    {
      step: 'person',
      passed: assertion.subject !== '',
      detail: assertion.subject === '' ? 'It does not say who this is' : 'It says who this is',
    },
    {
      step: 'email',
      passed: assertion.email !== null,
      detail: assertion.email === null ? 'No e-mail address came' : 'An e-mail address came',
    },
    { step: 'account', passed: finding.kind !== 'refused', detail: accounts[finding.kind] },
    {
      step: 'roles',
      passed: hasRoles || roles.length > 0,
      detail:
        roles.length > 0
          ? `Roles: ${roles.join(', ')}`
          : `No role is mapped from ${assertion.roleValues.length} values; ${hasRoles ? 'the account keeps the roles it has' : 'a new account needs one'}`,
    },
  ]
}
