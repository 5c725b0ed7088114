import { expect, it } from 'vitest'
import { type FormField, faultOf, faultsByField, valueOfText } from './form-field.ts'

const plain = { help: '', secret: false }
const address: FormField = {
  ...plain,
  name: 'baseUrl',
  label: 'Address of the LMS',
  type: 'url',
  required: true,
}
const secret: FormField = {
  ...plain,
  name: 'token',
  label: 'Token',
  type: 'secret',
  required: true,
  secret: true,
}

it.each(['moodle.example.org', 'ftp://moodle.example.org', 'javascript:alert(1)', 'https//x'])(
  'does not take %j for a web address',
  (text) => {
    expect(faultOf(address, text)).toContain('whole web address')
  },
)

it('names the field that is missing; a secret that is kept is not', () => {
  expect(faultOf(address, undefined)).toBe('Address of the LMS: fill this in')
  expect(faultOf(secret, undefined)).toBe('Token: fill this in')
  expect(faultOf(secret, undefined, { isKept: true })).toBeUndefined()
})

it('holds a value against its whole pattern and gives the help again', () => {
  const field: FormField = {
    ...plain,
    name: 'id',
    label: 'Client id',
    help: 'Six digits.',
    type: 'text',
    required: false,
    pattern: '\\d{6}',
  }

  expect(faultOf(field, '1234567')).toBe('Client id: this does not look right. Six digits.')
  expect(faultOf(field, '123456')).toBeUndefined()
  expect(faultOf(field, '')).toBeUndefined()
})

it('keeps a number within its bounds', () => {
  const field: FormField = {
    ...plain,
    name: 'rows',
    label: 'Rows',
    type: 'number',
    required: false,
    minimum: 1,
    maximum: 500,
  }

  expect([0, 501, Number.NaN].map((value) => faultOf(field, value))).toEqual([
    'Rows: at least 1',
    'Rows: at most 500',
    'Rows: write a number',
  ])
  expect(faultOf(field, 500)).toBeUndefined()
})

it('reads text as the kind of value the field holds', () => {
  const of = (type: FormField['type'], text: string) =>
    valueOfText({ ...plain, name: 'x', label: 'X', type, required: false }, text)

  expect(of('number', ' 30 ')).toBe(30)
  expect(of('list', 'a\n b ,c\n\n')).toEqual(['a', 'b', 'c'])
  expect(of('text', '  ')).toBeUndefined()
  // A space may be part of a secret.
  expect(of('secret', ' s ')).toBe(' s ')
})

it('brings what the server found to the field it is about', () => {
  const errors = [
    { pointer: '#/config/baseUrl', detail: 'is not reachable from here' },
    { pointer: '#/config/other', detail: 'unknown' },
  ]

  const fields = [{ ...address, name: 'config/baseUrl' }, secret]

  expect(faultsByField(errors, fields)).toEqual({
    'config/baseUrl': 'Address of the LMS: is not reachable from here',
  })
})
