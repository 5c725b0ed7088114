/** How long the next try must wait after the 1st, 2nd, … failure; the last entry repeats. */
export type Delays = readonly number[]

const second = 1000
const minute = 60 * second

/** `tries` without a wait between them, then waits that double. */
function doubling(tries: number, firstMs: number, maxMs: number): Delays {
  const delays = Array.from({ length: tries - 1 }, () => 0)
  for (let delay = firstMs; delay < maxMs; delay *= 2) delays.push(delay)
  return [...delays, maxMs]
}

/** A browser or an address that signed in to this account before. */
export const knownPlace: Delays = doubling(10, second, 5 * minute)
/** An address that never signed in to this account. */
export const stranger: Delays = doubling(5, second, 5 * minute)
/** The same while strangers try the account from many addresses. */
export const strangerUnderAttack: Delays = doubling(3, minute, 60 * minute)
/** One source address failing at many accounts: ten tries a minute after the first sixty. */
export const manyAccounts: Delays = [...Array.from({ length: 60 }, () => 0), 6 * second]
/** Wrong pairing codes from one source address. */
export const pairingCodes: Delays = doubling(10, 5 * second, 10 * minute)

/** Failures of strangers within the hour that count as an attack on an account. */
export const attackThreshold = 50

export const forgetAfterMs = {
  device: 24 * 60 * minute,
  pair: 24 * 60 * minute,
  account: 60 * minute,
  source: 10 * minute,
} as const

/** The address a limit counts for: an IPv6 customer holds a whole /64. */
export function sourceOf(remoteAddress: string): string {
  const address = remoteAddress.replace(/^::ffff:(?=\d+\.)/i, '').split('%')[0] ?? ''
  if (!address.includes(':')) return address
  const [head = '', tail = ''] = address.split('::')
  const left = head === '' ? [] : head.split(':')
  const right = tail === '' ? [] : tail.split(':')
  const zeros = address.includes('::') ? Math.max(0, 8 - left.length - right.length) : 0
  const groups = [...left, ...Array.from({ length: zeros }, () => '0'), ...right]
  return `${groups
    .slice(0, 4)
    .map((group) => Number.parseInt(group, 16).toString(16))
    .join(':')}::/64`
}
