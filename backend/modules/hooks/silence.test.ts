import { expect, it } from 'vitest'
import { pollEveryMs, silenceMs } from './silence.ts'

const minutes = (n: number) => n * 60_000

it('says nothing of a line that it hardly knows', () => {
  expect(silenceMs([minutes(1), minutes(2)])).toBeNull()
})

it('waits for six times the usual pause, and an hour at least', () => {
  expect(silenceMs(Array(10).fill(minutes(30)))).toBe(minutes(180))
  expect(silenceMs(Array(10).fill(minutes(1)))).toBe(minutes(60))
})

it('does not take a night for an outage', () => {
  const gaps = [...Array(20).fill(minutes(10)), minutes(14 * 60)]

  expect(silenceMs(gaps)).toBe(minutes(21 * 60))
})

it('never waits for more than a week', () => {
  expect(silenceMs(Array(10).fill(minutes(60 * 24 * 3)))).toBe(minutes(60 * 24 * 7))
})

it('asks about as often as messages came, between a quarter of an hour and an hour', () => {
  expect(pollEveryMs([minutes(1), minutes(2), minutes(1)])).toBe(minutes(15))
  expect(pollEveryMs([minutes(30), minutes(30)])).toBe(minutes(30))
  expect(pollEveryMs([minutes(600)])).toBe(minutes(60))
})
