import { expect, it } from 'vitest'
import { clockOffset } from './clock-offset.ts'

const at = Date.parse('2026-11-23T10:00:00.400Z')
const dated = (text: string, more: Record<string, string> = {}) => ({ date: text, ...more })

it('finds clocks equal that differ by the way of the answer or by cut-off seconds', () => {
  expect(clockOffset(dated('Mon, 23 Nov 2026 10:00:00 GMT'), at, at + 50)).toBe(0)
  expect(clockOffset(dated('Mon, 23 Nov 2026 10:00:03 GMT'), at, at + 5000)).toBe(0)
})

it('tells by how much the other clock is ahead or behind', () => {
  expect(clockOffset(dated('Mon, 23 Nov 2026 10:10:00 GMT'), at, at)).toBe(599_600)
  expect(clockOffset(dated('Mon, 23 Nov 2026 09:50:00 GMT'), at, at)).toBe(-599_401)
})

it.each([
  ['that has no date', undefined],
  ['whose date cannot be read', dated('yesterday')],
  ['from a cache', dated('Mon, 23 Nov 2026 09:50:00 GMT', { age: '600' })],
])('learns nothing from an answer %s', (_name, headers) => {
  expect(clockOffset(headers, at, at)).toBeNull()
})
