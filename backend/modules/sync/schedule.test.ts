import { describe, expect, it } from 'vitest'
import { capabilityOf, pauseMs } from './schedule.ts'

const minutes = (ms: number) => ms / 60_000

describe('the pause before the next run', () => {
  it('is the usual one after a success', () => {
    expect(minutes(pauseMs(1440, 0))).toBe(1440)
  })

  it('is short after a failure, doubles with each, and never exceeds the usual one', () => {
    const pauses = [1, 2, 3, 4, 7, 8, 100].map((failures) => minutes(pauseMs(1440, failures)))

    expect(pauses).toEqual([15, 30, 60, 120, 960, 1440, 1440])
    expect(minutes(pauseMs(15, 3))).toBe(15)
  })
})

it('prefers a roster to courses, and takes nothing else', () => {
  expect(capabilityOf(['grades.push', 'courses.pull', 'roster.pull'])).toBe('roster.pull')
  expect(capabilityOf(['courses.pull'])).toBe('courses.pull')
  expect(capabilityOf(['content.search'])).toBeUndefined()
})
