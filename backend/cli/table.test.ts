import { expect, it } from 'vitest'
import { table } from './table.ts'

it('aligns columns and leaves no trailing space', () => {
  expect(
    table([
      ['demo', 'trust'],
      ['larkfield', ''],
    ]),
  ).toBe('demo       trust\nlarkfield')
})

it('says that there is nothing', () => {
  expect(table([])).toBe('(none)')
})
