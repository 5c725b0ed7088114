import { describe, expect, it } from 'vitest'
import { type Canonical, canonicalJson } from './canonical-json.ts'

describe('canonicalJson', () => {
  it('gives the same text whatever order members were written in', () => {
    expect(canonicalJson({ b: 1, a: { d: [2, 'x'], c: null } })).toBe(
      '{"a":{"c":null,"d":[2,"x"]},"b":1}',
    )
    expect(canonicalJson({ a: { c: null, d: [2, 'x'] }, b: 1 })).toBe(
      canonicalJson({ b: 1, a: { d: [2, 'x'], c: null } }),
    )
  })

  it('sorts names by code unit, as RFC 8785 §3.2.3 does', () => {
    const names = { '\u20ac': 1, '\r': 2, '\ufb33': 3, '1': 4, '\ud83d\ude00': 5, '\u00f6': 6 }

    expect(canonicalJson(names).match(/(?<=:)\d/g)).toEqual(['2', '4', '6', '1', '5', '3'])
  })

  it('leaves out what is undefined and keeps what is null, empty or false', () => {
    expect(canonicalJson({ a: undefined, b: null, c: '', d: false, e: [], f: {} })).toBe(
      '{"b":null,"c":"","d":false,"e":[],"f":{}}',
    )
  })

  it.each(['x"\\\n\u0007é', 1e21, 0.1, -0, true, null, [], [[1], ['a', null]]])(
    'writes %j so that JSON reads the same',
    (value: Canonical) => {
      expect(JSON.parse(canonicalJson(value))).toEqual(value === 0 ? 0 : value)
    },
  )

  it('refuses numbers that JSON cannot hold', () => {
    expect(() => canonicalJson({ a: Number.NaN })).toThrow(TypeError)
    expect(() => canonicalJson([Number.POSITIVE_INFINITY])).toThrow(TypeError)
  })
})
