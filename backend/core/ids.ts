import { randomBytes } from 'node:crypto'

const alphabet = '0123456789abcdefghjkmnpqrstvwxyz'

/** A new identifier `<prefix>_<26 characters>`: 48 bits of time, then 80 random bits, so ids sort by age. */
export function newId(prefix: string, now: number = Date.now()): string {
  let time = now
  let head = ''
  for (let i = 0; i < 10; i++) {
    head = alphabet.charAt(time % 32) + head
    time = Math.floor(time / 32)
  }
  let tail = ''
  for (const byte of randomBytes(16)) tail += alphabet.charAt(byte & 31)
  return `${prefix}_${head}${tail}`
}
