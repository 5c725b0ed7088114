import { createHash } from 'node:crypto'

/** Chance that repeats: the same seed gives the same row of numbers from 0 to 1. */
export type Chance = () => number

/** Mulberry32, begun at the seed's hash. */
export function chanceOf(seed: string): Chance {
  let state = createHash('sha256').update(seed).digest().readUInt32LE(0)
  return () => {
    state = (state + 0x6d2b79f5) | 0
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state)
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296
  }
}

/** A copy in an order that the chance decides (Fisher and Yates). */
export function shuffled<T>(values: readonly T[], chance: Chance): T[] {
  const rest = [...values]
  const result: T[] = []
  while (rest.length > 0) result.push(...rest.splice(Math.floor(chance() * rest.length), 1))
  return result
}

const alphabet = '0123456789abcdefghjkmnpqrstvwxyz'

/** An id that the same tenant and seed always get; it sorts by `order` and before every id made later. */
export function seededId(
  prefix: string,
  { tenantId, seed }: { readonly tenantId: string; readonly seed: string },
  what: string,
  order: number,
): string {
  const digest = createHash('sha256').update(`${tenantId}\n${seed}\n${prefix}\n${what}`).digest()
  let tail = ''
  for (const byte of digest.subarray(0, 16)) tail += alphabet.charAt(byte & 31)
  const head = order.toString(10).padStart(6, '0')
  return `${prefix}_0000${head}${tail}`
}
