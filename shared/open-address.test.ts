import { describe, expect, it } from 'vitest'
import { landingOf, openAddress } from './open-address.ts'

describe('an address for e-mails and portals', () => {
  it.each([
    ['item', '/admin/items/x_1?in=ten_1'],
    ['resource', '/admin/resources/x_1?in=ten_1'],
    ['path', '/admin/paths/x_1?in=ten_1'],
    ['course', '/admin/results/x_1?in=ten_1'],
  ] as const)('leads to exactly that %s', (kind, landing) => {
    const url = new URL(openAddress('https://connect.example', kind, 'x_1', 'ten_1'))
    const [, go, folder = '', id = ''] = url.pathname.split('/')

    expect(go).toBe('go')
    expect(landingOf(folder, id, url.searchParams.get('in'))).toBe(landing)
  })

  it.each([
    ['elsewhere', 'x'],
    ['items', '../keys'],
    ['items', '/evil.example'],
    ['items', ''],
    ['toString', 'x'],
    ['items', 'x'.repeat(65)],
  ])('leads nowhere for %s/%s', (folder, id) => {
    expect(landingOf(folder, id, undefined)).toBeUndefined()
  })

  it.each([['//evil.example'], [['a', 'b']], [undefined], ['a&next=b']])(
    'takes no organisation from %j',
    (tenantId) => {
      expect(landingOf('items', 'itm_1', tenantId)).toBe('/admin/items/itm_1')
    },
  )
})
