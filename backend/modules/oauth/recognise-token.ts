import { createHash } from 'node:crypto'
import { latestVersion } from '../../../shared/api/versions.ts'
import { AppError } from '../../../shared/errors.ts'
import { createChangeWatch } from '../../core/database/change-watch.ts'
import type { BearerAuthenticator } from '../../core/http/index.ts'
import { rightsOfPerson } from '../auth/index.ts'
import { getTenant } from '../tenants/index.ts'
import type { AccessClaims } from './access-token.ts'
import { withheldOf } from './approvals.ts'
import { findChanges, isTokenRevoked } from './change-store.ts'
import { type ClientRow, findAnyClient, pinClient } from './client-store.ts'
import { findConsent } from './consent-store.ts'
import type { OAuthDeps } from './deps.ts'
import { checkProof } from './dpop.ts'
import { seeOnce } from './payload-store.ts'

/** What an access token opens at this moment. */
export interface Access {
  readonly claims: AccessClaims
  readonly scopes: ReadonlySet<string>
  readonly userId: string | undefined
  readonly mode: 'live' | 'test'
  readonly apiVersion: string
}

interface Entry {
  readonly access: Access
  /** Monotonic milliseconds. */
  readonly until: number
}

const limit = 20_000
/** What a person may do changes without any change of the token's own parts. */
const rightsKnownForMs = 900

function revoked(why: string): AppError {
  return new AppError('token_revoked', why)
}

/** Reads what a verified token still opens; throws `token_revoked`. */
export async function readAccess(claims: AccessClaims, now: Date): Promise<Access> {
  const [isRevoked, client, tenant] = await Promise.all([
    isTokenRevoked(claims.jti),
    findAnyClient(claims.client_id),
    getTenant(claims.tenant),
  ])
  if (isRevoked) throw revoked('This access token was revoked')
  if (!client || client.disabledAt || !tenant) {
    throw revoked('The application of this token was withdrawn')
  }
  // Once for each client; what is read here is remembered for the life of the token.
  if (!client.pinnedVersion) await pinClient(client, latestVersion)
  const granted = claims.scope.split(' ').filter((scope) => client.scopes.includes(scope))
  const allowed = await allowedOf(claims, client, now)
  const withheld = await withheldOf({ tenantId: tenant.id }, client._id, granted)
  return {
    claims,
    scopes: new Set(granted.filter((scope) => allowed(scope) && !withheld.includes(scope))),
    userId: claims.grant_id === undefined ? undefined : claims.sub,
    mode: tenant.kind === 'sandbox' ? 'test' : 'live',
    apiVersion: client.pinnedVersion ?? latestVersion,
  }
}

/** With a person: what the consent covers and that person may still do. Without: bound to the client's own tenant. */
async function allowedOf(
  { grant_id, sub, tenant }: AccessClaims,
  client: ClientRow,
  now: Date,
): Promise<(scope: string) => boolean> {
  if (grant_id === undefined) {
    if (client.tenantId !== tenant) throw revoked('The application moved to another organisation')
    return () => true
  }
  const [consent, rights] = await Promise.all([
    findConsent(grant_id, now),
    rightsOfPerson(sub, tenant, now),
  ])
  if (!consent) throw revoked('The consent behind this token was withdrawn')
  if (rights.scopes.size === 0) throw revoked('The person behind this token has no rights here now')
  return (scope) => consent.scopes.includes(scope) && rights.scopes.has(scope)
}

/** The bearer credential of this module: access tokens of this server, plain or bound to a key. */
export function createTokenAuthenticator(
  {
    now,
    settings,
    nowIn,
  }: Pick<OAuthDeps, 'now' | 'settings'> & {
    nowIn?: ((tenantId: string) => Date | Promise<Date>) | undefined
  },
  verify: (token: string) => Promise<AccessClaims>,
): BearerAuthenticator {
  const entries = new Map<string, Entry>()
  const keysOf = new Map<string, Set<string>>()
  let heard = 0

  function drop(id: string): void {
    heard++
    for (const key of keysOf.get(id) ?? []) entries.delete(key)
    keysOf.delete(id)
  }

  const watch = createChangeWatch({ readChanges: findChanges, onChange: drop })

  function keep(key: string, access: Access): void {
    if (entries.size >= limit) {
      entries.clear()
      keysOf.clear()
    }
    const { client_id, grant_id, jti, exp } = access.claims
    const lifeMs = exp * 1000 - now().getTime()
    const knownForMs = access.userId === undefined ? lifeMs : Math.min(lifeMs, rightsKnownForMs)
    entries.set(key, { access, until: performance.now() + knownForMs })
    const names = [
      `client:${client_id}`,
      `token:${jti}`,
      ...(grant_id ? [`grant:${grant_id}`] : []),
    ]
    for (const name of names) keysOf.set(name, (keysOf.get(name) ?? new Set()).add(key))
  }

  async function accessOf(token: string): Promise<Access> {
    const key = createHash('sha256').update(token).digest('base64url')
    const waiting = watch.fresh()
    if (waiting !== undefined) await waiting
    const entry = entries.get(key)
    if (entry && entry.until > performance.now()) return entry.access
    entries.delete(key)
    const before = heard
    const access = await readAccess(await verify(token), now())
    // What changed while it was read may have been missed.
    if (heard === before) keep(key, access)
    return access
  }

  return {
    prefix: 'eyJ',
    async authenticate(token, request) {
      const { claims, scopes, userId, mode, apiVersion } = await accessOf(token)
      const at = mode === 'test' && nowIn ? await nowIn(claims.tenant) : now()
      if (claims.exp * 1000 + 60_000 <= at.getTime()) {
        throw new AppError('token_expired', 'This access token has expired; ask for a new one')
      }
      const jkt = claims.cnf?.jkt
      if (jkt !== undefined) {
        await checkProof(request, {
          token,
          jkt,
          publicUrl: settings.publicUrl,
          now: now(),
          seeOnce: (id, expiresAt) => seeOnce('DpopProof', id, expiresAt),
        })
      } else if (/^dpop /i.test(request.header('authorization') ?? '')) {
        throw new AppError(
          'dpop_proof_invalid',
          'This token is not bound to a key: send it as Bearer',
        )
      }
      return {
        tenantId: claims.tenant,
        principal: {
          kind: 'oauth',
          id: claims.client_id,
          ...(userId !== undefined && { userId }),
        },
        scopes,
        requestId: request.requestId,
        remoteAddress: request.remoteAddress,
        apiVersion,
        ...(mode === 'test' && { mode }),
      }
    },
  }
}
