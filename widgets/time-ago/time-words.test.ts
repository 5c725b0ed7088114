import { expect, it } from 'vitest'
import { timeWords } from './time-words.ts'

const now = new Date('2026-11-23T12:00:00Z')

it.each([
  ['2026-11-23T11:59:30Z', 'just now'],
  ['2026-11-23T12:00:30Z', 'in a moment'],
  ['2026-11-23T11:58:30Z', '1 minute ago'],
  ['2026-11-23T09:00:00Z', '3 hours ago'],
  ['2026-11-22T11:00:00Z', 'yesterday'],
  ['2026-11-23T14:05:00Z', 'in 2 hours'],
  ['2025-10-01T00:00:00Z', 'last year'],
])('says %s as “%s”', (time, words) => {
  expect(timeWords(new Date(time), now)).toBe(words)
})
