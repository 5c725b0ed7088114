import type { Usage } from '../../../shared/api/usage.ts'
import { bandOf } from '../../usage-chart/usage-series.ts'

/** What one organisation has of all calls. */
export interface Share {
  readonly id: string
  readonly name: string
  readonly calls: number
  readonly refused: number
  readonly failed: number
}

/** Every organisation, also those without calls; the busiest first, then by name. */
export function sharesOf({ data, names = {} }: Pick<Usage, 'data' | 'names'>): Share[] {
  const counts = new Map(
    Object.keys(names).map((id) => [id, { answered: 0, refused: 0, failed: 0 }]),
  )
  for (const { group, split, count } of data) {
    const known = counts.get(group) ?? { answered: 0, refused: 0, failed: 0 }
    known[bandOf(split ?? '')] += count
    counts.set(group, known)
  }
  return [...counts]
    .map(([id, { answered, refused, failed }]) => ({
      id,
      name: names[id] ?? id,
      calls: answered + refused + failed,
      refused,
      failed,
    }))
    .sort((a, b) => b.calls - a.calls || a.name.localeCompare(b.name, 'en-GB'))
}

/** First and last day of each calendar month from a day to now. */
export function monthsOf(from: string, now: Date): { from: string; to: string }[] {
  const months: { from: string; to: string }[] = []
  const last = now.toISOString().slice(0, 10)
  let at = from
  while (at <= last) {
    const next = new Date(Date.UTC(Number(at.slice(0, 4)), Number(at.slice(5, 7)), 1))
    const end = new Date(next.getTime() - 1).toISOString().slice(0, 10)
    const isLast = end >= last
    months.push({ from: at, to: isLast ? last : end })
    at = next.toISOString().slice(0, 10)
  }
  return months
}
