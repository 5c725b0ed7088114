import type { Page } from '../../../shared/api/contract.ts'
import type { IdentityList, SsoIdentity } from '../../../shared/api/sso.ts'
import { AppError } from '../../../shared/errors.ts'
import { recordAudit } from '../../core/audit/index.ts'
import { showPage } from '../../core/lists/index.ts'
import type { TenantContext } from '../../core/tenancy.ts'
import { findAccount } from '../auth/index.ts'
import { readLineage } from '../tenants/index.ts'
import { addressesOf } from './addresses.ts'
import {
  deleteIdentity,
  findIdentitiesOf,
  findIdentityPage,
  type IdentityRow,
} from './identity-store.ts'
import { findVerifiedDomain } from './policy-store.ts'
import { findProvidersOf } from './provider-store.ts'
import { findProviderSession } from './session-store.ts'

export async function listIdentities(
  ctx: TenantContext,
  query: IdentityList,
): Promise<Page<SsoIdentity>> {
  return showPage(await findIdentityPage(ctx, query), showIdentity)
}

export async function removeIdentity(ctx: TenantContext, id: string): Promise<undefined> {
  const row = await deleteIdentity(ctx, id)
  if (row === null) throw new AppError('not_found', `The link ${id} does not exist`)
  await recordAudit(ctx, {
    action: 'sso.unlink',
    target: { type: 'staff-user', id: row.personId },
    result: 'success',
  })
  return undefined
}

function showIdentity(row: IdentityRow): SsoIdentity {
  return {
    id: row._id,
    personId: row.personId,
    providerId: row.providerId,
    subject: row.subject,
    linkedBy: row.linkedBy,
    lastSignInAt: row.lastSignInAt?.toISOString() ?? null,
    createdAt: row.createdAt.toISOString(),
    updatedAt: row.updatedAt.toISOString(),
  }
}

/** Home-realm discovery: by the proven domain of an address, never by whether an account exists. */
export async function discoverProviders(
  publicUrl: string,
  email: string,
): Promise<{ providers: { id: string; name: string; url: string }[] }> {
  const domain = email
    .slice(email.lastIndexOf('@') + 1)
    .trim()
    .toLowerCase()
  const found = await findVerifiedDomain(domain)
  if (found === null) return { providers: [] }
  const providers = await findProvidersOf([found.tenantId])
  const chosen = providers.filter(({ _id }) => _id === found.providerId)
  return {
    providers: (chosen.length > 0 ? chosen : providers).map((provider) => ({
      id: provider._id,
      name: provider.name,
      url: addressesOf(publicUrl, provider).signIn,
    })),
  }
}

/** Providers of the organisations that the signed-in person belongs to, and those above them. */
export async function ownProviders(publicUrl: string, ctx: TenantContext) {
  if (ctx.principal.kind !== 'staff') {
    throw new AppError('forbidden', 'Only a signed-in member of staff can do this')
  }
  const { id: personId, sessionId } = ctx.principal
  const account = await findAccount({ id: personId })
  const lineages = await Promise.all((account?.tenantIds ?? []).map((id) => readLineage(id)))
  const tenantIds = [...new Set(lineages.flat().map(({ id }) => id))]
  const providers = await findProvidersOf(tenantIds)
  const identities = await findIdentitiesOf(
    personId,
    providers.map(({ _id }) => _id),
  )
  return {
    providers: await Promise.all(
      providers.map(async (provider) => {
        const { signIn } = addressesOf(publicUrl, provider)
        const session = provider.saml?.signOutUrl
          ? await findProviderSession(provider, sessionId)
          : null
        return {
          id: provider._id,
          name: provider.name,
          isLinked: identities.some(({ providerId }) => providerId === provider._id),
          linkUrl: `${signIn}?purpose=link`,
          signOutUrl: session && signIn.replace(/\/login$/, '/logout'),
        }
      }),
    ),
  }
}
