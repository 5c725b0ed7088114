import { expect, it } from 'vitest'
import { networkOf } from './network-of.ts'
import { policyItem, writeRateHeaders } from './rate-headers.ts'

it('writes both fields as structured fields of the draft', () => {
  const headers = new Map<string, unknown>()
  const policies = [
    policyItem('key', { perMinute: 600, burst: 100 }),
    policyItem('tenant', { perMinute: 6000, burst: 500 }),
  ].join(', ')

  writeRateHeaders(
    { setHeader: (name: string, value: unknown) => headers.set(name, value) as never },
    policies,
    { kind: 'key', remaining: 97, resetSeconds: 1 },
  )

  expect(headers.get('ratelimit-policy')).toBe(
    '"key";q=600;w=60;burst=100, "tenant";q=6000;w=60;burst=500',
  )
  expect(headers.get('ratelimit')).toBe('"key";r=97;t=1')
})

it('cuts an address down to its network', () => {
  const bits = { ipv4: 24, ipv6: 48 }

  expect(networkOf('192.0.2.77', bits)).toBe('192.0.2.0/24')
  expect(networkOf('::ffff:192.0.2.77', bits)).toBe('192.0.2.0/24')
  expect(networkOf('2001:db8:1:2::5', bits)).toBe('2001:db8:1::/48')
  expect(networkOf('', bits)).toBe('')
})
