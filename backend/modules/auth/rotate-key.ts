import type { ApiKey } from '../../../shared/api/keys.ts'
import { AppError } from '../../../shared/errors.ts'
import { recordAudit } from '../../core/audit/index.ts'
import type { TenantContext } from '../../core/tenancy.ts'
import { tellKeyChanged } from './key-cache.ts'
import { digestOf, hintOf, type KeyPrefix, makeKey } from './key-format.ts'
import { type ApiKeyRow, type PreviousSecret, replaceSecret } from './key-store.ts'
import { assertHolds, requireLivingKey, showKey } from './keys.ts'

/** How many earlier secrets are recognised as rotated out; older ones are unknown. */
const keptSecrets = 10
const mostOverlapping = 5

/**
 * The earlier secrets after a rotation: the current one works for the overlap, though never beyond the key's own end.
 * A rotation without overlap is for a leak and ends all of them.
 */
export function previousAfter(
  key: Pick<ApiKeyRow, 'digest' | 'hint' | 'previous' | 'expiresAt'>,
  overlapSeconds: number,
  now: Date,
): PreviousSecret[] {
  const wanted = new Date(now.getTime() + overlapSeconds * 1000)
  const until = key.expiresAt && key.expiresAt < wanted ? key.expiresAt : wanted
  const earlier = (key.previous ?? []).map((secret) =>
    overlapSeconds === 0 && secret.until > now ? { ...secret, until: now } : secret,
  )
  const all = [{ digest: key.digest, hint: key.hint, until }, ...earlier].slice(0, keptSecrets)
  if (all.filter((secret) => secret.until > now).length > mostOverlapping) {
    throw new AppError(
      'conflict',
      `${mostOverlapping} earlier secrets of this key still work: wait until one ends, or rotate with overlapSeconds 0`,
    )
  }
  return all
}

/** A key that lives for a year gets another year. */
function newEnd(key: Pick<ApiKeyRow, 'createdAt' | 'rotatedAt' | 'expiresAt'>, now: Date) {
  if (key.expiresAt === null) return null
  const lifeMs = key.expiresAt.getTime() - (key.rotatedAt ?? key.createdAt).getTime()
  return new Date(now.getTime() + Math.max(0, lifeMs))
}

/** Gives a key a new secret, shown in this answer alone; id, rights and networks stay. */
export async function rotateKey(
  ctx: TenantContext,
  id: string,
  { overlapSeconds }: { overlapSeconds: number },
  now: Date,
): Promise<ApiKey & { key: string }> {
  const row = await requireLivingKey(ctx, id)
  assertHolds(ctx, row.scopes)
  if (row.expiresAt && row.expiresAt <= now) {
    throw new AppError('conflict', `The API key ${id} has expired; create another`)
  }
  const prefix: KeyPrefix = row.mode === 'live' ? 'edp_live_' : 'edp_test_'
  const key = makeKey(prefix)
  const previous = previousAfter(row, overlapSeconds, now)
  const rotated = await replaceSecret(
    ctx,
    row,
    {
      digest: digestOf(key),
      hint: hintOf(key),
      previous,
      rotatedAt: now,
      expiresAt: newEnd(row, now),
    },
    previous[0]?.until ?? now,
  )
  if (!rotated) {
    throw new AppError(
      'conflict',
      'The key was rotated or revoked at the same moment; read it and try again',
    )
  }
  tellKeyChanged(id)
  await recordAudit(ctx, {
    action: 'key.rotate',
    target: { type: 'api-key', id },
    fields: ['secret', 'expiresAt'],
    result: 'success',
  })
  return { ...showKey(rotated, now), key }
}
