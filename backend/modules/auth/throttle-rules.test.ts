import { describe, expect, it } from 'vitest'
import {
  knownPlace,
  manyAccounts,
  sourceOf,
  stranger,
  strangerUnderAttack,
} from './throttle-rules.ts'

describe('delays', () => {
  it('let a person mistype four times before the first wait', () => {
    expect(stranger.slice(0, 7)).toEqual([0, 0, 0, 0, 1000, 2000, 4000])
    expect(knownPlace.slice(0, 10)).toEqual([0, 0, 0, 0, 0, 0, 0, 0, 0, 1000])
  })

  it('never grow beyond five minutes for a known browser, an hour under attack', () => {
    expect(knownPlace.at(-1)).toBe(300_000)
    expect(stranger.at(-1)).toBe(300_000)
    expect(strangerUnderAttack.slice(0, 4)).toEqual([0, 0, 60_000, 120_000])
    expect(strangerUnderAttack.at(-1)).toBe(3_600_000)
    expect(manyAccounts.at(-1)).toBe(6000)
  })
})

describe('the source of a request', () => {
  it.each([
    ['192.0.2.7', '192.0.2.7'],
    ['::ffff:192.0.2.7', '192.0.2.7'],
    ['2001:db8:1:2:3:4:5:6', '2001:db8:1:2::/64'],
    ['2001:0db8:0001:0002::6', '2001:db8:1:2::/64'],
    ['2001:db8::1', '2001:db8:0:0::/64'],
    ['fe80::1%eth0', 'fe80:0:0:0::/64'],
    ['::1', '0:0:0:0::/64'],
    ['', ''],
  ])('of %s is %s', (address, source) => {
    expect(sourceOf(address)).toBe(source)
  })
})
