import fc from 'fast-check'
import { expect, it } from 'vitest'
import { effectiveSetting, type OwnSetting } from './effective.ts'

const lineage = ['platform', 'trust', 'school']

function said(...rows: [tenantId: string, value: unknown, locked?: 'locked'][]) {
  return new Map<string, OwnSetting>(
    rows.map(([tenantId, value, locked]) => [
      tenantId,
      { tenantId, value, locked: locked === 'locked' },
    ]),
  )
}

it('falls back where nobody has said anything', () => {
  const effective = effectiveSetting(lineage, said(), 5)

  expect(effective).toEqual({ value: 5, source: null, lockedBy: null })
})

it('takes the word nearest to the organisation', () => {
  const own = said(['platform', 1], ['trust', 2], ['school', 3])

  expect(effectiveSetting(lineage, own, 5)).toMatchObject({ value: 3, source: 'school' })
  expect(effectiveSetting(lineage.slice(0, 2), own, 5)).toMatchObject({ value: 2, source: 'trust' })
})

it('takes a locked word over everything below it', () => {
  const own = said(['platform', 1], ['trust', 2, 'locked'], ['school', 3])

  expect(effectiveSetting(lineage, own, 5)).toEqual({
    value: 2,
    source: 'trust',
    lockedBy: 'trust',
  })
})

it('takes the lock nearest to the root', () => {
  const own = said(['platform', 1, 'locked'], ['trust', 2, 'locked'])

  expect(effectiveSetting(lineage, own, 5)).toMatchObject({ value: 1, lockedBy: 'platform' })
})

it('keeps a word of null, which is not the same as none', () => {
  expect(effectiveSetting(lineage, said(['trust', null]), 'x')).toMatchObject({
    value: null,
    source: 'trust',
  })
})

it('is never moved by organisations outside the lineage', () => {
  fc.assert(
    fc.property(fc.array(fc.tuple(fc.string(), fc.integer(), fc.boolean())), (others) => {
      const rows = others.filter(([id]) => !lineage.includes(id))
      const own = new Map(
        rows.map(([tenantId, value, locked]) => [tenantId, { tenantId, value, locked }]),
      )

      expect(effectiveSetting(lineage, own, 'fallback').source).toBeNull()
    }),
  )
})
