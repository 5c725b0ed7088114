import { describe, expect, it } from 'vitest'
import { changesOf } from './changes.ts'

describe('changesOf', () => {
  it('names each field that differs, with what was and what is', () => {
    const changes = changesOf(
      { name: 'Old', minutes: 5, same: [1, 2], gone: true },
      { name: 'New', minutes: 10, same: [1, 2], added: { b: 1, a: 2 } },
    )

    expect(changes).toEqual([
      { field: 'added', before: null, after: '{"a":2,"b":1}' },
      { field: 'gone', before: 'true', after: null },
      { field: 'minutes', before: '5', after: '10' },
      { field: 'name', before: 'Old', after: 'New' },
    ])
  })

  it('takes another order of members for no change', () => {
    expect(changesOf({ x: { a: 1, b: 2 } }, { x: { b: 2, a: 1 } })).toEqual([])
  })

  it('never shows a secret, not even that two differ in length', () => {
    const changes = changesOf({ token: 'aaaa' }, { token: 'bbbbbbbb' }, { secret: ['token'] })

    expect(changes).toEqual([{ field: 'token', before: '(secret)', after: '(secret)' }])
  })

  it('hides personal data and shortens e-mail addresses', () => {
    const changes = changesOf(
      { contact: 'ada@school.example', note: 'Ada is absent' },
      { contact: null, note: 'Ada is back' },
      { personal: ['note'] },
    )

    expect(changes).toEqual([
      { field: 'contact', before: 'a…@school.example', after: null },
      { field: 'note', before: '(personal data)', after: '(personal data)' },
    ])
  })

  it('names long values by their digest', () => {
    const [change] = changesOf({}, { logo: 'x'.repeat(5000) })

    expect(change?.after).toMatch(/^x{40}… \(5000 characters, sha256 [0-9a-f]{16}\)$/)
  })
})
