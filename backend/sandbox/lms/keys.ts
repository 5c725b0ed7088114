import { randomBytes } from 'node:crypto'
import { type CryptoKey, exportJWK, generateKeyPair, importJWK, type JWK, SignJWT } from 'jose'
import type { Lms } from './lms.ts'
import type { StoredKey } from './state.ts'

const firstKeys = new WeakMap<Lms, Promise<StoredKey>>()

/** The key in use; made on first need, and only once however many ask. */
export function currentKey(lms: Lms): Promise<StoredKey> {
  const { key } = lms.state
  if (key) return Promise.resolve(key)
  const begun = firstKeys.get(lms) ?? rotateKey(lms)
  firstKeys.set(lms, begun)
  return begun
}

/** Signs from now on with a new key; the old one leaves the keyset at once. */
export async function rotateKey(lms: Lms): Promise<StoredKey> {
  const key = await createKey()
  lms.state.key = key
  await lms.changed()
  return key
}

async function createKey(): Promise<StoredKey> {
  const { privateKey } = await generateKeyPair('RS256', { extractable: true })
  return { kid: randomBytes(8).toString('hex'), privateJwk: await exportJWK(privateKey) }
}

/** The keyset for tools: public members only. */
export async function publicKeyset(lms: Lms): Promise<{ keys: JWK[] }> {
  const { kid, privateJwk } = await currentKey(lms)
  const { kty, n, e } = privateJwk
  if (kty === undefined || n === undefined || e === undefined) {
    throw new TypeError('the signing key is not an RSA key')
  }
  return { keys: [{ kty, n, e, kid, alg: 'RS256', use: 'sig' }] }
}

/** An RS256 token over these claims; unpublished: with a key nobody can look up. */
export async function signToken(
  lms: Lms,
  claims: Record<string, unknown>,
  options: { unpublished: boolean },
): Promise<string> {
  const { kid, privateJwk } = options.unpublished ? await createKey() : await currentKey(lms)
  // An RSA JWK always imports as a CryptoKey; the byte array in the type is for symmetric keys.
  const key = (await importJWK(privateJwk, 'RS256')) as CryptoKey
  return new SignJWT(claims).setProtectedHeader({ alg: 'RS256', kid, typ: 'JWT' }).sign(key)
}
