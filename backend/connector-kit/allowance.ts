import { ConnectorError } from './connector-error.ts'
import type { RefusedRecord } from './records.ts'

/** What a school may not have let us read: told once in a run, and not asked for again in it. */
export interface Allowance {
  /** Reads a part, or answers `otherwise` where it is forbidden. */
  read<T>(part: string, read: () => Promise<T>, otherwise: T): Promise<T>
  /** What was forbidden since this was last asked. */
  untold(): readonly RefusedRecord[]
}

/** For the parts of a pull without which the rest is still of use, such as the dates of assignments. */
export function createAllowance(): Allowance {
  const forbidden = new Set<string>()
  let fresh: RefusedRecord[] = []
  return {
    async read(part, read, otherwise) {
      if (forbidden.has(part)) return otherwise
      try {
        return await read()
      } catch (error) {
        if (!(error instanceof ConnectorError) || error.code !== 'forbidden') throw error
        forbidden.add(part)
        const reason = `${part} may not be read. ${error.message}`
        fresh.push({ kind: 'assignments', sourcedId: null, path: '$', reason })
        return otherwise
      }
    },
    untold() {
      const told = fresh
      fresh = []
      return told
    },
  }
}
