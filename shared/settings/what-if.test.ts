import { expect, it } from 'vitest'
import type { OwnSetting } from './effective.ts'
import { whatIf } from './what-if.ts'

const trust = { id: 'trust', lineage: ['root', 'trust'] }
const north = { id: 'north', lineage: ['root', 'trust', 'north'] }
const south = { id: 'south', lineage: ['root', 'trust', 'south'] }
const tree = [trust, north, south]

const own = new Map<string, OwnSetting>([
  ['south', { tenantId: 'south', value: 30, locked: false }],
])

it('names those for whom the value changes and those who keep their own', () => {
  const change = { tenantId: 'trust', said: { value: 10, locked: false } }

  const { differences, keepingOwn } = whatIf(tree, own, change, 5)

  expect(differences.map(({ organisation }) => organisation.id)).toEqual(['trust', 'north'])
  expect(differences[1]).toMatchObject({
    before: { value: 5 },
    after: { value: 10, source: 'trust' },
  })
  expect(keepingOwn).toEqual([south])
})

it('says whose own word a lock overrules', () => {
  const change = { tenantId: 'trust', said: { value: 10, locked: true } }

  const { differences, keepingOwn } = whatIf(tree, own, change, 5)

  expect(differences.map(({ organisation, overrules }) => [organisation.id, overrules])).toEqual([
    ['trust', false],
    ['north', false],
    ['south', true],
  ])
  expect(keepingOwn).toEqual([])
})

it('finds no change where the new word says the same', () => {
  const change = { tenantId: 'trust', said: { value: 5, locked: false } }

  expect(whatIf(tree, own, change, 5).differences).toEqual([])
})

it('shows what taking a word back brings', () => {
  const said = new Map(own).set('trust', { tenantId: 'trust', value: 10, locked: false })

  const { differences } = whatIf(tree, said, { tenantId: 'trust', said: null }, 5)

  expect(differences.map(({ after }) => after.value)).toEqual([5, 5])
})
