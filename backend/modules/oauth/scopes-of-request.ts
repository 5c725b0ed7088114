import { errors, type KoaContextWithOIDC } from 'oidc-provider'
import { getTenant } from '../tenants/index.ts'
import { whoCanApprove, withheldOf } from './approvals.ts'
import { type ClientRow, findAnyClient } from './client-store.ts'

/** Scopes that concern the sign-in itself and not the API. */
export const identityScopes = ['openid', 'offline_access', 'profile', 'email'] as const
const identity: ReadonlySet<string> = new Set(identityScopes)

export function apiScopesOf(scope: unknown): string[] {
  if (typeof scope !== 'string') return []
  return scope.split(' ').filter((one) => one !== '' && !identity.has(one))
}

/**
 * RFC 6749 §3.3: a request that names no scopes asks for all that its client is registered for;
 * one that names others is refused. An application that acts by itself is told what waits for an administrator.
 */
export async function settleScopes(
  ctx: KoaContextWithOIDC,
  clientId: string,
): Promise<readonly string[]> {
  const client = await findAnyClient(clientId)
  if (!client) return []
  const { params } = ctx.oidc
  if (!params || ctx.oidc.route === 'resume') return client.scopes
  const requested = apiScopesOf(params['scope'])
  const foreign = requested.filter((scope) => !client.scopes.includes(scope))
  if (foreign.length > 0) {
    throw new errors.InvalidScope(
      `the application is not registered for: ${foreign.join(' ')}`,
      foreign.join(' '),
    )
  }
  if (params['grant_type'] === 'client_credentials') return settleOwn(params, client, requested)
  const isStart = ctx.oidc.route !== 'token'
  if (isStart && requested.length === 0 && !params['scope'])
    params['scope'] = client.scopes.join(' ')
  return client.scopes
}

async function settleOwn(
  params: Record<string, unknown>,
  client: ClientRow,
  requested: readonly string[],
): Promise<readonly string[]> {
  const withheld = await withheldOf(client, client._id, client.scopes)
  const usable = client.scopes.filter((scope) => !withheld.includes(scope))
  const refused = requested.filter((scope) => withheld.includes(scope))
  if (refused.length > 0 || usable.length === 0) {
    const tenant = await getTenant(client.tenantId)
    const missing = refused.length > 0 ? refused : withheld
    throw new errors.InvalidScope(
      whoCanApprove(missing, tenant?.name ?? 'the organisation'),
      missing.join(' '),
    )
  }
  if (requested.length === 0) params['scope'] = usable.join(' ')
  return usable
}
