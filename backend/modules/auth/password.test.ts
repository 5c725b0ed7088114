import { describe, expect, it } from 'vitest'
import type { AppError } from '../../../shared/errors.ts'
import {
  assertGoodPassword,
  generatePassword,
  hashPassword,
  needsRehash,
  verifyPassword,
} from './password.ts'

function weaknessOf(password: string): string {
  try {
    assertGoodPassword(password, 'a.lovelace@school.example')
    return 'good'
  } catch (error) {
    return (error as AppError).errors[0]?.code ?? 'none'
  }
}

describe('passwords', () => {
  it('are kept as argon2id with a salt of their own', async () => {
    const [one, two] = await Promise.all([
      hashPassword('tea and toast'),
      hashPassword('tea and toast'),
    ])

    expect(one).toMatch(/^\$argon2id\$v=19\$m=47104,t=1,p=1\$/)
    expect(one).not.toBe(two)
    expect(needsRehash(one)).toBe(false)
    expect(needsRehash(one.replace('t=1', 't=2'))).toBe(true)
  })

  it('match in any Unicode form that looks the same', async () => {
    const stored = await hashPassword('caf\u00e9 au lait noir')

    expect(await verifyPassword(stored, 'cafe\u0301 au lait noir')).toBe(true)
    expect(await verifyPassword(stored, 'cafe au lait noir')).toBe(false)
  })

  it('take about as long to refuse when the account does not exist', async () => {
    const stored = await hashPassword('tea and toast')
    const time = async (hash: string | undefined) => {
      const times: number[] = []
      for (let round = 0; round < 5; round++) {
        const start = performance.now()
        expect(await verifyPassword(hash, 'wrong')).toBe(false)
        times.push(performance.now() - start)
      }
      return Math.min(...times)
    }

    const [known, unknown] = [await time(stored), await time(undefined)]

    expect(unknown).toBeGreaterThan(known / 3)
    expect(unknown).toBeLessThan(known * 3)
  })

  it('are generated readable and never twice', () => {
    const passwords = new Set(Array.from({ length: 100 }, generatePassword))

    expect(passwords.size).toBe(100)
    for (const password of passwords) expect(password).toMatch(/^([a-z2-9]{5}-){3}[a-z2-9]{5}$/)
  })

  it.each([
    ['short', 'weak_password'],
    ['aaaaabbbbbaaaaabbbbb', 'weak_password'],
    ['a.lovelace-2026', 'weak_password'],
    ['Password1234', 'weak_password'],
    ['edpsych-12345', 'weak_password'],
    ['heron lamp quilt orbit', 'good'],
    ['my password is a heron on a lamp', 'good'],
  ])('%s is %s', (password, outcome) => {
    expect(weaknessOf(password)).toBe(outcome)
  })
})
