import { CompactEncrypt, importJWK, type JWK } from 'jose'
import { AppError } from '../../../shared/errors.ts'

interface Algorithm {
  readonly alg: 'RSA-OAEP-256' | 'ECDH-ES+A256KW'
  readonly members: readonly string[]
}

const leastRsaBits = 2048
const curves: Readonly<Record<string, readonly string[]>> = {
  EC: ['P-256', 'P-384', 'P-521'],
  OKP: ['X25519'],
}

/** The public members of a key that can encrypt; refuses private, symmetric, weak and signing keys. */
export async function checkEncryptionKey(given: Readonly<Record<string, unknown>>): Promise<JWK> {
  const { members } = algorithmOf(given)
  const kept = ['kty', 'kid', ...members].flatMap((name) =>
    given[name] === undefined ? [] : [[name, given[name]] as const],
  )
  const key = Object.fromEntries(kept) as JWK
  try {
    await encryptFor(key, 'probe', 'text/plain')
  } catch {
    throw refusal('the key is damaged: its members do not make a key')
  }
  return key
}

function algorithmOf(key: Readonly<Record<string, unknown>>): Algorithm {
  if ('d' in key || 'k' in key || 'p' in key) throw refusal('send the public key only')
  if (key['use'] !== undefined && key['use'] !== 'enc')
    throw refusal('the key is not for encryption')
  const { kty, crv, n } = key
  if (kty === 'RSA') {
    const bits = typeof n === 'string' ? Buffer.from(n, 'base64url').length * 8 : 0
    if (bits < leastRsaBits) throw refusal(`an RSA key needs at least ${leastRsaBits} bits`)
    return { alg: 'RSA-OAEP-256', members: ['n', 'e'] }
  }
  if (!curves[String(kty)]?.includes(String(crv))) {
    throw refusal('use RSA, or one of the curves P-256, P-384, P-521 and X25519')
  }
  return { alg: 'ECDH-ES+A256KW', members: ['crv', 'x', ...(kty === 'EC' ? ['y'] : [])] }
}

function refusal(reason: string): AppError {
  return new AppError('webhook_option_invalid', `The encryption key cannot be used: ${reason}`, {
    errors: [{ pointer: '#/encryptionKey', code: 'webhook_option_invalid', detail: reason }],
  })
}

/** The text as a compact JWE (RFC 7516) for one receiver. */
export async function encryptFor(key: JWK, text: string, contentType: string): Promise<string> {
  const { alg } = algorithmOf(key)
  return new CompactEncrypt(Buffer.from(text))
    .setProtectedHeader({
      alg,
      enc: 'A256GCM',
      cty: contentType,
      ...(key.kid === undefined ? {} : { kid: key.kid }),
    })
    .encrypt(await importJWK(key, alg))
}
