import { describe, expect, it } from 'vitest'
import { searchPatterns, searchTextOf } from './search-text.ts'

const resource = {
  name: 'Working memory: classroom strategies',
  description: 'For the café corner (Year 4+)',
  about: ['SEND', 'Mathematics'],
}

function finds(query: string): boolean {
  const text = searchTextOf(resource)
  return searchPatterns(query).every((pattern) => new RegExp(pattern).test(text))
}

describe('search in the library', () => {
  it.each([
    ['memory', true],
    ['MEMORY strategies', true],
    ['strategies working', true],
    ['cafe', true],
    ['Café', true],
    ['send', true],
    ['(year 4+)', true],
    ['', true],
    ['memory phonics', false],
    ['.*', false],
    ['m[e]mory', false],
    ['memory|phonics', false],
  ])('for %j finds it: %s', (query, found) => {
    expect(finds(query)).toBe(found)
  })

  it('looks at ten words at most', () => {
    expect(searchPatterns('a '.repeat(50))).toHaveLength(10)
  })
})
