import { expect, it } from 'vitest'
import { csvLine } from './csv.ts'

it('quotes what holds a comma, a quote or a line break', () => {
  expect(csvLine(['a, b', 'say "yes"', 'two\nlines', 'plain'])).toBe(
    '"a, b","say ""yes""","two\nlines",plain\r\n',
  )
})

it.each(['=1+1', '+44', '-2+3', '@SUM(A1)', '\t=1', '  =cmd|x', '|calc'])(
  'lets no spreadsheet run %j',
  (text) => {
    expect(csvLine([text])).toMatch(/^"?'/)
  },
)

it('leaves numbers as they are, below zero too, and nothing empty', () => {
  expect(csvLine([-5, 0.25, null, ''])).toBe('-5,0.25,,\r\n')
})
