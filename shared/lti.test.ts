import { describe, expect, it } from 'vitest'
import { launchUrl, targetOfPath } from './lti.ts'

describe('target links', () => {
  it('lead back to the item or resource they were made for', () => {
    const item = new URL(launchUrl('https://tool.example', 'item', 'item_01'))
    const resource = new URL(launchUrl('https://tool.example', 'resource', 'res_02'))

    expect(item.href).toBe('https://tool.example/lti/items/item_01')
    expect(targetOfPath(item.pathname)).toEqual({ kind: 'item', id: 'item_01' })
    expect(targetOfPath(resource.pathname)).toEqual({ kind: 'resource', id: 'res_02' })
  })

  it.each(['/lti', '/lti/', '/lti/launch', '/lti/items', '/lti/items/', '/lti/items/a/b', '/x'])(
    'read %s as the front door',
    (path) => {
      expect(targetOfPath(path)).toBeUndefined()
    },
  )
})
