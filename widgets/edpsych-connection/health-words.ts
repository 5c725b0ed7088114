import { html, nothing, type TemplateResult } from 'lit'
import type { ConnectionMetrics } from '../../shared/api/monitoring.ts'

export const triggers = { schedule: 'by itself', demand: 'asked for', traffic: 'from use' } as const

const capabilityWords: Readonly<Record<string, string>> = {
  health: 'checks',
  'roster.pull': 'people and classes',
  'courses.pull': 'courses',
  'grades.push': 'grades',
  'content.search': 'search',
  'content.get': 'content',
  'webhook.receive': 'news from the other system',
  'timetable.pull': 'timetables',
  'attendance.pull': 'attendance',
}

const testPrefix = 'test.'

/** What a connection is used for, as people say it. */
export function nameOf(capability: string): string {
  if (capability.startsWith(testPrefix)) {
    return `tests of ${nameOf(capability.slice(testPrefix.length))}`
  }
  return capabilityWords[capability] ?? capability
}

/** The value of the select that has changed. */
export function chosenIn(event: Event): string {
  // The handlers are on selects alone.
  return (event.currentTarget as HTMLSelectElement).value
}

/** A length of time in words. */
export function minutes(number: number): string {
  if (number >= 3 * 24 * 60) return `${(number / 60 / 24).toFixed(1)} days`
  if (number >= 120) return `${(number / 60).toFixed(1)} hours`
  return number < 1 && number > 0
    ? `${Math.round(number * 60)} seconds`
    : `${Math.round(number)} minutes`
}

/** The figures of a period as a list. */
export function total({
  total: { ok, failed, errorRate, latency },
}: ConnectionMetrics): TemplateResult {
  const ms = (value: number | null) => (value === null ? '–' : `${Math.round(value)} ms`)
  return html`<dl class="values">
    <dt>Calls</dt><dd>${(ok + failed).toLocaleString('en-GB')}${errorRate === null ? nothing : `, ${(errorRate * 100).toFixed(errorRate > 0 && errorRate < 0.01 ? 2 : 1)} % failed`}</dd>
    <dt>Answered in</dt><dd>${ms(latency.p50Ms)} usually, ${ms(latency.p95Ms)} or more in the slowest 5 %, ${ms(latency.p99Ms)} or more in the slowest 1 %</dd>
  </dl>`
}
