import { createHash } from 'node:crypto'

const bits = 80n
const size = 1n << bits

/** The content of one record as a number; the order of its members does not matter. */
export function hashContent(content: Readonly<Record<string, unknown>>): string {
  const ordered = Object.entries(content).toSorted(([a], [b]) => (a < b ? -1 : 1))
  return createHash('sha256').update(JSON.stringify(ordered)).digest('hex').slice(0, 20)
}

/** A sum over records: the same for the same records in any order, another where one differs. */
export function createSum() {
  let sum = 0n
  return {
    add(id: string, hash: string): void {
      const one = createHash('sha256').update(`${id}\u0000${hash}`).digest('hex').slice(0, 20)
      sum = (sum + BigInt(`0x${one}`)) % size
    },
    text: () => sum.toString(16).padStart(20, '0'),
  }
}
