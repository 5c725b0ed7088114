import type { Usage } from '../../shared/api/usage.ts'

export const bands = ['answered', 'refused', 'failed'] as const
export type Band = (typeof bands)[number]

/** What a chart and its table show: one value per label and band. */
export interface UsageSeries {
  readonly labels: readonly string[]
  readonly values: Readonly<Record<Band, readonly number[]>>
  readonly total: number
}

export function bandOf(status: string): Band {
  if (status.startsWith('5')) return 'failed'
  return status.startsWith('4') ? 'refused' : 'answered'
}

/** Groups that have an order of their own. */
const inOrder: ReadonlySet<Usage['groupBy']> = new Set(['day', 'hour', 'month', 'status'])

/** Counts by label and band; days without calls are there too, the busiest operations and keys come first. */
export function seriesOf(
  usage: Pick<Usage, 'from' | 'to' | 'groupBy' | 'data' | 'names'>,
): UsageSeries {
  const counts = new Map<string, Record<Band, number>>()
  if (usage.groupBy === 'day') {
    for (const day of daysBetween(usage.from, usage.to)) counts.set(day, none())
  }
  let total = 0
  for (const { group, split, count } of usage.data) {
    const known = counts.get(group) ?? none()
    known[bandOf(split ?? group)] += count
    counts.set(group, known)
    total += count
  }
  const rows = [...counts]
  if (!inOrder.has(usage.groupBy)) {
    rows.sort(([, a], [, b]) => sum(b) - sum(a))
  }
  const valuesOf = (band: Band) => rows.map(([, row]) => row[band])
  return {
    labels: rows.map(([label]) => usage.names?.[label] ?? label),
    values: {
      answered: valuesOf('answered'),
      refused: valuesOf('refused'),
      failed: valuesOf('failed'),
    },
    total,
  }
}

const none = (): Record<Band, number> => ({ answered: 0, refused: 0, failed: 0 })

const sum = ({ answered, refused, failed }: Record<Band, number>) => answered + refused + failed

const dayMs = 24 * 3600 * 1000

function daysBetween(from: string, to: string): string[] {
  const days: string[] = []
  for (let at = Date.parse(from); at <= Date.parse(to); at += dayMs) {
    days.push(new Date(at).toISOString().slice(0, 10))
  }
  return days
}
