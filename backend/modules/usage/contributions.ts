import type { UsageBatch } from './batch-store.ts'
import type { UsageCount } from './counter.ts'

/** What one batch adds to one day. */
export interface Contribution {
  readonly by: string
  readonly seq: number
  /** `h00` to `h23`. */
  readonly hour: string
  readonly count: number
}

export interface DayTotal
  extends Pick<
    UsageCount,
    'tenantId' | 'credentialKind' | 'credentialId' | 'operation' | 'status' | 'version'
  > {
  readonly id: string
  readonly day: string
  readonly contributions: Contribution[]
}

/** Batches sorted by the days, credentials, operations and outcomes they add to. */
export function contributionsOf(batches: readonly Omit<UsageBatch, '_id'>[]): DayTotal[] {
  const totals = new Map<string, DayTotal>()
  for (const { by, seq, counts } of batches) {
    for (const { hour, count, ...facts } of counts) {
      const day = hour.slice(0, 10)
      const { tenantId, credentialId, operation, status, version } = facts
      const id = [tenantId, day, credentialId, operation, status, version].join('|')
      const known = totals.get(id) ?? { id, day, ...facts, contributions: [] }
      known.contributions.push({ by, seq, hour: `h${hour.slice(11, 13)}`, count })
      totals.set(id, known)
    }
  }
  return [...totals.values()]
}
