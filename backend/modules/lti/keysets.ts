import { createPublicKey, type KeyObject } from 'node:crypto'
import { z } from 'zod'
import { AppError } from '../../../shared/errors.ts'
import type { Outgoing } from '../../core/outgoing/index.ts'

const freshMs = 10 * 60_000
/** How long keys are used on when the platform cannot be asked for newer ones. */
const usableMs = 60 * 60_000
const timeoutMs = 5_000
/** Refetches for unknown kids: a flood of invented ones costs the platform no more than this. */
const refetchBurst = 5
const refetchEveryMs = 10_000

const Jwk = z.looseObject({
  kty: z.string(),
  kid: z.string().optional(),
  alg: z.string().optional(),
  use: z.string().optional(),
  n: z.string().optional(),
  e: z.string().optional(),
})
const Jwks = z.looseObject({ keys: z.array(z.unknown()) })
type Jwk = z.output<typeof Jwk>

interface Keyset {
  readonly fetchedAt: number
  readonly jwks: ReadonlyMap<string, Jwk>
  readonly imported: Map<string, KeyObject>
}

interface Entry {
  keyset: Keyset | undefined
  pending: Promise<Keyset> | undefined
  refetches: number
  refilledAt: number
}

export interface KeysetSource {
  readonly _id: string
  readonly jwksUri: string
}

export interface Keysets {
  /** The platform's public key of that id; an unknown id makes the keyset be fetched once more. */
  find(platform: KeysetSource, kid: string): Promise<KeyObject>
}

/** Public keys of platforms, kept in memory and fetched again when they age or a new one appears. */
export function createKeysets(
  outgoing: Pick<Outgoing, 'request'>,
  clock: () => Date = () => new Date(),
): Keysets {
  const entries = new Map<string, Entry>()
  const now = () => clock().getTime()

  function entryOf(platform: KeysetSource): Entry {
    // A changed address must not serve the keys of the old one.
    const name = `${platform._id}\n${platform.jwksUri}`
    const known = entries.get(name)
    if (known) return known
    const entry = {
      keyset: undefined,
      pending: undefined,
      refetches: refetchBurst,
      refilledAt: now(),
    }
    entries.set(name, entry)
    return entry
  }

  function load(entry: Entry, platform: KeysetSource): Promise<Keyset> {
    entry.pending ??= fetchKeyset(outgoing, platform.jwksUri, now)
      .then((keyset) => {
        entry.keyset = keyset
        return keyset
      })
      .finally(() => {
        entry.pending = undefined
      })
    return entry.pending
  }

  async function current(entry: Entry, platform: KeysetSource): Promise<Keyset> {
    const { keyset } = entry
    if (keyset === undefined) return load(entry, platform)
    const age = now() - keyset.fetchedAt
    if (age < freshMs) return keyset
    try {
      return await load(entry, platform)
    } catch (error) {
      // The platform may be down for us alone; its known keys stay good for a while.
      if (age < usableMs) return keyset
      throw error
    }
  }

  function mayRefetch(entry: Entry): boolean {
    const refilled = Math.floor((now() - entry.refilledAt) / refetchEveryMs)
    if (refilled > 0) {
      entry.refetches = Math.min(refetchBurst, entry.refetches + refilled)
      entry.refilledAt = now()
    }
    if (entry.refetches === 0) return false
    entry.refetches -= 1
    return true
  }

  return {
    async find(platform, kid) {
      const entry = entryOf(platform)
      const before = entry.keyset
      let keyset = await current(entry, platform)
      if (!keyset.jwks.has(kid) && keyset === before && mayRefetch(entry)) {
        keyset = await load(entry, platform)
      }
      const jwk = keyset.jwks.get(kid)
      if (jwk === undefined) {
        throw new AppError(
          'lti_kid_unknown',
          'The id_token is signed with a key that is not in the public keyset of the LMS; check the keyset URL of the registration',
        )
      }
      return importOnce(keyset, kid, jwk)
    },
  }
}

async function fetchKeyset(
  outgoing: Pick<Outgoing, 'request'>,
  jwksUri: string,
  now: () => number,
): Promise<Keyset> {
  try {
    const answer = await outgoing.request({
      url: jwksUri,
      purpose: 'lti.jwks',
      headers: { accept: 'application/json' },
      timeoutMs,
      retries: 1,
      maxBytes: 256 * 1024,
    })
    if (answer.status !== 200) throw new TypeError(`the keyset answered ${answer.status}`)
    return { fetchedAt: now(), jwks: usableKeys(answer.json(Jwks).keys), imported: new Map() }
  } catch (cause) {
    throw new AppError(
      'lti_keyset_unavailable',
      'The public keyset of the LMS could not be read, so its signature cannot be checked; try again in a minute',
      { cause },
    )
  }
}

function usableKeys(keys: readonly unknown[]): Map<string, Jwk> {
  const usable = new Map<string, Jwk>()
  for (const key of keys) {
    const { data: jwk } = Jwk.safeParse(key)
    if (jwk?.kid === undefined || usable.has(jwk.kid)) continue
    const forSignatures = jwk.use === undefined || jwk.use === 'sig'
    const forRs256 = jwk.alg === undefined || jwk.alg === 'RS256'
    if (jwk.kty === 'RSA' && forSignatures && forRs256) usable.set(jwk.kid, jwk)
  }
  return usable
}

/** Importing costs more than verifying, so each key is imported once. */
function importOnce(keyset: Keyset, kid: string, jwk: Jwk): KeyObject {
  const known = keyset.imported.get(kid)
  if (known !== undefined) return known
  const key = importKey(jwk)
  keyset.imported.set(kid, key)
  return key
}

function importKey({ kty, n = '', e = '' }: Jwk): KeyObject {
  let key: KeyObject
  try {
    // Without its private members it is a public key, whatever the LMS published.
    key = createPublicKey({ key: { kty, n, e }, format: 'jwk' })
  } catch (cause) {
    throw new AppError('lti_keyset_unavailable', 'The LMS published a key that cannot be read', {
      cause,
    })
  }
  // RFC 7518 §3.3.
  if ((key.asymmetricKeyDetails?.modulusLength ?? 0) < 2048) {
    throw new AppError(
      'lti_keyset_unavailable',
      'The LMS published a key that is too short: RS256 needs 2048 bits or more',
    )
  }
  return key
}
