import { describe, expect, it } from 'vitest'
import type { Launch } from '../../shared/lti.ts'
import { viewOf } from './launch-view.ts'

const launch: Launch = {
  messageType: 'LtiResourceLinkRequest',
  user: { id: 'u1', roles: ['learner'] },
  target: { kind: 'item', id: 'itm_1' },
  context: null,
  resourceLink: { id: 'rl1' },
  lineItem: { present: true },
  deepLinking: null,
  platformOrigin: null,
  locale: null,
  returnUrl: null,
}
const chooser = { kind: 'chooser', id: null } as const
const nothing = { kind: 'none', id: null } as const
const instructor: Launch['user'] = { id: 'u2', roles: ['instructor'] }
const deepLinking = { acceptMultiple: true, acceptTypes: ['ltiResourceLink'], acceptLineItem: true }

describe('what a launch shows', () => {
  it('is the item itself for a learner', () => {
    expect(viewOf(launch)).toEqual({ kind: 'item', id: 'itm_1', as: 'learner' })
  })

  it('is the work to review, whoever looks at it', () => {
    const target = { kind: 'review', id: 'itm_1' } as const
    expect(viewOf({ ...launch, target })).toEqual({ kind: 'review' })
  })

  it('is the teacher’s view of an item for whoever teaches', () => {
    const user: Launch['user'] = { id: 'u3', roles: ['teaching-assistant'] }
    expect(viewOf({ ...launch, user })).toMatchObject({ as: 'teacher' })
  })

  it('is the item itself for whoever teaches and learns, because a grade is sent', () => {
    const user: Launch['user'] = { id: 'u3', roles: ['learner', 'instructor'] }
    expect(viewOf({ ...launch, user })).toMatchObject({ as: 'learner' })
  })

  it('is the resource for everyone', () => {
    const target = { kind: 'resource', id: 'res_1' } as const
    expect(viewOf({ ...launch, target })).toEqual({ kind: 'resource', id: 'res_1' })
  })

  it('is the chooser at the front door', () => {
    expect(viewOf({ ...launch, user: instructor, target: chooser })).toEqual({
      kind: 'picker',
      purpose: 'front-door',
    })
  })

  it('is the chooser for a deep-linking request', () => {
    const view = viewOf({
      ...launch,
      messageType: 'LtiDeepLinkingRequest',
      user: instructor,
      target: chooser,
      deepLinking,
    })
    expect(view).toEqual({ kind: 'picker', purpose: 'deep-link' })
  })

  it('is a refusal where the LMS takes no links', () => {
    const view = viewOf({
      ...launch,
      messageType: 'LtiDeepLinkingRequest',
      user: instructor,
      target: chooser,
      deepLinking: { ...deepLinking, acceptTypes: ['file'] },
    })
    expect(view).toEqual({ kind: 'no-links' })
  })

  it('is a friendly page for a learner where nothing is chosen', () => {
    expect(viewOf({ ...launch, target: nothing })).toEqual({ kind: 'nothing-chosen' })
  })

  it('is a sentence about roles for somebody without one', () => {
    const user = { id: 'u4', roles: [] }
    expect(viewOf({ ...launch, user, target: nothing })).toEqual({ kind: 'no-role' })
  })
})
