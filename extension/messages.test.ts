import { describe, expect, it } from 'vitest'
import { parseRequest } from './messages.ts'

describe('parseRequest', () => {
  it.each([
    { type: 'pairing' },
    { type: 'pair', server: 'http://localhost:3000', code: 'ABCD-EFGH', keep: false },
    { type: 'unpair' },
    { type: 'search', query: '', cursor: null },
    { type: 'search', query: 'memory', cursor: 'abc' },
    { type: 'open-panel' },
  ])('accepts $type', (message) => {
    expect(parseRequest(message)).toEqual(message)
  })

  it.each([
    ['nothing', undefined],
    ['null', null],
    ['a string', 'search'],
    ['an array', [{ type: 'pairing' }]],
    ['an unknown type', { type: 'read-cookies' }],
    ['a type from the prototype', { type: 'constructor' }],
    ['a missing field', { type: 'search', query: 'x' }],
    ['a field of the wrong type', { type: 'search', query: 1, cursor: null }],
    ['a field too many', { type: 'pairing', token: 'x' }],
    ['a query that is too long', { type: 'search', query: 'x'.repeat(201), cursor: null }],
    ['a flag that is a string', { type: 'pair', server: 'x', code: 'x', keep: 'false' }],
  ])('refuses %s', (_, message) => {
    expect(parseRequest(message)).toBeUndefined()
  })
})
