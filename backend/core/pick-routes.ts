import type { Contract } from '../../shared/api/contract.ts'

/** The routes of a contract that one module answers, when a contract file serves several. */
export function pickRoutes<C extends Contract, K extends keyof C & string>(
  contract: C,
  keys: readonly K[],
): Pick<C, K> {
  const picked = keys.map((key) => [key, contract[key]] as const)
  // Object.fromEntries widens the keys; they are exactly those asked for.
  return Object.fromEntries(picked) as unknown as Pick<C, K>
}
