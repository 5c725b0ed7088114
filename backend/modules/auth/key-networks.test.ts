import { describe, expect, it } from 'vitest'
import { networkMatcher } from './key-networks.ts'

describe('networkMatcher', () => {
  it('lets everybody in where no network is named', () => {
    expect(networkMatcher([])('not an address')).toBe(true)
  })

  it.each([
    ['203.0.113.7', '203.0.113.7', true],
    ['203.0.113.7', '203.0.113.8', false],
    ['203.0.113.0/24', '203.0.113.255', true],
    ['203.0.113.0/24', '203.0.114.0', false],
    ['203.0.113.9/24', '203.0.113.1', true],
    ['0.0.0.0/0', '198.51.100.1', true],
    ['0.0.0.0/0', '2001:db8::1', false],
    ['203.0.113.0/24', '::ffff:203.0.113.5', true],
    ['::ffff:203.0.113.0/120', '203.0.113.5', true],
    ['::ffff:203.0.113.0/120', '203.0.114.5', false],
    ['2001:db8::/32', '2001:db8:ffff::1', true],
    ['2001:db8::/32', '2001:db9::1', false],
    ['2001:db8::1', '2001:0db8:0:0::1', true],
    ['::/0', '203.0.113.5', false],
    ['fe80::/10', 'fe80::1%eth0', true],
    ['203.0.113.0/24', '', false],
    ['203.0.113.0/24', 'unknown', false],
  ])('%s and a call from %s: %s', (network, address, allowed) => {
    expect(networkMatcher([network])(address)).toBe(allowed)
  })
})
