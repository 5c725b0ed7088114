/** One stretch of time as a drawing and its table need it. */
export interface HistoryPoint {
  readonly at: string
  readonly ok: number
  readonly failed: number
  readonly p50Ms: number | null
  readonly p95Ms: number | null
  readonly p99Ms: number | null
  readonly rows: number
}

export const measures = ['requests', 'latency', 'rows'] as const
export type Measure = (typeof measures)[number]

export const measureNames: Readonly<Record<Measure, string>> = {
  requests: 'Requests that worked and failed',
  latency: 'Time to answer',
  rows: 'Records carried',
}

export interface Line {
  readonly name: string
  readonly tone: 'good' | 'bad' | 'primary' | 'accent' | 'muted'
  readonly values: readonly (number | null)[]
}

/** The lines or bars of a measure, and the unit they are in. */
export function linesOf(
  points: readonly HistoryPoint[],
  measure: Measure,
): { readonly unit: string; readonly lines: readonly Line[] } {
  if (measure === 'latency') {
    return {
      unit: 'milliseconds',
      lines: [
        { name: 'Half within', tone: 'good', values: points.map(({ p50Ms }) => p50Ms) },
        { name: '95 % within', tone: 'primary', values: points.map(({ p95Ms }) => p95Ms) },
        { name: '99 % within', tone: 'accent', values: points.map(({ p99Ms }) => p99Ms) },
      ],
    }
  }
  if (measure === 'rows') {
    return {
      unit: 'records',
      lines: [{ name: 'Records', tone: 'primary', values: points.map(({ rows }) => rows) }],
    }
  }
  return {
    unit: 'requests',
    lines: [
      { name: 'Worked', tone: 'good', values: points.map(({ ok }) => ok) },
      { name: 'Failed', tone: 'bad', values: points.map(({ failed }) => failed) },
    ],
  }
}

/** One sentence that says what the drawing shows. */
export function sentenceOf(points: readonly HistoryPoint[]): string {
  let ok = 0
  let failed = 0
  for (const point of points) {
    ok += point.ok
    failed += point.failed
  }
  const all = ok + failed
  if (all === 0) return 'No requests in this time.'
  const share = Math.floor((ok / all) * 10_000) / 100
  const number = new Intl.NumberFormat('en-GB')
  return `${number.format(all)} requests, ${number.format(failed)} of them failed: ${share} % worked.`
}
