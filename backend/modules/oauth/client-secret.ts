import { createHash, randomBytes, timingSafeEqual } from 'node:crypto'
import type { ClientRow } from './client-store.ts'

/** A secret of 256 random bits; nothing slower than SHA-256 adds anything to it. */
export function makeClientSecret(): { secret: string; digest: string; hint: string } {
  const secret = `edp_secret_${randomBytes(32).toString('base64url')}`
  return { secret, digest: digestOf(secret), hint: `…${secret.slice(-4)}` }
}

function digestOf(secret: string): string {
  return createHash('sha256').update(secret).digest('base64url')
}

/** Whether a secret is the client's own, or the one before within its overlap; both are always compared. */
export function matchesSecret(client: ClientRow, given: string, now: Date): boolean {
  const digest = Buffer.from(digestOf(given))
  const is = (stored: string | null) => {
    const bytes = Buffer.from(stored ?? digestOf(''))
    return bytes.length === digest.length && timingSafeEqual(bytes, digest) && stored !== null
  }
  const isCurrent = is(client.secretDigest)
  const isPrevious = is(client.previousSecretDigest)
  return isCurrent || (isPrevious && (client.previousSecretUntil ?? now) > now)
}
