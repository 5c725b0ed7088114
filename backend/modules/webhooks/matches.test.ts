import { describe, expect, it } from 'vitest'
import { wantsEvent } from './matches.ts'

const endpoint = {
  _id: 'whe_1',
  tenantId: 'trust',
  eventTypes: ['item.imported'],
  tenantIds: null,
  includeBelow: false,
  filters: {},
}
const event = {
  type: 'item.imported',
  tenantId: 'trust',
  data: { itemId: 'itm_1', importId: 'imp_1' },
} as const
const lineage = ['platform', 'trust']
const below = { ...event, tenantId: 'school' } as const
const belowLineage = [...lineage, 'school']

describe('whether an endpoint wants an event', () => {
  it('goes by exact names, or takes every type', () => {
    expect(wantsEvent(endpoint, event, lineage)).toBe(true)
    expect(wantsEvent(endpoint, { ...event, type: 'item.deleted' }, lineage)).toBe(false)
    expect(wantsEvent({ ...endpoint, eventTypes: ['*'] }, event, lineage)).toBe(true)
  })

  it('includes the schools of a trust only where it asked for them', () => {
    expect(wantsEvent(endpoint, below, belowLineage)).toBe(false)
    expect(wantsEvent({ ...endpoint, includeBelow: true }, below, belowLineage)).toBe(true)
  })

  it('never reaches sideways or upwards', () => {
    const school = { ...endpoint, tenantId: 'school', includeBelow: true }
    expect(wantsEvent(school, event, lineage)).toBe(false)
    expect(wantsEvent(school, { ...event, tenantId: 'other' }, ['platform', 'other'])).toBe(false)
  })

  it('keeps to the organisations it names', () => {
    const some = { ...endpoint, includeBelow: true, tenantIds: ['school'] }
    expect(wantsEvent(some, event, lineage)).toBe(false)
    expect(wantsEvent(some, below, belowLineage)).toBe(true)
  })

  it('compares the fields that are filtered', () => {
    expect(wantsEvent({ ...endpoint, filters: { itemId: 'itm_1' } }, event, lineage)).toBe(true)
    expect(wantsEvent({ ...endpoint, filters: { itemId: 'itm_2' } }, event, lineage)).toBe(false)
  })

  it('is not told of itself', () => {
    const failing = {
      type: 'webhook.failing',
      tenantId: 'trust',
      data: { endpointId: 'whe_1' },
    } as const
    expect(wantsEvent({ ...endpoint, eventTypes: ['*'] }, failing, lineage)).toBe(false)
    expect(wantsEvent({ ...endpoint, _id: 'whe_2', eventTypes: ['*'] }, failing, lineage)).toBe(
      true,
    )
  })
})
