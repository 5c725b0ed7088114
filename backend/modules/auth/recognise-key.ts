import { latestVersion } from '../../../shared/api/versions.ts'
import { AppError, type ErrorCode } from '../../../shared/errors.ts'
import type { BearerAuthenticator, RequestFacts } from '../../core/http/index.ts'
import type { TenantContext } from '../../core/tenancy.ts'
import { findTenantWithAncestors } from '../tenants/index.ts'
import type { AuthDeps } from './deps.ts'
import { heldRights } from './held-rights.ts'
import { createKeyCache, type KnownKey } from './key-cache.ts'
import { digestOf, isWellFormedKey, keyPrefixes } from './key-format.ts'
import { networkMatcher } from './key-networks.ts'
import { type ApiKeyRow, findKeyByDigest, findKeyChanges, noteUse, pinKey } from './key-store.ts'
import { findStaff } from './staff-store.ts'

const useEveryMs = 60_000
const usesRemembered = 20_000

type KeyRefusal = Extract<ErrorCode, `key_${string}`>

const sentences: Partial<Record<KeyRefusal, string>> = {
  key_malformed: 'This key is damaged; copy the whole of it again',
  key_unknown: 'No such key was given out here; create one and use that',
  key_expired: 'This key has expired; create another or use the one it was rotated to',
  key_revoked: 'This key was revoked; create another',
  key_rotated: 'This key was replaced by a newer one; use that',
  key_network_not_allowed: 'This key may not be used from your address',
}

/** Why a key does not open anything at this moment and from this address. */
export function refusalOf(
  { key, scopes, allows }: KnownKey,
  digest: string,
  address: string,
  now: Date,
): KeyRefusal | undefined {
  if (key.revokedAt !== null) return 'key_revoked'
  if (key.digest !== digest) {
    const until = key.previous?.find((secret) => secret.digest === digest)?.until
    if (!until || until <= now) return 'key_rotated'
  } else if (key.expiresAt !== null && key.expiresAt <= now) return 'key_expired'
  if (scopes.size === 0) return 'key_revoked'
  if (!allows(address)) return 'key_network_not_allowed'
  return undefined
}

/** What recognition needs of the outside; tests count what is asked of it. */
export interface KeySources {
  digest(token: string): string
  find(digest: string): Promise<ApiKeyRow | null>
  readChanges(since: Date | null): Promise<readonly { id: string; at: Date }[]>
  /** Rights of the person a key is bound to. */
  scopesOf(key: ApiKeyRow, now: Date): Promise<ReadonlySet<string>>
}

const stored: KeySources = {
  digest: digestOf,
  find: findKeyByDigest,
  readChanges: findKeyChanges,
  scopesOf: scopesOfKey,
}

/** An extension's token never outlives the rights of the person who paired it. */
async function scopesOfKey(key: ApiKeyRow, now: Date): Promise<ReadonlySet<string>> {
  if (key.staffUserId === null) return new Set(key.scopes)
  const [user, found] = await Promise.all([
    findStaff(key.staffUserId),
    findTenantWithAncestors(key.tenantId),
  ])
  if (!user || user.disabledAt || !found) return new Set()
  const { scopes } = await heldRights(user.assignments, found.lineage, now)
  return new Set(key.scopes.filter((scope) => scopes.has(scope)))
}

/**
 * Turns a secret into the context it opens, or refuses it with the reason.
 * A refusal always follows one hash and one look-up, so its time tells nothing of its reason.
 */
export function createKeyRecogniser(
  { now, nowIn, log }: Pick<AuthDeps, 'now' | 'nowIn' | 'log'>,
  sources: KeySources = stored,
) {
  const cache = createKeyCache({ readChanges: sources.readChanges })
  const usedAt = new Map<string, number>()

  function rememberUse({ key }: KnownKey, at: Date): void {
    const last = usedAt.get(key._id) ?? key.lastUsedAt?.getTime() ?? 0
    if (at.getTime() - last < useEveryMs) return
    if (usedAt.size >= usesRemembered) usedAt.clear()
    usedAt.set(key._id, at.getTime())
    const writes = [
      noteUse(key.tenantId, key._id, at),
      ...(key.pinnedVersion ? [] : [pinKey(key.tenantId, key._id, latestVersion)]),
    ]
    Promise.all(writes).catch((error: unknown) => {
      log.warn({ err: error, keyId: key._id }, 'the use of a key could not be noted')
    })
  }

  /** The moment that counts for a key: a sandbox may have moved its clock. */
  function momentOf({ key }: KnownKey): Date | Promise<Date> {
    return key.mode === 'test' && nowIn ? nowIn(key.tenantId) : now()
  }

  async function read(digest: string): Promise<KnownKey | undefined> {
    const key = await sources.find(digest)
    if (!key) return undefined
    const scopes = key.revokedAt ? new Set<string>() : await sources.scopesOf(key, now())
    return { key, scopes, allows: networkMatcher(key.allowedNetworks ?? []) }
  }

  async function usableFromCache(digest: string, address: string): Promise<KnownKey | undefined> {
    const waiting = cache.fresh()
    if (waiting) await waiting
    const known = cache.get(digest)
    if (!known) return undefined
    return refusalOf(known, digest, address, await momentOf(known)) ? undefined : known
  }

  async function usableFromStore(
    token: string,
    digest: string,
    address: string,
  ): Promise<KnownKey> {
    const known = await read(digest)
    if (!known) throw refuse(isWellFormedKey(token) ? 'key_unknown' : 'key_malformed')
    const reason = refusalOf(known, digest, address, await momentOf(known))
    if (reason) {
      cache.drop(known.key._id)
      throw refuse(reason)
    }
    cache.put(digest, known)
    return known
  }

  return async (
    token: string,
    { requestId, remoteAddress }: Pick<RequestFacts, 'requestId' | 'remoteAddress'>,
  ): Promise<TenantContext> => {
    const digest = sources.digest(token)
    const known =
      (await usableFromCache(digest, remoteAddress)) ??
      (await usableFromStore(token, digest, remoteAddress))
    rememberUse(known, now())
    const { key, scopes } = known
    return {
      tenantId: key.tenantId,
      principal: { kind: 'api-key', id: key._id },
      scopes,
      requestId,
      remoteAddress,
      ...(key.mode === 'test' && { mode: 'test' as const }),
      ...(key.pinnedVersion && { apiVersion: key.pinnedVersion }),
    }
  }
}

function refuse(code: KeyRefusal): AppError {
  return new AppError(code, sentences[code] ?? '')
}

/** The bearer credentials of this module: API keys and the tokens of paired extensions. */
export function keyAuthenticators(deps: AuthDeps): BearerAuthenticator[] {
  const authenticate = createKeyRecogniser(deps)
  return keyPrefixes.map((prefix) => ({ prefix, authenticate }))
}
