import { describe, expect, it } from 'vitest'
import { hintOf, isWellFormedKey, keyPrefixes, makeKey } from './key-format.ts'

describe('API key format', () => {
  it.each(keyPrefixes)('is the prefix %s, 43 characters of secret and 6 of checksum', (prefix) => {
    const key = makeKey(prefix)

    expect(key).toMatch(new RegExp(`^${prefix}[0-9A-Za-z]{49}$`))
    expect(isWellFormedKey(key)).toBe(true)
  })

  it('carries all 256 bits: the smallest and the largest secret have full length', () => {
    expect(makeKey('edp_live_', new Uint8Array(32))).toMatch(/^edp_live_0{43}\w{6}$/)
    expect(makeKey('edp_live_', new Uint8Array(32).fill(255))).toHaveLength(9 + 49)
  })

  it('never makes the same key twice', () => {
    const keys = new Set(Array.from({ length: 200 }, () => makeKey('edp_test_')))

    expect(keys.size).toBe(200)
  })

  it('recognises one wrong character, two swapped ones and another prefix', () => {
    const key = makeKey(
      'edp_live_',
      Uint8Array.from({ length: 32 }, (_, index) => index * 7),
    )
    const wrongAt = (position: number) =>
      key.slice(0, position) + (key[position] === 'x' ? 'y' : 'x') + key.slice(position + 1)

    for (let position = 9; position < key.length; position++) {
      expect(isWellFormedKey(wrongAt(position)), `position ${position}`).toBe(false)
    }
    expect(isWellFormedKey(key.replace('edp_live_', 'edp_test_'))).toBe(false)
    expect(isWellFormedKey(`${key}0`)).toBe(false)
    expect(isWellFormedKey('')).toBe(false)
  })

  it('hints at a key with four characters of each end', () => {
    const key = makeKey('edp_ext_')

    expect(hintOf(key)).toBe(`edp_ext_${key.slice(8, 12)}…${key.slice(-4)}`)
  })
})
