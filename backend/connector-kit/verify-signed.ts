import { createLocalJWKSet, errors, type JSONWebKeySet, type JWTPayload, jwtVerify } from 'jose'
import { z } from 'zod'
import { ConnectorError } from './connector-error.ts'
import type { ConnectorContext } from './definition.ts'

const KeySet = z.looseObject({ keys: z.array(z.looseObject({ kty: z.string() })).max(100) })

type Ctx = Pick<ConnectorContext<unknown, unknown>, 'tenantId' | 'http' | 'now'>

interface Kept {
  readonly keys: JSONWebKeySet
  readonly at: number
}

const keepMs = 10 * 60_000
/** Keys that nobody published must not make us ask the vendor for each message. */
const askAgainMs = 60_000
const mostKept = 2000
const kept = new Map<string, Kept>()

/**
 * The content of a JWT that was signed with one of the keys published at `keySetUrl`. The address comes from the
 * settings alone, whatever the message says; the keys are kept for ten minutes.
 */
export async function verifySigned(
  ctx: Ctx,
  jwt: string,
  { keySetUrl, algorithms }: { readonly keySetUrl: string; readonly algorithms: readonly string[] },
): Promise<JWTPayload> {
  const id = `${ctx.tenantId} ${keySetUrl}`
  const now = ctx.now()
  const known = kept.get(id)
  const isFresh = known !== undefined && now.getTime() - known.at < keepMs
  const first = isFresh ? known : await fetchKeys(ctx, id, keySetUrl)
  try {
    return await verify(jwt, first.keys, algorithms, now)
  } catch (error) {
    const mayBeNew = error instanceof errors.JWKSNoMatchingKey
    if (!mayBeNew || now.getTime() - first.at < askAgainMs) throw refused(error)
  }
  const newer = await fetchKeys(ctx, id, keySetUrl)
  try {
    return await verify(jwt, newer.keys, algorithms, now)
  } catch (error) {
    throw refused(error)
  }
}

async function verify(
  jwt: string,
  keys: JSONWebKeySet,
  algorithms: readonly string[],
  currentDate: Date,
): Promise<JWTPayload> {
  const { payload } = await jwtVerify(jwt, createLocalJWKSet(keys), {
    algorithms: [...algorithms],
    currentDate,
    clockTolerance: 120,
  })
  return payload
}

async function fetchKeys(ctx: Ctx, id: string, url: string): Promise<Kept> {
  const { keys } = await ctx.http.get(url, KeySet, { isPublic: true })
  const [oldest] = kept.keys()
  if (kept.size >= mostKept && oldest !== undefined) kept.delete(oldest)
  const row = { keys: { keys }, at: ctx.now().getTime() }
  kept.set(id, row)
  return row
}

function refused(error: unknown): unknown {
  if (error instanceof errors.JWTExpired || isNotYetValid(error)) {
    return new ConnectorError(
      'reject',
      'A message is genuine, but by our clock it is not valid now: it was held up for long, or the clocks differ.',
      { code: 'clock_skew', cause: error },
    )
  }
  if (error instanceof errors.JOSEError) {
    return new ConnectorError('reject', 'A message was not signed with a key of the vendor.', {
      cause: error,
    })
  }
  return error
}

function isNotYetValid(error: unknown): boolean {
  return error instanceof errors.JWTClaimValidationFailed && error.claim === 'nbf'
}
