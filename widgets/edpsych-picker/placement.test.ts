import { describe, expect, it } from 'vitest'
import { type PlacementEntries, placementOf } from './placement.ts'

const empty: PlacementEntries = {
  title: ' ',
  points: '',
  opens: '',
  closes: '',
  due: '',
  inWindow: false,
}
const iso = (local: string) => new Date(local).toISOString()

describe('a placement', () => {
  it('asks for nothing where nothing was filled in', () => {
    expect(placementOf(empty)).toEqual({})
  })

  it('has times of this place, points and a title', () => {
    const entries = {
      ...empty,
      title: ' Homework ',
      points: '20',
      opens: '2026-11-30T08:00',
      due: '2026-12-04T16:00',
    }

    expect(placementOf(entries)).toEqual({
      title: 'Homework',
      lineItem: { scoreMaximum: 20 },
      available: { startDateTime: iso('2026-11-30T08:00'), endDateTime: null },
      submission: {
        startDateTime: iso('2026-11-30T08:00'),
        endDateTime: iso('2026-12-04T16:00'),
      },
    })
  })

  it('has no gradebook column for 0 points, and a window of its own where asked', () => {
    expect(placementOf({ ...empty, points: '0', inWindow: true })).toEqual({
      lineItem: null,
      presentation: 'window',
    })
  })

  it('closes without having to open', () => {
    expect(placementOf({ ...empty, closes: '2026-12-04T16:00' })).toEqual({
      available: { startDateTime: null, endDateTime: iso('2026-12-04T16:00') },
    })
  })
})
