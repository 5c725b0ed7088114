import { expect, it } from 'vitest'
import { createStrikes } from './strikes.ts'

function struck(rate: number, calls: number): number[] {
  const strikes = createStrikes('regular')
  return Array.from({ length: calls }, (_, index) => index + 1).filter(() =>
    strikes.next('rate429', rate),
  )
}

it('strikes every nth call at a rate of one in n', () => {
  expect(struck(0.25, 12)).toEqual([4, 8, 12])
  expect(struck(1 / 3, 9)).toEqual([3, 6, 9])
  expect(struck(1, 3)).toEqual([1, 2, 3])
  expect(struck(0, 5)).toEqual([])
})

it('strikes as many of a hundred calls as the rate says', () => {
  for (const percent of [1, 7, 29, 50, 58, 93]) {
    expect(struck(percent / 100, 100)).toHaveLength(percent)
  }
})

it('counts each kind of fault by itself', () => {
  const strikes = createStrikes('regular')

  expect(strikes.next('rate429', 0.5)).toBe(false)
  expect(strikes.next('rate500', 0.5)).toBe(false)
  expect(strikes.next('rate429', 0.5)).toBe(true)
  expect(strikes.next('rate500', 0.5)).toBe(true)
})

it('leaves it to chance when asked to', () => {
  const rolls = [0.1, 0.9, 0.49]
  const strikes = createStrikes('random', () => rolls.shift() ?? 1)

  expect([1, 2, 3, 4].map(() => strikes.next('rate500', 0.5))).toEqual([true, false, true, false])
})
