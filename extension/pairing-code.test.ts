import { describe, expect, it } from 'vitest'
import { formatWhileTyping, readPairingCode } from './pairing-code.ts'

describe('readPairingCode', () => {
  it.each(['ABCD-EFGH', 'abcdefgh', ' abcd – efgh '])('reads %j', (typed) => {
    expect(readPairingCode(typed)).toBe('ABCD-EFGH')
  })

  it.each(['', 'ABCD', 'ABCD-EFGHJ', 'ÄBCD-EFGH'])('refuses %j', (typed) => {
    expect(readPairingCode(typed)).toBeUndefined()
  })
})

describe('formatWhileTyping', () => {
  it('puts the dash after the fourth letter and drops what is too much', () => {
    expect(formatWhileTyping('ab')).toBe('AB')
    expect(formatWhileTyping('abcd')).toBe('ABCD')
    expect(formatWhileTyping('abcde')).toBe('ABCD-E')
    expect(formatWhileTyping('ABCD-EFGHJK')).toBe('ABCD-EFGH')
  })
})
