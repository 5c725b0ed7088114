import { describe, expect, it } from 'vitest'
import type { Mapping } from './declarations.ts'
import { mapValue } from './mapping.ts'
import { container, single } from './values.ts'

function mapping(parts: Partial<Mapping> = {}): Mapping {
  return {
    entries: [
      { key: 'A', value: 1, caseSensitive: false },
      { key: 'B', value: 2, caseSensitive: false },
    ],
    defaultValue: 0,
    lowerBound: null,
    upperBound: null,
    ...parts,
  }
}

const chosen = (...values: string[]) => container('multiple', 'identifier', values)

describe('mapValue', () => {
  it('sums what a container holds', () => {
    expect(mapValue(mapping(), chosen('A', 'B'))).toBe(3)
  })

  it('counts each key once', () => {
    expect(mapValue(mapping({ defaultValue: -1 }), chosen('A', 'A', 'x', 'x'))).toBe(0)
  })

  it('gives the default to every value without an entry', () => {
    expect(mapValue(mapping({ defaultValue: -0.5 }), chosen('A', 'x', 'y'))).toBe(0)
    expect(mapValue(mapping({ defaultValue: -0.5 }), single('identifier', 'x'))).toBe(-0.5)
  })

  it('keeps the sum of a container within the bounds', () => {
    const bounded = mapping({ lowerBound: 0, upperBound: 2, defaultValue: -5 })

    expect(mapValue(bounded, chosen('A', 'B'))).toBe(2)
    expect(mapValue(bounded, chosen('x'))).toBe(0)
  })

  it('does not bound a single value, for the standard bounds containers', () => {
    const bounded = mapping({ lowerBound: 0, upperBound: 1, defaultValue: -5 })

    expect(mapValue(bounded, single('identifier', 'B'))).toBe(2)
    expect(mapValue(bounded, single('identifier', 'x'))).toBe(-5)
  })

  it('has no floor of its own', () => {
    expect(mapValue(mapping({ defaultValue: -3 }), chosen('x', 'y'))).toBe(-6)
  })

  it('compares strings without case where the entry allows it', () => {
    const cased = mapping({
      entries: [
        { key: 'York', value: 2, caseSensitive: true },
        { key: 'york', value: 1, caseSensitive: false },
      ],
    })

    expect(mapValue(cased, single('string', 'York'))).toBe(2)
    expect(mapValue(cased, single('string', 'YORK'))).toBe(1)
    expect(mapValue(cased, single('string', ' York'))).toBe(0)
  })

  it('prefers the entry of the same case', () => {
    const folding = mapping({
      entries: [
        { key: 'York', value: 2, caseSensitive: false },
        { key: 'york', value: 1, caseSensitive: false },
      ],
    })

    expect(mapValue(folding, single('string', 'york'))).toBe(1)
    expect(mapValue(folding, single('string', 'YORK'))).toBe(2)
  })

  it('never folds the case of identifiers', () => {
    expect(mapValue(mapping(), chosen('a'))).toBe(0)
  })

  it('compares numbers by value', () => {
    const numbers = mapping({ entries: [{ key: 0.5, value: 1, caseSensitive: false }] })

    expect(mapValue(numbers, single('float', 0.5))).toBe(1)
  })

  it('gives nothing for NULL', () => {
    expect(mapValue(mapping({ defaultValue: 4 }), null)).toBe(0)
  })
})
