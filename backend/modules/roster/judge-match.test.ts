import { describe, expect, it } from 'vitest'
import { type Incoming, judgeMatch, type Known } from './judge-match.ts'

const ada: Incoming = {
  givenName: 'Ada',
  familyName: 'Byron',
  identifier: 'sis-1',
  email: 'ada@school.example',
}
const known = (changes: Partial<Known> = {}): Known => ({
  sourcedId: 'sis-1',
  givenName: 'Ada',
  familyName: 'Byron',
  email: null,
  ...changes,
})

describe('somebody of a learning platform', () => {
  it('is certainly the one person who has their identifier', () => {
    expect(judgeMatch(ada, [known()], [])).toEqual({ is: 'certain', sourcedId: 'sis-1' })
  })

  it.each([
    ['a married name', { familyName: 'Lovelace' }],
    ['a name by which they are called', { givenName: 'Augusta' }],
    ['case and accents', { givenName: 'ÁDA', familyName: 'BYRON' }],
    ['no name', { givenName: null, familyName: null }],
  ])('is that person in spite of %s', (_, changes) => {
    expect(judgeMatch(ada, [known(changes)], []).is).toBe('certain')
  })

  it('is asked about where the identifier belongs to somebody of another name', () => {
    const other = known({ givenName: 'Alan', familyName: 'Turing' })

    expect(judgeMatch(ada, [other], [])).toEqual({
      is: 'doubtful',
      candidates: [{ sourcedId: 'sis-1', because: ['identifier_name_differs'] }],
    })
  })

  it('is asked about where two people have the identifier', () => {
    const verdict = judgeMatch(ada, [known(), known({ sourcedId: 'lms:7' })], [])

    expect(verdict).toMatchObject({ is: 'doubtful', candidates: [{}, {}] })
  })

  it('is asked about where only the e-mail address is the same', () => {
    expect(judgeMatch({ ...ada, identifier: null }, [], [known()])).toEqual({
      is: 'doubtful',
      candidates: [{ sourcedId: 'sis-1', because: ['email'] }],
    })
  })

  it('names all reasons of one person together', () => {
    const other = known({ givenName: 'Alan', familyName: 'Turing' })

    expect(judgeMatch(ada, [other], [other])).toMatchObject({
      candidates: [{ because: ['identifier_name_differs', 'email'] }],
    })
  })

  it('is nobody whom the roster knows by name alone', () => {
    // Whoever has the same name and nothing else is not even offered.
    expect(judgeMatch(ada, [], [])).toEqual({ is: 'nobody' })
  })
})
