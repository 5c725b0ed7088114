import { describe, expect, it } from 'vitest'
import { createPace } from './pace.ts'

describe('how many deliveries are claimed ahead', () => {
  it('is none for an endpoint that took nothing yet', () => {
    expect(createPace(64).ahead('whe_1', 1000)).toBe(0)
  })

  it('is what it takes in a quarter of a second', () => {
    const pace = createPace(64)
    for (let i = 0; i < 50; i++) pace.delivered('whe_1', 1000 + i * 10)

    expect(pace.ahead('whe_1', 1500)).toBe(25)
    expect(pace.ahead('whe_2', 1500)).toBe(0)
  })

  it('is never more than the bound', () => {
    const pace = createPace(64)
    for (let i = 0; i < 900; i++) pace.delivered('whe_1', 1000)

    expect(pace.ahead('whe_1', 1001)).toBe(64)
  })

  it('does not drop when a new window begins', () => {
    const pace = createPace(64)
    for (let i = 0; i <= 50; i++) pace.delivered('whe_1', 1000 + i * 10)

    expect(pace.ahead('whe_1', 1505)).toBe(25)
  })

  it('is none once the endpoint failed or fell silent for a second', () => {
    const pace = createPace(64)
    for (let i = 0; i < 50; i++) pace.delivered('whe_1', 1000)
    for (let i = 0; i < 50; i++) pace.delivered('whe_2', 1000)
    pace.failed('whe_1')

    expect(pace.ahead('whe_1', 1001)).toBe(0)
    expect(pace.ahead('whe_2', 2000)).toBe(0)
  })
})
