import type { AccessToken } from './definition.ts'

interface Kept {
  readonly accessToken: string
  readonly refreshAt: number
  readonly expiresAt: number
}

const mostKept = 20_000
/** How long an older token is used on after a fetch of the next one failed. */
const tryAgainMs = 30_000

export type TokenCache = ReturnType<typeof createTokenCache>

/** When a token is replaced: at 80 % of its life, up to 5 % earlier, so that many do not come due together. */
export function refreshAtOf(now: number, lifeMs: number, random: number): number {
  return now + lifeMs * (0.8 - 0.05 * random)
}

/** Access tokens of client credentials, in memory; callers of one key share one fetch. */
export function createTokenCache({
  now,
  random = Math.random,
}: {
  now(): number
  random?(): number
}) {
  const kept = new Map<string, Kept>()
  const underWay = new Map<string, Promise<Kept>>()

  async function fetchOnce(key: string, fetch: () => Promise<AccessToken>): Promise<Kept> {
    const running = underWay.get(key)
    if (running !== undefined) return await running
    const started = fetch().then(({ accessToken, expiresInSeconds }) => {
      const lifeMs = Math.max(0, expiresInSeconds) * 1000
      const token = {
        accessToken,
        refreshAt: refreshAtOf(now(), lifeMs, random()),
        expiresAt: now() + lifeMs,
      }
      keep(key, token)
      return token
    })
    underWay.set(key, started)
    try {
      return await started
    } finally {
      underWay.delete(key)
    }
  }

  function keep(key: string, token: Kept): void {
    kept.delete(key)
    kept.set(key, token)
    const [oldest] = kept.keys()
    if (kept.size > mostKept && oldest !== undefined) kept.delete(oldest)
  }

  return {
    async get(key: string, fetch: () => Promise<AccessToken>): Promise<string> {
      const known = kept.get(key)
      if (known && known.refreshAt > now()) return known.accessToken
      try {
        return (await fetchOnce(key, fetch)).accessToken
      } catch (error) {
        if (!known || known.expiresAt <= now()) throw error
        keep(key, { ...known, refreshAt: now() + tryAgainMs })
        return known.accessToken
      }
    },
    /** A token that the vendor no longer takes; a newer one stays. */
    forget(key: string, accessToken: string): void {
      if (kept.get(key)?.accessToken === accessToken) kept.delete(key)
    },
  }
}
