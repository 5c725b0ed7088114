import { randomBytes } from 'node:crypto'
import { calculateJwkThumbprint, exportJWK, generateKeyPair, type JWK } from 'jose'
import { platformTenantId } from '../../../core/platform-tenant.ts'
import type { Secrets } from '../../../core/secrets/index.ts'
import {
  advanceState,
  ensureState,
  findKeysFrom,
  findState,
  insertKey,
  type OAuthKeyRow,
} from './key-store.ts'

export interface KeySet {
  /** Changes when another key signs or a new one is published. */
  readonly version: string
  readonly signingKid: string
  /** With their private parts; the one that signs first, then the next, then the last retired. */
  readonly jwks: readonly JWK[]
  readonly cookieKey: string
}

/** The keys with which the authorization server signs access and id tokens (ES256). */
export interface SigningKeys {
  ensure(): Promise<void>
  /** The keys as they are, at most 30 s old. */
  current(): Promise<KeySet>
  /** The same, read now: for a token under a key that is not known yet. */
  renewed(): Promise<KeySet>
  /** The published next key starts to sign; the one before stays published for the tokens it signed. */
  rotate(): Promise<void>
  signingSince(): Promise<Date>
}

export const signingAlgorithm = 'ES256'

const owner = { tenantId: platformTenantId }
const knownForMs = 30_000
const cookieField = 'oauth.cookie-key'
const fieldOf = (kid: string) => `oauth.key.${kid}`

export function createSigningKeys({
  secrets,
  now,
}: {
  readonly secrets: Pick<Secrets, 'encrypt' | 'decrypt'>
  now(): Date
}): SigningKeys {
  const opened = new Map<string, JWK>()
  let known: { readonly set: KeySet; readonly until: number } | undefined

  async function ensureKey(number: number, rows: readonly OAuthKeyRow[]): Promise<void> {
    if (rows.some((row) => row.number === number)) return
    const pair = await generateKeyPair(signingAlgorithm, { extractable: true })
    const jwk = await exportJWK(pair.privateKey)
    const kid = await calculateJwkThumbprint(jwk)
    const text = JSON.stringify({ ...jwk, kid, alg: signingAlgorithm, use: 'sig' })
    await insertKey({
      number,
      kid,
      sealedPrivateJwk: await secrets.encrypt(owner, fieldOf(kid), text),
      createdAt: now(),
    })
  }

  async function ensure(): Promise<void> {
    if (!(await findState())) {
      const cookieKey = randomBytes(32).toString('base64url')
      const sealedCookieKey = await secrets.encrypt(owner, cookieField, cookieKey)
      await ensureState({ signing: 1, since: now(), sealedCookieKey })
    }
    const signing = (await findState())?.signing ?? 1
    const rows = await findKeysFrom(signing)
    await ensureKey(signing, rows)
    await ensureKey(signing + 1, rows)
  }

  async function openKey({ kid, sealedPrivateJwk }: OAuthKeyRow): Promise<JWK> {
    const before = opened.get(kid)
    if (before) return before
    const text = await secrets.decrypt(owner, fieldOf(kid), sealedPrivateJwk)
    // It was sealed by `ensureKey` and opens unchanged or not at all.
    const jwk = JSON.parse(text) as JWK
    opened.set(kid, jwk)
    return jwk
  }

  async function renewed(): Promise<KeySet> {
    const state = await findState()
    const rows = state ? await findKeysFrom(state.signing - 1) : []
    const signer = rows.find(({ number }) => number === state?.signing)
    if (!state || !signer || !rows.some(({ number }) => number === state.signing + 1)) {
      await ensure()
      return renewed()
    }
    const order = [signer, ...rows.filter((row) => row !== signer).reverse()]
    const set: KeySet = {
      version: `${state.signing}/${rows.length}`,
      signingKid: signer.kid,
      jwks: await Promise.all(order.map(openKey)),
      cookieKey: await secrets.decrypt(owner, cookieField, state.sealedCookieKey),
    }
    known = { set, until: performance.now() + knownForMs }
    return set
  }

  return {
    ensure,
    async current() {
      return known && known.until > performance.now() ? known.set : renewed()
    },
    renewed,
    async rotate() {
      await ensure()
      const signing = (await findState())?.signing ?? 1
      await ensureKey(signing + 2, await findKeysFrom(signing + 2))
      await advanceState(signing, now())
      known = undefined
    },
    async signingSince() {
      return (await findState())?.since ?? now()
    },
  }
}
