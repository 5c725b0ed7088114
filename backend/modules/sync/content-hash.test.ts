import { describe, expect, it } from 'vitest'
import { createSum, hashContent } from './content-hash.ts'

const ada = { givenName: 'Ada', role: 'student', grades: ['8'] }

describe('the hash of a record', () => {
  it('does not depend on the order of its members', () => {
    expect(hashContent({ grades: ['8'], role: 'student', givenName: 'Ada' })).toBe(hashContent(ada))
  })

  it('differs where one member differs', () => {
    expect(hashContent({ ...ada, role: 'teacher' })).not.toBe(hashContent(ada))
  })
})

describe('the sum over records', () => {
  const sumOf = (...rows: [string, string][]) => {
    const sum = createSum()
    for (const [id, hash] of rows) sum.add(id, hash)
    return sum.text()
  }

  it('is the same in any order', () => {
    expect(sumOf(['1', 'a'], ['2', 'b'], ['3', 'c'])).toBe(
      sumOf(['3', 'c'], ['1', 'a'], ['2', 'b']),
    )
  })

  it('differs where a record is missing, comes twice, or two have changed places', () => {
    const whole = sumOf(['1', 'a'], ['2', 'b'])

    expect(sumOf(['1', 'a'])).not.toBe(whole)
    expect(sumOf(['1', 'a'], ['2', 'b'], ['2', 'b'])).not.toBe(whole)
    expect(sumOf(['1', 'b'], ['2', 'a'])).not.toBe(whole)
  })

  it('is twenty digits, also of nothing', () => {
    expect(sumOf()).toBe('0'.repeat(20))
    expect(sumOf(['1', 'a'])).toHaveLength(20)
  })
})
