import { describe, expect, it } from 'vitest'
import { linkTo } from './link-header.ts'

const base = 'https://lms.example/api/courses/2/members?type_id=3'
const next = 'https://lms.example/api/courses/2/members?page=2&type_id=3'

describe('a Link header', () => {
  const cases: readonly [string, string | undefined, string | null][] = [
    ['a plain one', `<${next}>; rel="next"`, next],
    ['several links', `<${base}>; rel="first", <${next}>; rel="next"`, next],
    ['several relations of one link', `<${next}>; rel="next last"`, next],
    ['further parameters', `<${next}>; title="more"; rel="next"; type="application/json"`, next],
    ['no quotes', `<${next}>;rel=next`, next],
    ['single quotes', `<${next}>; rel='next'`, next],
    ["Moodle's curly quotes", `<${next}>; rel=“next”`, next],
    ["Moodle's &amp;", `<${next.replace('&', '&amp;')}>; rel=“next”`, next],
    ['capital letters', `<${next}>; REL="Next"`, next],
    [
      'a comma within an address',
      '<https://lms.example/m?ids=1,2>; rel="next"',
      'https://lms.example/m?ids=1,2',
    ],
    [
      'a relative address',
      '</api/courses/2/members?page=2>; rel="next"',
      'https://lms.example/api/courses/2/members?page=2',
    ],
    ['another relation only', `<${next}>; rel="differences"`, null],
    ['a relation whose name begins alike', `<${next}>; rel="next-archive"`, null],
    ['no address', '<>; rel="prev"', null],
    ['rubbish', 'next please', null],
    ['none', undefined, null],
  ]
  it.each(cases)('reads %s', (_name, header, expected) => {
    expect(linkTo(header, 'next', base)).toBe(expected)
  })

  it('reads curly quotes that arrive as the bytes of UTF-8', () => {
    const raw = Buffer.from(`<${next}>; rel=“next”`, 'utf8').toString('latin1')
    expect(linkTo(raw, 'next', base)).toBe(next)
  })
})
