import { expect, it } from 'vitest'
import { readIdempotencyKey } from './read-key.ts'

it.each([
  ['8e03978e-40d5-43dd-bc93-6894a57f9324', '8e03978e-40d5-43dd-bc93-6894a57f9324'],
  ['"8e03978e-40d5"', '8e03978e-40d5'],
  ['"a\\"b\\\\c"', 'a"b\\c'],
  ['order:17/line+2=3', 'order:17/line+2=3'],
  ['a'.repeat(255), 'a'.repeat(255)],
])('reads %s', (header, key) => {
  expect(readIdempotencyKey(header)).toBe(key)
})

it.each(['', '""', '"open', 'open"', 'two keys', 'one, two', '"one", "two"', 'a;p=1', 'ü', '\\'])(
  'refuses %s',
  (header) => {
    expect(() => readIdempotencyKey(header)).toThrow(
      expect.objectContaining({ code: 'idempotency_key_invalid' }),
    )
  },
)

it('refuses a key of 256 characters', () => {
  expect(() => readIdempotencyKey('a'.repeat(256))).toThrow(/1 to 255/)
})
