import { describe, expect, it } from 'vitest'
import { z } from 'zod'
import { type EventDescription, eventCatalogue } from './events.ts'

const rows: [string, EventDescription][] = Object.entries(eventCatalogue)

describe('the event catalogue', () => {
  it.each(rows)('%s has an example that validates and carries nothing else', (_type, event) => {
    expect(z.strictObject(event.schema.shape).parse(event.example)).toEqual(event.example)
  })

  it.each(rows)('%s is named as Standard Webhooks allows', (type) => {
    expect(type).toMatch(/^[a-z_]+(\.[a-z_]+)+$/)
  })

  it.each(rows)('%s says in words what happened and names what it is about', (_type, event) => {
    expect(event.title).not.toBe('')
    expect(event.description).toMatch(/\.$/)
    expect(Object.keys(event.schema.shape)).toContain(event.subject)
    for (const field of event.details?.fields ?? []) {
      expect(Object.keys(event.schema.shape)).toContain(field)
    }
  })

  it.each(rows)('%s links only by fields it has', (_type, event) => {
    for (const link of Object.values(event.links)) {
      for (const [, field = ''] of link.matchAll(/:(\w+)/g)) {
        expect(Object.keys(event.schema.shape)).toContain(field)
      }
    }
  })
})
