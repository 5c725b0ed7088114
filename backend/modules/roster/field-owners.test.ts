import { expect, it } from 'vitest'
import { resolveFields, type Saying } from './field-owners.ts'

const sis: Saying = {
  sourceId: 'con_1',
  sourceKind: 'sis',
  isOwn: true,
  values: {
    givenName: 'Ada',
    familyName: 'Byron',
    email: null,
    role: 'student',
    grades: ['07'],
  },
}
const lms: Saying = {
  sourceId: 'plat_1',
  sourceKind: 'lms',
  isOwn: false,
  values: {
    givenName: 'Augusta',
    familyName: 'King',
    email: 'ada@school.example',
    role: 'teacher',
    grades: [],
  },
}

it('takes names from their owner, and never one half from another', () => {
  const bySis = resolveFields([lms, sis], { name: 'sis', email: 'sis' })
  const byLms = resolveFields([lms, sis], { name: 'lms', email: 'sis' })

  expect(bySis).toMatchObject({ givenName: 'Ada', familyName: 'Byron', owners: { name: 'con_1' } })
  expect(byLms).toMatchObject({ givenName: 'Augusta', familyName: 'King' })
  expect(byLms.owners.name).toBe('plat_1')
})

it('takes what the owner does not say from the next', () => {
  const { email, owners } = resolveFields([sis, lms], { name: 'sis', email: 'sis' })

  expect([email, owners.email]).toEqual(['ada@school.example', 'plat_1'])
})

it('leaves role and year groups to the record system, whoever owns the names', () => {
  expect(resolveFields([lms, sis], { name: 'lms', email: 'lms' })).toMatchObject({
    role: 'student',
    grades: ['07'],
  })
})

it('prefers the source of the record among two of a kind', () => {
  const other: Saying = {
    ...lms,
    sourceId: 'plat_2',
    isOwn: true,
    values: { ...lms.values, givenName: 'Ada Augusta' },
  }

  expect(resolveFields([lms, other], { name: 'lms', email: 'lms' }).givenName).toBe('Ada Augusta')
})

it('says nothing of what nobody says', () => {
  const nameless: Saying = { ...lms, values: { ...lms.values, givenName: null, email: null } }

  expect(resolveFields([nameless], { name: 'lms', email: 'lms' })).toMatchObject({
    givenName: null,
    familyName: null,
    email: null,
    owners: { name: null, email: null },
  })
})
