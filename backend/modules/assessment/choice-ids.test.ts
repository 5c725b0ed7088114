import { expect, it } from 'vitest'
import { choiceIds, orderFor } from './choice-ids.ts'

it('names a choice the same within an attempt and differently in another', () => {
  const first = choiceIds('attempt-1')

  expect(first('RESPONSE', 'correct')).toBe(first('RESPONSE', 'correct'))
  expect(first('RESPONSE', 'correct')).not.toBe(first('RESPONSE', 'wrong'))
  expect(first('RESPONSE', 'correct')).not.toBe(first('RESPONSE2', 'correct'))
  expect(first('RESPONSE', 'correct')).not.toBe(choiceIds('attempt-2')('RESPONSE', 'correct'))
  expect(first('RESPONSE', 'correct')).toMatch(/^c[A-Za-z0-9]{10,12}$/)
})

it('orders repeatably, completely and differently between attempts', () => {
  const order = orderFor('attempt-1')('RESPONSE', 8)

  expect(orderFor('attempt-1')('RESPONSE', 8)).toEqual(order)
  expect([...order].sort((a, b) => a - b)).toEqual([0, 1, 2, 3, 4, 5, 6, 7])
  const orders = new Set(
    Array.from({ length: 20 }, (_, n) => orderFor(`attempt-${n}`)('RESPONSE', 8).join()),
  )
  expect(orders.size).toBeGreaterThan(15)
})
