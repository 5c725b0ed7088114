import { describe, expect, it } from 'vitest'
import {
  canSpend,
  newBucket,
  receiveTokens,
  relimit,
  remainingTokens,
  secondsToReset,
  spend,
  tokenRequest,
  wantedTokens,
} from './bucket.ts'
import { spendFromMemory, waitForToken } from './memory-bucket.ts'
import { leaseMs } from './take-tokens.ts'

const limit = { perMinute: 600, burst: 100 }

function bucket(now = 0) {
  return newBucket({ id: 'b', tenantId: 'ten_1', kind: 'key', limit, revision: 0 }, now)
}

describe('a bucket in memory', () => {
  it('gives its burst at once and then what a minute brings, evenly', () => {
    const memory = { tokens: limit.burst, at: 0 }

    let allowed = 0
    for (let call = 0; call < 150; call++) if (spendFromMemory(memory, limit, 0)) allowed += 1
    expect(allowed).toBe(100)

    expect(spendFromMemory(memory, limit, 99)).toBe(false)
    expect(spendFromMemory(memory, limit, 100)).toBe(true)
    expect(spendFromMemory(memory, limit, 150)).toBe(false)
  })

  it('never holds more than its burst, and a clock that goes back costs nothing', () => {
    const memory = { tokens: 0, at: 1000 }

    expect(spendFromMemory(memory, limit, 3_600_000)).toBe(true)
    expect(memory.tokens).toBe(99)
    spendFromMemory(memory, limit, 0)
    expect(memory.tokens).toBe(98)
  })

  it('says how long the next token takes', () => {
    expect(waitForToken(0, limit)).toBe(100)
    expect(waitForToken(0.5, limit)).toBe(50)
    expect(waitForToken(3, limit)).toBe(0)
  })
})

describe('the lease of a shared bucket', () => {
  it('opens nothing before tokens were taken from the pool', () => {
    expect(canSpend(bucket(), 0)).toBe(false)
  })

  it('is spent from memory and ends in time', () => {
    const leased = bucket()
    receiveTokens(leased, { granted: 2, poolLeft: 98 }, 10, 12)

    expect(canSpend(leased, 12)).toBe(true)
    spend(leased, 13)
    expect(canSpend(leased, 10 + leaseMs)).toBe(false)
    spend(leased, 14)
    expect(canSpend(leased, 15)).toBe(false)
  })

  it('starts small and follows the rate at which it is spent', () => {
    const quick = bucket()
    expect(wantedTokens(quick)).toBe(20)

    receiveTokens(quick, { granted: 20, poolLeft: 80 }, 0, 0)
    for (let call = 1; call <= 20; call++) spend(quick, call * 25)
    expect(wantedTokens(quick)).toBe(80)

    const slow = bucket()
    receiveTokens(slow, { granted: 20, poolLeft: 80 }, 0, 0)
    for (let call = 1; call <= 20; call++) spend(slow, call * 1000)
    expect(wantedTokens(slow)).toBe(20)
  })

  it('asks at least for the calls that wait', () => {
    const crowded = bucket()
    crowded.waiting = 60

    expect(tokenRequest(crowded, 'p', 0)).toMatchObject({ waiting: 60, wanted: 60 })
  })

  it('says when its last token was spent, and not later than it ended', () => {
    const spent = bucket()
    receiveTokens(spent, { granted: 1, poolLeft: 99 }, 0, 0)
    spend(spent, 400)
    expect(tokenRequest(spent, 'p', 1000).spentAgoMs).toBe(600)

    const expired = bucket()
    receiveTokens(expired, { granted: 9, poolLeft: 91 }, 0, 0)
    expect(tokenRequest(expired, 'p', leaseMs + 250).spentAgoMs).toBe(250)
  })

  it('is refused from memory while the pool has nothing', () => {
    const blocked = bucket()
    receiveTokens(blocked, { granted: 0, poolLeft: 0 }, 1000, 1000)

    expect(blocked.blockedUntil).toBe(1100)
    expect(remainingTokens(blocked, 1050)).toBe(0)
    expect(secondsToReset(blocked, 0, 1050)).toBe(1)
  })

  it('shows what is left of lease and pool together, with the refill since', () => {
    const shown = bucket()
    receiveTokens(shown, { granted: 20, poolLeft: 40 }, 0, 0)
    spend(shown, 0)

    expect(remainingTokens(shown, 0)).toBe(59)
    expect(remainingTokens(shown, 1000)).toBe(69)
    expect(remainingTokens(shown, 60_000)).toBe(100)
    expect(secondsToReset(shown, 59, 0)).toBe(5)
  })

  it('drops lease and refusal when its limit changes', () => {
    const changed = bucket()
    receiveTokens(changed, { granted: 0, poolLeft: 0 }, 0, 0)

    relimit(changed, { perMinute: 6000, burst: 1000 }, 10)

    expect(changed.blockedUntil).toBe(0)
    expect(remainingTokens(changed, 10)).toBe(901)
    expect(canSpend(changed, 10)).toBe(false)
  })
})
