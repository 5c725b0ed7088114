import { describe, expect, it } from 'vitest'
import type { QuietHours } from '../../../shared/api/alerts.ts'
import { nextDigest, quietUntil } from './quiet-hours.ts'

const everyDay = [1, 2, 3, 4, 5, 6, 7]
const nights: QuietHours = {
  days: everyDay,
  from: '22:00',
  to: '07:00',
  timezone: 'Europe/London',
  criticalPasses: false,
}
const until = (at: string, quiet: Partial<QuietHours> = {}) =>
  quietUntil({ ...nights, ...quiet }, new Date(at))?.toISOString() ?? null

describe('quiet hours', () => {
  it('last over midnight until their end by the clock of the school', () => {
    expect(until('2026-11-23T21:59:59Z')).toBeNull()
    expect(until('2026-11-23T22:00:00Z')).toBe('2026-11-24T07:00:00.000Z')
    expect(until('2026-11-24T06:59:59Z')).toBe('2026-11-24T07:00:00.000Z')
    expect(until('2026-11-24T07:00:00Z')).toBeNull()
    // In summer the clock of the school is an hour ahead of UTC.
    expect(until('2026-07-06T21:30:00Z')).toBe('2026-07-07T06:00:00.000Z')
  })

  it('end at the right instant in the nights in which clocks change', () => {
    // Forward on 28 March 2027 at 01:00 UTC, back on 31 October 2027 at 01:00 UTC.
    expect(until('2027-03-27T23:00:00Z')).toBe('2027-03-28T06:00:00.000Z')
    expect(until('2027-10-30T22:00:00Z')).toBe('2027-10-31T07:00:00.000Z')
  })

  it('end after a time that the change to summer time leaves out', () => {
    expect(until('2027-03-28T00:30:00Z', { to: '01:30' })).toBe('2027-03-28T01:30:00.000Z')
  })

  it('last through the hour that comes twice', () => {
    const second = '2027-10-31T01:30:00.000Z'

    expect(until('2027-10-31T00:45:00Z', { to: '01:30' })).toBe(second)
    expect(until('2027-10-31T01:15:00Z', { to: '01:30' })).toBe(second)
    expect(until(second, { to: '01:30' })).toBeNull()
  })

  it('are only on the days on which they begin', () => {
    // A Friday.
    const friday = { days: [5] }

    expect(until('2026-11-27T23:00:00Z', friday)).toBe('2026-11-28T07:00:00.000Z')
    expect(until('2026-11-28T06:00:00Z', friday)).toBe('2026-11-28T07:00:00.000Z')
    expect(until('2026-11-28T23:00:00Z', friday)).toBeNull()
  })

  it('that follow one another count as one', () => {
    // The whole weekend, from Friday evening.
    const weekend = { days: [5, 6, 7], from: '17:00', to: '17:00' }

    expect(until('2026-11-27T18:00:00Z', weekend)).toBe('2026-11-30T17:00:00.000Z')
  })

  it('follow the clock of another place', () => {
    const inAuckland = { timezone: 'Pacific/Auckland' }

    expect(until('2026-11-23T10:00:00Z', inAuckland)).toBe('2026-11-23T18:00:00.000Z')
    expect(until('2026-11-23T20:00:00Z', inAuckland)).toBeNull()
  })
})

describe('the daily digest', () => {
  const digest = { at: '07:30', timezone: 'Europe/London' }
  const next = (after: string) => nextDigest(digest, new Date(after)).toISOString()

  it('comes at the next time of day, by the clock of the school', () => {
    expect(next('2026-11-23T07:29:59Z')).toBe('2026-11-23T07:30:00.000Z')
    expect(next('2026-11-23T07:30:00Z')).toBe('2026-11-24T07:30:00.000Z')
    expect(next('2027-03-27T12:00:00Z')).toBe('2027-03-28T06:30:00.000Z')
  })
})
