import { randomFillSync } from 'node:crypto'

const alphabet = '0123456789abcdefghjkmnpqrstvwxyz'

/** Random bytes for many ids at once: asked for one by one they cost more than all the rest of an id. */
const pool = Buffer.alloc(4096)
let used = pool.length

function randomTail(): string {
  if (used === pool.length) {
    randomFillSync(pool)
    used = 0
  }
  let tail = ''
  for (const byte of pool.subarray(used, used + 16)) tail += alphabet.charAt(byte & 31)
  used += 16
  return tail
}

/** A new identifier `<prefix>_<26 characters>`: 48 bits of time, then 80 random bits, so ids sort by age. */
export function newId(prefix: string, now: number = Date.now()): string {
  let time = now
  let head = ''
  for (let i = 0; i < 10; i++) {
    head = alphabet.charAt(time % 32) + head
    time = Math.floor(time / 32)
  }
  return `${prefix}_${head}${randomTail()}`
}

const digits = 26

/** The 128 bits of an id, where its 26 characters would be too long. */
export function idToBytes(id: string): Buffer {
  let bits = 0n
  for (const digit of id.slice(-digits)) bits = bits * 32n + BigInt(alphabet.indexOf(digit))
  return Buffer.from(bits.toString(16).padStart(32, '0'), 'hex')
}

export function idFromBytes(prefix: string, bytes: Buffer): string {
  let bits = BigInt(`0x${bytes.toString('hex')}`)
  let text = ''
  for (let i = 0; i < digits; i++) {
    text = alphabet.charAt(Number(bits % 32n)) + text
    bits /= 32n
  }
  return `${prefix}_${text}`
}
