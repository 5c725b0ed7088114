import {
  type CryptoKey,
  calculateJwkThumbprint,
  exportJWK,
  generateKeyPair,
  importJWK,
  type JWTPayload,
  SignJWT,
} from 'jose'
import { platformTenantId } from '../../../core/platform-tenant.ts'
import type { Secrets } from '../../../core/secrets/definition.ts'
import {
  advancePointer,
  ensurePointer,
  findKey,
  findKeysFrom,
  insertKey,
  type KeyRow,
  keyIdOf,
} from './key-store.ts'

export interface PublicKeys {
  readonly keys: readonly Record<string, string>[]
}

/** The keys with which this installation signs to platforms (Security Framework §6.3). */
export interface SigningKeys {
  /** Makes what is missing: a key to sign with, and the next one, published before it is ever used. */
  ensure(): Promise<void>
  /** The last retired key, the one in use and the next. */
  publicKeys(): Promise<PublicKeys>
  sign(claims: JWTPayload): Promise<string>
  /** The published next key starts to sign, the old one stays published, and a new next one is made. */
  rotate(): Promise<void>
  /** Since when the current key signs. */
  signingSince(): Promise<Date>
}

const owner = { tenantId: platformTenantId }

export function createSigningKeys(options: {
  readonly secrets: Pick<Secrets, 'encrypt' | 'decrypt'>
  readonly clock: () => Date
}): SigningKeys {
  const { secrets, clock } = options
  const imported = new Map<string, Promise<CryptoKey>>()

  async function ensureKey(number: number): Promise<KeyRow> {
    const known = await findKey(number)
    if (known) return known
    await insertKey(await makeKey(number, secrets, clock()))
    const made = await findKey(number)
    if (made === null) throw new TypeError(`LTI key ${number} vanished while it was made`)
    return made
  }

  async function ensureBoth(): Promise<KeyRow> {
    const { signing } = await ensurePointer(clock())
    const current = await ensureKey(signing)
    await ensureKey(signing + 1)
    return current
  }

  async function openPrivateKey({ kid, sealedPrivateJwk }: KeyRow): Promise<CryptoKey> {
    const jwk = JSON.parse(await secrets.decrypt(owner, fieldOf(kid), sealedPrivateJwk))
    // An RSA JWK imports as a CryptoKey, never as bytes.
    return (await importJWK(jwk, 'RS256')) as CryptoKey
  }

  function privateKey(row: KeyRow): Promise<CryptoKey> {
    const known = imported.get(row.kid)
    if (known !== undefined) return known
    const key = openPrivateKey(row)
    imported.set(row.kid, key)
    key.catch(() => imported.delete(row.kid))
    return key
  }

  return {
    async ensure() {
      await ensureBoth()
    },
    async publicKeys() {
      const { signing } = await ensurePointer(clock())
      let rows = await findKeysFrom(signing - 1)
      if (!rows.some(({ number }) => number === signing + 1)) {
        await ensureBoth()
        rows = await findKeysFrom(signing - 1)
      }
      return {
        keys: rows.map(({ kid, publicJwk: { kty, n, e } }) => ({
          kty,
          n,
          e,
          kid,
          alg: 'RS256',
          use: 'sig',
        })),
      }
    },
    async sign(claims) {
      const row = await ensureBoth()
      return new SignJWT(claims)
        .setProtectedHeader({ alg: 'RS256', typ: 'JWT', kid: row.kid })
        .sign(await privateKey(row))
    },
    async rotate() {
      const { number } = await ensureBoth()
      await ensureKey(number + 2)
      await advancePointer(number, clock())
    },
    async signingSince() {
      return (await ensurePointer(clock())).since
    },
  }
}

async function makeKey(
  number: number,
  secrets: Pick<Secrets, 'encrypt'>,
  createdAt: Date,
): Promise<KeyRow> {
  const pair = await generateKeyPair('RS256', { modulusLength: 2048, extractable: true })
  const { kty = '', n = '', e = '' } = await exportJWK(pair.publicKey)
  const publicJwk = { kty, n, e }
  const kid = await calculateJwkThumbprint(publicJwk)
  const privateJwk = JSON.stringify(await exportJWK(pair.privateKey))
  const sealedPrivateJwk = await secrets.encrypt(owner, fieldOf(kid), privateJwk)
  return { _id: keyIdOf(number), number, kid, publicJwk, sealedPrivateJwk, createdAt }
}

function fieldOf(kid: string): string {
  return `lti.key.${kid}`
}
