import { createHash } from 'node:crypto'
import { AppError } from '../../../shared/errors.ts'
import {
  attackThreshold,
  type Delays,
  forgetAfterMs,
  knownPlace,
  manyAccounts,
  sourceOf,
  stranger,
  strangerUnderAttack,
} from './throttle-rules.ts'
import {
  countFailure,
  countOf,
  findBlock,
  findKnownPlaces,
  forgetFailures,
  rememberPlaces,
} from './throttle-store.ts'

/** Where a sign-in comes from; decided once per try. The design: docs/decisions/0005-sign-in-lockout.md. */
export interface Origin {
  readonly accountKey: string
  readonly source: string
  readonly deviceToken: string | undefined
  readonly isKnownDevice: boolean
  readonly isKnownSource: boolean
}

const dayMs = 86_400_000
const deviceDays = 180
const sourceDays = 30

function digest(...parts: string[]): string {
  return createHash('sha256').update(parts.join('\n')).digest('base64url')
}

/** The same for `Ada@Example.org` and `ada@example.org`, whether or not the account exists. */
export function accountKeyOf(email: string): string {
  return digest('account', email.trim().toLowerCase())
}

function devicePlace(accountKey: string, deviceToken: string): string {
  return digest('device', accountKey, deviceToken)
}

function sourcePlace(accountKey: string, source: string): string {
  return digest('source', accountKey, source)
}

export async function locateOrigin(
  accountKey: string,
  remoteAddress: string,
  deviceToken: string | undefined,
  now: Date,
): Promise<Origin> {
  const source = sourceOf(remoteAddress)
  const bySource = sourcePlace(accountKey, source)
  const byDevice = deviceToken === undefined ? undefined : devicePlace(accountKey, deviceToken)
  const known = await findKnownPlaces(byDevice ? [bySource, byDevice] : [bySource], now)
  return {
    accountKey,
    source,
    deviceToken,
    isKnownDevice: byDevice !== undefined && known.has(byDevice),
    isKnownSource: known.has(bySource),
  }
}

function bucketOf(origin: Origin): string {
  return origin.isKnownDevice && origin.deviceToken !== undefined
    ? `device:${devicePlace(origin.accountKey, origin.deviceToken)}`
    : `pair:${sourcePlace(origin.accountKey, origin.source)}`
}

const sprayKey = (origin: Origin) => `source:${digest('spray', origin.source)}`
const accountCount = (origin: Origin) => `account:${origin.accountKey}`
const isStranger = (origin: Origin) => !origin.isKnownDevice && !origin.isKnownSource

/** Takes one try, or refuses with the time to wait; to be called before the password is looked at. */
export async function takeTry(origin: Origin, now: Date): Promise<void> {
  const delays = await delaysFor(origin, now)
  if (isStranger(origin)) refuseUntil(await findBlock(sprayKey(origin), now), now)
  const rule = { delays, forgetAfterMs: forgetAfterMs.pair }
  refuseUntil(await countFailure(bucketOf(origin), rule, now), now)
}

async function delaysFor(origin: Origin, now: Date): Promise<Delays> {
  if (!isStranger(origin)) return knownPlace
  const failures = await countOf(accountCount(origin), now)
  return failures >= attackThreshold ? strangerUnderAttack : stranger
}

/** Throws `too_many_requests` when a block lies in the future. */
export function refuseUntil(blockedUntil: Date | null, now: Date): void {
  if (!blockedUntil) return
  const retryAfterSeconds = Math.max(1, Math.ceil((blockedUntil.getTime() - now.getTime()) / 1000))
  throw new AppError(
    'too_many_requests',
    `Too many tries from here; wait ${retryAfterSeconds} s and try again`,
    { retryAfterSeconds },
  )
}

/** Counts a stranger's failure towards the account and towards the address; the try itself is counted already. */
export async function noteFailure(origin: Origin, now: Date): Promise<void> {
  if (!isStranger(origin)) return
  await Promise.all([
    countFailure(accountCount(origin), { delays: [0], forgetAfterMs: forgetAfterMs.account }, now),
    countFailure(
      sprayKey(origin),
      { delays: manyAccounts, forgetAfterMs: forgetAfterMs.source },
      now,
    ),
  ])
}

/** Clears the count of this browser or address, and knows both from now on. */
export async function noteSuccess(
  origin: Origin,
  staffUserId: string,
  deviceToken: string,
  now: Date,
): Promise<void> {
  await Promise.all([
    forgetFailures([bucketOf(origin)]),
    rememberPlaces([
      {
        _id: devicePlace(origin.accountKey, deviceToken),
        staffUserId,
        expiresAt: new Date(now.getTime() + deviceDays * dayMs),
      },
      {
        _id: sourcePlace(origin.accountKey, origin.source),
        staffUserId,
        expiresAt: new Date(now.getTime() + sourceDays * dayMs),
      },
    ]),
  ])
}

export const deviceMaxAgeSeconds = (deviceDays * dayMs) / 1000

/** Counts one try of something anybody may do from an address, or refuses with the time to wait. */
export async function limitTries(
  what: string,
  remoteAddress: string,
  rule: { readonly delays: Delays; readonly forgetAfterMs: number },
  now: Date,
): Promise<void> {
  const key = `${what}:${digest(what, sourceOf(remoteAddress))}`
  refuseUntil(await countFailure(key, rule, now), now)
}
