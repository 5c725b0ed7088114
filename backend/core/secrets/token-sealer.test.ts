import { randomBytes } from 'node:crypto'
import { describe, expect, it } from 'vitest'
import { createTokenSealer } from './token-sealer.ts'

const masterKey = randomBytes(32)
const sealer = createTokenSealer('lti.state', () => [masterKey])

describe('a sealed token', () => {
  it('opens to the text it was made of, and shows nothing of it', () => {
    const token = sealer.seal('{"hint":"Zoë & 3"}')

    expect(sealer.open(token)).toBe('{"hint":"Zoë & 3"}')
    expect(token).toMatch(/^edp_sealed_[\w-]+$/)
    expect(Buffer.from(token, 'base64url').includes('hint')).toBe(false)
    expect(sealer.seal('{"hint":"Zoë & 3"}')).not.toBe(token)
  })

  it('opens for its own purpose and installation only', () => {
    const token = sealer.seal('x')

    expect(createTokenSealer('lti.code', () => [masterKey]).open(token)).toBeNull()
    expect(createTokenSealer('lti.state', () => [randomBytes(32)]).open(token)).toBeNull()
  })

  it('opens after the master key was changed, as long as the old one is known', () => {
    const token = sealer.seal('x')
    const next = randomBytes(32)
    const rotated = createTokenSealer('lti.state', () => [next, masterKey])

    expect(rotated.open(token)).toBe('x')
    expect(rotated.open(rotated.seal('y'))).toBe('y')
    expect(sealer.open(rotated.seal('y'))).toBeNull()
  })

  it('opens in no other spelling', () => {
    const token = sealer.seal('ab')
    const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_'
    const others = [...alphabet].map((last) => token.slice(0, -1) + last)

    expect(others.filter((other) => sealer.open(other) !== null)).toEqual([token])
    expect(sealer.open(`${token}=`)).toBeNull()
    expect(sealer.open(token.replace('edp_sealed_', ''))).toBeNull()
  })

  it.each(['', 'edp_sealed_', 'edp_sealed_AQ', 'x'.repeat(43), `edp_sealed_${'A'.repeat(80)}`])(
    'is not %j',
    (token) => {
      expect(sealer.open(token)).toBeNull()
    },
  )

  it('does not open once a byte was changed', () => {
    const bytes = Buffer.from(sealer.seal('x').slice('edp_sealed_'.length), 'base64url')

    for (let at = 0; at < bytes.length; at++) {
      const changed = Buffer.from(bytes)
      changed[at] = (changed[at] ?? 0) ^ 1
      expect(sealer.open(`edp_sealed_${changed.toString('base64url')}`)).toBeNull()
    }
  })
})
