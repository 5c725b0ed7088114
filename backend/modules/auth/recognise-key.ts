import type { BearerAuthenticator } from '../../core/http/index.ts'
import type { TenantContext } from '../../core/tenancy.ts'
import { findTenantWithAncestors } from '../tenants/index.ts'
import type { AuthDeps } from './deps.ts'
import { digestOf, isWellFormedKey, keyPrefixes } from './key-format.ts'
import { type ApiKeyRow, findKeyByDigest, noteUse } from './key-store.ts'
import { rolesAt, scopesOf } from './rights.ts'
import { findStaff } from './staff-store.ts'

interface KnownKey {
  readonly key: ApiKeyRow
  readonly scopes: ReadonlySet<string>
  readonly readAt: number
}

// A burst of calls reads its key once. A second is as long as another process's revocation may take to be seen.
const cacheMs = 1000
const cacheLimit = 5000
const useEveryMs = 60_000
const cache = new Map<string, KnownKey>()
const usedAt = new Map<string, number>()

/** Makes a revocation count at once in this process. */
export function forgetCachedKey(digest: string): void {
  cache.delete(digest)
}

async function readKnownKey(digest: string, now: Date): Promise<KnownKey | undefined> {
  const cached = cache.get(digest)
  if (cached && now.getTime() - cached.readAt < cacheMs) return cached
  const key = await findKeyByDigest(digest)
  const scopes = key && (await scopesOfKey(key, now))
  if (!key || !scopes) {
    cache.delete(digest)
    return undefined
  }
  if (cache.size >= cacheLimit) cache.clear()
  const known = { key, scopes, readAt: now.getTime() }
  cache.set(digest, known)
  return known
}

/** An extension's token never outlives the rights of the person who paired it. */
async function scopesOfKey(key: ApiKeyRow, now: Date): Promise<ReadonlySet<string> | undefined> {
  if (key.staffUserId === null) return new Set(key.scopes)
  const [user, found] = await Promise.all([
    findStaff(key.staffUserId),
    findTenantWithAncestors(key.tenantId),
  ])
  if (!user || user.disabledAt || !found) return undefined
  const held = scopesOf(rolesAt(user.assignments, found.lineage, now))
  const scopes = new Set(key.scopes.filter((scope) => held.has(scope)))
  return scopes.size > 0 ? scopes : undefined
}

function isAlive(key: ApiKeyRow, now: Date): boolean {
  return key.revokedAt === null && (key.expiresAt === null || key.expiresAt > now)
}

function rememberUse({ key }: KnownKey, now: Date, { log }: AuthDeps): void {
  const last = usedAt.get(key._id) ?? key.lastUsedAt?.getTime() ?? 0
  if (now.getTime() - last < useEveryMs) return
  if (usedAt.size >= cacheLimit) usedAt.clear()
  usedAt.set(key._id, now.getTime())
  noteUse(key.tenantId, key._id, now).catch((error: unknown) => {
    log.warn({ err: error, keyId: key._id }, 'the use of a key could not be noted')
  })
}

/** The bearer credentials of this module: API keys and the tokens of paired extensions. */
export function keyAuthenticators(deps: AuthDeps): BearerAuthenticator[] {
  async function authenticate(
    token: string,
    { requestId, remoteAddress }: { requestId: string; remoteAddress: string },
  ): Promise<TenantContext | undefined> {
    if (!isWellFormedKey(token)) return undefined
    const now = deps.now()
    const known = await readKnownKey(digestOf(token), now)
    if (!known || !isAlive(known.key, now)) return undefined
    rememberUse(known, now, deps)
    const { key, scopes } = known
    return {
      tenantId: key.tenantId,
      principal: { kind: 'api-key', id: key._id },
      scopes,
      requestId,
      remoteAddress,
    }
  }
  return keyPrefixes.map((prefix) => ({ prefix, authenticate }))
}
