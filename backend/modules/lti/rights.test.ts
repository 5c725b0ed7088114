import { describe, expect, it } from 'vitest'
import { rightsOf } from './rights.ts'

const item = { kind: 'item', id: 'item_1' } as const
const resource = { kind: 'resource', id: 'res_1' } as const

describe('rightsOf', () => {
  it('lets a learner work on the item of the launch and on nothing else', () => {
    const rights = rightsOf('LtiResourceLinkRequest', ['learner'], item)

    expect(rights).toEqual({
      target: item,
      scopes: ['lti.launch', 'items.read', 'attempts.write', 'attempts.read'],
      limitedTo: ['item_1'],
    })
  })

  it('lets a learner read the resource of the launch', () => {
    expect(rightsOf('LtiResourceLinkRequest', ['learner'], resource).scopes).toEqual([
      'lti.launch',
      'resources.read',
    ])
  })

  it('shows the chooser to an instructor at the front door', () => {
    const rights = rightsOf('LtiResourceLinkRequest', ['instructor'], undefined)

    expect(rights.target).toEqual({ kind: 'chooser', id: null })
    expect(rights.scopes).toContain('lti.deep-link')
    expect(rights.limitedTo).toBeNull()
    expect(rights.scopes.filter((scope) => scope.endsWith('.write'))).toEqual([])
  })

  it.each([[['learner']], [['teaching-assistant']], [['mentor']], [[]]] as const)(
    'grants nothing at the front door to %j',
    (roles) => {
      expect(rightsOf('LtiResourceLinkRequest', roles, undefined)).toEqual({
        target: { kind: 'none', id: null },
        scopes: [],
        limitedTo: [],
      })
    },
  )

  it.each([[[]], [['mentor']], [['observer']]] as const)('opens no item for %j alone', (roles) => {
    expect(rightsOf('LtiResourceLinkRequest', roles, item).target.kind).toBe('none')
  })

  it('treats a deep-linking request as a choice whatever its target link says', () => {
    expect(rightsOf('LtiDeepLinkingRequest', ['content-developer'], item).target.kind).toBe(
      'chooser',
    )
  })
})
