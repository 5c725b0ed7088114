import { createCipheriv, createDecipheriv, createHmac, randomBytes } from 'node:crypto'
import { AppError } from '../../../shared/errors.ts'

const ivBytes = 12
const tagBytes = 16
export const keyBytes = 32

/** AES-256-GCM; `bound` is authenticated with the text, so that it opens only where it was sealed. */
export function seal(key: Buffer, plaintext: Buffer, bound: readonly string[]): Buffer {
  const iv = randomBytes(ivBytes)
  const cipher = createCipheriv('aes-256-gcm', key, iv, { authTagLength: tagBytes })
  cipher.setAAD(boundBytes(bound))
  return Buffer.concat([iv, cipher.update(plaintext), cipher.final(), cipher.getAuthTag()])
}

/** Throws when the key is another one or a byte was changed. */
export function open(key: Buffer, sealed: Buffer, bound: readonly string[]): Buffer {
  if (sealed.length < ivBytes + tagBytes) throw new TypeError('sealed text is too short')
  const iv = sealed.subarray(0, ivBytes)
  const tag = sealed.subarray(sealed.length - tagBytes)
  const decipher = createDecipheriv('aes-256-gcm', key, iv, { authTagLength: tagBytes })
  decipher.setAAD(boundBytes(bound))
  decipher.setAuthTag(tag)
  const text = decipher.update(sealed.subarray(ivBytes, sealed.length - tagBytes))
  return Buffer.concat([text, decipher.final()])
}

/** Names a key without telling anything of it. */
export function fingerprint(key: Buffer): string {
  return createHmac('sha256', key).update('edpsych key fingerprint').digest('hex').slice(0, 16)
}

const header = 'es1'

export interface Sealed {
  readonly keyId: string
  readonly bytes: Buffer
}

export function formatSealed({ keyId, bytes }: Sealed): string {
  return `${header}.${keyId}.${bytes.toString('base64url')}`
}

export function parseSealed(text: string): Sealed {
  const [version, keyId, bytes, ...rest] = text.split('.')
  if (version !== header || !keyId || !bytes || rest.length > 0) {
    throw new AppError('secret_unreadable', 'This is not a sealed secret of this product')
  }
  return { keyId, bytes: Buffer.from(bytes, 'base64url') }
}

/** Lengths are part of it: no two lists give the same bytes. */
function boundBytes(parts: readonly string[]): Buffer {
  return Buffer.from(JSON.stringify(parts), 'utf8')
}
