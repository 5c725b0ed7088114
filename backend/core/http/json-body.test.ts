import { expect, it } from 'vitest'
import { parseJsonBody } from './json-body.ts'

function parse(text: string): unknown {
  return parseJsonBody(Buffer.from(text))
}

it('reads what JSON.parse reads', () => {
  const value = {
    name: 'a "quoted": \\ name',
    list: [1, { deep: [true, null, ''] }, {}],
    'colon:': ':',
  }

  expect(parse(JSON.stringify(value, null, 2))).toEqual(value)
  expect(parse('"text"')).toBe('text')
  expect(parse(' 3 ')).toBe(3)
})

it.each([
  ['a member that stands twice', '{"a":1,"a":2}'],
  ['one that is spelt with an escape', '{"a":1,"\\u0061":2}'],
  ['one deep inside', '{"x":[{"y":{"b":1, "b" : 1}}]}'],
])('refuses %s', (_what, text) => {
  expect(() => parse(text)).toThrow(expect.objectContaining({ code: 'duplicate_key' }))
})

it('lets two objects hold the same member, and values look like members', () => {
  expect(parse('[{"a":"a"},{"a":"\\":"}]')).toEqual([{ a: 'a' }, { a: '":' }])
})

it.each([
  ['a stop in the middle', '{"a":'],
  ['an open string', '{"a'],
  ['an escape at the end', '"\\'],
  ['a comma too many', '[1,]'],
  ['nothing but spaces', '  '],
])('refuses %s as malformed', (_what, text) => {
  expect(() => parse(text)).toThrow(expect.objectContaining({ code: 'malformed_json' }))
})

it('refuses bytes that are not UTF-8', () => {
  const latin1 = Buffer.from('{"name":"Zo\u00eb"}', 'latin1')

  expect(() => parseJsonBody(latin1)).toThrow(expect.objectContaining({ code: 'malformed_json' }))
})

it('refuses nesting deeper than 32 levels before it builds anything', () => {
  expect(parse('['.repeat(32) + ']'.repeat(32))).toBeInstanceOf(Array)
  expect(() => parse('['.repeat(33) + ']'.repeat(33))).toThrow(/32 levels/)
  expect(() => parse('{"a":'.repeat(100_000))).toThrow(/32 levels/)
})

it('refuses a member named __proto__ and pollutes nothing', () => {
  expect(() => parse('{"__proto__":{"admin":true}}')).toThrow(
    expect.objectContaining({ code: 'invalid_request' }),
  )
  expect(({} as { admin?: boolean }).admin).toBeUndefined()
})
