import { describe, expect, it } from 'vitest'
import {
  container,
  parseScalar,
  type RecordValue,
  type Scalar,
  sameValue,
  single,
  type Value,
} from './values.ts'

describe('parseScalar', () => {
  it.each([
    ['integer', ' 42 ', 42],
    ['integer', '-7', -7],
    ['integer', '+7', 7],
    ['integer', '4.0', undefined],
    ['integer', '', undefined],
    ['integer', '99999999999999999999', undefined],
    ['float', ' 0.50', 0.5],
    ['float', '.5', 0.5],
    ['float', '5.', 5],
    ['float', '1e3', 1000],
    ['float', '1,5', undefined],
    ['float', 'Infinity', undefined],
    ['float', '1e999', undefined],
    ['float', '0x10', undefined],
    ['boolean', 'true', true],
    ['boolean', '0', false],
    ['boolean', 'yes', undefined],
    ['identifier', ' A ', 'A'],
    ['identifier', '  ', undefined],
    ['string', ' A ', ' A '],
    ['string', '', ''],
    ['pair', 'A  B', ['A', 'B']],
    ['pair', 'A', undefined],
    ['directedPair', 'A B C', undefined],
    ['point', '10 20.5', [10, 20.5]],
    ['point', '10 x', undefined],
  ] as const)('reads %s "%s" as %j', (baseType, text, expected) => {
    expect(parseScalar(baseType, text)).toEqual(expected)
  })

  it('treats composed and decomposed letters as the same text', () => {
    expect(parseScalar('string', 'cafe\u0301')).toBe('caf\u00e9')
  })
})

describe('sameValue', () => {
  const many = (
    cardinality: 'multiple' | 'ordered',
    values: Scalar[],
    baseType: 'identifier' | 'pair' = 'identifier',
  ) => container(cardinality, baseType, values)

  it.each<[string, Value, Value, boolean]>([
    ['the same identifiers', single('identifier', 'A'), single('identifier', 'A'), true],
    ['another case', single('string', 'York'), single('string', 'york'), false],
    ['an integer and a float', single('integer', 1), single('float', 1), true],
    [
      'another order of a multiple',
      many('multiple', ['A', 'B']),
      many('multiple', ['B', 'A']),
      true,
    ],
    [
      'another order of an ordered',
      many('ordered', ['A', 'B']),
      many('ordered', ['B', 'A']),
      false,
    ],
    ['a part of a multiple', many('multiple', ['A']), many('multiple', ['A', 'B']), false],
    ['a repeated member', many('multiple', ['A', 'A']), many('multiple', ['A', 'B']), false],
    ['another cardinality', single('identifier', 'A'), many('multiple', ['A']), false],
    ['a pair turned round', single('pair', ['A', 'B']), single('pair', ['B', 'A']), true],
    [
      'a directed pair turned round',
      single('directedPair', ['A', 'B']),
      single('directedPair', ['B', 'A']),
      false,
    ],
  ])('compares %s', (_what, a, b, expected) => {
    if (!a || !b) throw new Error('not NULL')

    expect(sameValue(a, b)).toBe(expected)
    expect(sameValue(b, a)).toBe(expected)
  })

  it('compares records by the names of their fields', () => {
    const one = single('integer', 1)
    const record = (identifiers: string[]): RecordValue => ({
      cardinality: 'record',
      fields: identifiers.map((identifier) => ({ identifier, value: one })),
    })

    expect(sameValue(record(['x', 'y']), record(['y', 'x']))).toBe(true)
    expect(sameValue(record(['x']), record(['z']))).toBe(false)
  })

  it('knows no empty container: it is NULL', () => {
    expect(container('multiple', 'identifier', [])).toBeNull()
  })
})
