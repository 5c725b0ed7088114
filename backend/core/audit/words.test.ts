import { expect, it } from 'vitest'
import { wordsAsked, wordsOf } from './words.ts'

const entry = {
  id: 'aud_1',
  tenantId: 'ten_1',
  at: '2026-11-23T09:00:00.000Z',
  action: 'connection.credentials.update',
  actor: { kind: 'staff', id: 'usr_01ABC' },
  target: { type: 'connection', id: 'con_7' },
  fields: ['clientSecret'],
  purpose: null,
  result: 'refused',
  detail: 'insufficient_scope',
  remoteAddress: null,
  requestId: 'req-9',
  changes: [{ field: 'name', before: 'Moodle of Larkfield', after: null }],
} as const

it('finds an entry by its action, its parts, its identifiers and its values', () => {
  const words = wordsOf(entry)

  for (const word of [
    'connection.credentials.update',
    'credentials',
    'usr_01abc',
    'con_7',
    'clientsecret',
    'refused',
    'insufficient_scope',
    'larkfield',
    'req-9',
  ]) {
    expect(words, word).toContain(word)
  }
})

it('asks for identifiers whole and for sentences by their words', () => {
  expect(wordsAsked('con_7 Moodle, of')).toEqual(['con_7', 'moodle', 'of'])
  expect(wordsAsked('  ')).toEqual([])
  expect(wordsAsked('connection.credentials.update')).toEqual(['connection.credentials.update'])
})
