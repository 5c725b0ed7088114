import { expect, it } from 'vitest'
import { createPace } from './pace.ts'

it('refuses the 101st request of a second, and none of the next or of another sandbox', () => {
  let now = 1_000
  const pace = createPace(() => new Date(now))
  for (let n = 0; n < 100; n++) pace('ten_1')

  expect(() => pace('ten_1')).toThrow(/100 requests a second/)
  expect(() => pace('ten_2')).not.toThrow()
  now += 1_000
  expect(() => pace('ten_1')).not.toThrow()
})
