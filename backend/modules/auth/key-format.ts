import { createHash, randomBytes } from 'node:crypto'
import { crc32 } from 'node:zlib'

const alphabet = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz'
const bodyLength = 43 // 62^43 > 2^256
const checksumLength = 6 // 62^6 > 2^32

export const keyPrefixes = ['edp_live_', 'edp_test_', 'edp_ext_'] as const
export type KeyPrefix = (typeof keyPrefixes)[number]

const shape = new RegExp(`^(${keyPrefixes.join('|')})[0-9A-Za-z]{${bodyLength + checksumLength}}$`)

function toBase62(bytes: Uint8Array, length: number): string {
  let rest = BigInt(`0x${Buffer.from(bytes).toString('hex')}`)
  let text = ''
  while (text.length < length) {
    text = alphabet.charAt(Number(rest % 62n)) + text
    rest /= 62n
  }
  return text
}

function checksumOf(text: string): string {
  const bytes = Buffer.alloc(4)
  bytes.writeUInt32BE(crc32(text))
  return toBase62(bytes, checksumLength)
}

/** A new secret: prefix, 256 random bits in base 62, and a checksum that lets scanners tell it from noise. */
export function makeKey(prefix: KeyPrefix, random: Uint8Array = randomBytes(32)): string {
  const body = prefix + toBase62(random, bodyLength)
  return body + checksumOf(body)
}

/** Whether a text can be a key at all; a typing error fails here, without a look into the database. */
export function isWellFormedKey(text: string): boolean {
  if (!shape.test(text)) return false
  return checksumOf(text.slice(0, -checksumLength)) === text.slice(-checksumLength)
}

/** Enough to recognise a key by, useless to guess it from. */
export function hintOf(key: string): string {
  const bodyStart = key.lastIndexOf('_') + 1
  return `${key.slice(0, bodyStart + 4)}…${key.slice(-4)}`
}

/** How a secret of 256 random bits is stored: nothing slower than SHA-256 adds anything to it. */
export function digestOf(secret: string): string {
  return createHash('sha256').update(secret).digest('base64url')
}
