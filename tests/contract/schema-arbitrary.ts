import fc from 'fast-check'
import { isJson, type Json } from '../../backend/core/openapi/json.ts'
import { resolved } from '../support/answer-check.ts'

const deepest = 6

/** Values that a schema of the document accepts. */
export function arbitraryOf(given: unknown, depth = 0): fc.Arbitrary<unknown> {
  const schema = resolved(given)
  if (depth > deepest) return fc.constant(null)
  if ('const' in schema) return fc.constant(schema['const'])
  if (Array.isArray(schema['enum'])) return fc.constantFrom(...schema['enum'])
  const variants = [schema['anyOf'], schema['oneOf']].find(Array.isArray)
  if (variants) return fc.oneof(...variants.map((variant) => arbitraryOf(variant, depth + 1)))
  return ofType(schema, depth)
}

function ofType(schema: Json, depth: number): fc.Arbitrary<unknown> {
  const types = [schema['type']].flat()
  if (isJson(schema['properties'])) return objectOf(schema, schema['properties'], depth)
  if (types.includes('array')) return arrayOf(schema, depth)
  if (types.includes('integer') || types.includes('number')) return wholeNumber(schema)
  if (types.includes('boolean')) return fc.boolean()
  if (types.includes('null')) return fc.constant(null)
  if (types.includes('string')) return textOf(schema)
  if (types.includes('object')) return mapOf(schema, depth)
  return fc.jsonValue({ maxDepth: 1 })
}

function wholeNumber(schema: Json): fc.Arbitrary<number> {
  const above = number(schema, 'exclusiveMinimum', -10) + 1
  const below = number(schema, 'exclusiveMaximum', 1001) - 1
  return fc.integer({
    min: Math.max(above, number(schema, 'minimum', -9)),
    max: Math.min(below, number(schema, 'maximum', 1000)),
  })
}

function number(schema: Json, name: string, otherwise: number): number {
  const value = schema[name]
  return typeof value === 'number' ? value : otherwise
}

function objectOf(schema: Json, properties: Json, depth: number): fc.Arbitrary<unknown> {
  const members = Object.entries(properties).map(([name, part]) => [
    name,
    arbitraryOf(part, depth + 1),
  ])
  const model: Record<string, fc.Arbitrary<unknown>> = Object.fromEntries(members)
  const required = Array.isArray(schema['required']) ? schema['required'] : []
  return fc.record(model, {
    requiredKeys: required.filter((name) => name in model),
    noNullPrototype: true,
  })
}

function mapOf(schema: Json, depth: number): fc.Arbitrary<unknown> {
  const names = resolved(schema['propertyNames'])
  const name = 'pattern' in names ? fc.stringMatching(/^[a-z]{1,8}$/) : fc.constantFrom('a', 'b')
  const value = isJson(schema['additionalProperties'])
    ? arbitraryOf(schema['additionalProperties'], depth + 1)
    : fc.constant('x')
  return 'kty' in schema
    ? fc.constant({})
    : fc.dictionary(name, value, { maxKeys: 2, noNullPrototype: true })
}

function arrayOf(schema: Json, depth: number): fc.Arbitrary<unknown> {
  const least = number(schema, 'minItems', 0)
  const maxLength = Math.min(number(schema, 'maxItems', 3), Math.max(least, 3))
  return fc.array(arbitraryOf(schema['items'], depth + 1), { minLength: least, maxLength })
}

const ofFormat: Readonly<Record<string, fc.Arbitrary<string>>> = {
  'date-time': fc
    .date({ min: new Date('2020-01-01'), max: new Date('2030-01-01'), noInvalidDate: true })
    .map((date) => date.toISOString()),
  date: fc.constantFrom('2026-11-01', '2026-11-23', '2024-02-29'),
  uri: fc.constantFrom('https://school.example/a', 'http://localhost:9/x?y=1'),
  email: fc.integer({ min: 1, max: 1e9 }).map((n) => `a${n}@school.example`),
  ipv4: fc.constant('203.0.113.7'),
  ipv6: fc.constant('2001:db8::7'),
  cidrv4: fc.constant('203.0.113.0/24'),
  cidrv6: fc.constant('2001:db8::/48'),
  timezone: fc.constantFrom('Europe/London', 'Europe/Belfast', 'UTC'),
}

function textOf(schema: Json): fc.Arbitrary<string> {
  const format = ofFormat[String(schema['format'])]
  if (format) return format
  const least = number(schema, 'minLength', 0)
  const most = Math.min(number(schema, 'maxLength', 40), Math.max(least, 40))
  const { pattern } = schema
  // Addresses are checked further than their pattern says.
  if (typeof pattern === 'string' && pattern.includes('\\s')) {
    return fc.constant('https://school.example/hook')
  }
  if (typeof pattern === 'string' && !pattern.includes('\\u')) {
    return fc.stringMatching(new RegExp(pattern, 'u'))
  }
  const words = fc.string({ unit: 'grapheme-ascii', minLength: least, maxLength: most })
  // A name of blanks only is none.
  return least === 0 ? words : words.map((text) => text.trim().padEnd(least, 'x'))
}

const strange: readonly unknown[] = [
  null,
  { $gt: '' },
  { $where: 'sleep(1000)' },
  [],
  [[[]]],
  -1,
  1e308,
  '',
  '\u0000',
  '\ud800',
  'x'.repeat(9000),
  true,
  { ['__proto__']: { admin: true } },
  { constructor: { prototype: { admin: true } } },
]

/** A body or a set of parameters with one thing wrong, or at least odd. */
export function mutationOf(value: unknown): fc.Arbitrary<unknown> {
  const odd = fc.constantFrom(...strange)
  if (!isJson(value) || Object.keys(value).length === 0) return odd
  const name = fc.constantFrom(...Object.keys(value))
  return fc.oneof(
    fc.tuple(name, odd).map(([member, oddity]) => ({ ...value, [member]: oddity })),
    name.map((member) =>
      Object.fromEntries(Object.entries(value).filter(([other]) => other !== member)),
    ),
    odd.map((oddity) => ({ ...value, $set: oddity })),
    odd,
  )
}
