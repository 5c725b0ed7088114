import { describe, expect, it } from 'vitest'
import {
  choicesXml,
  itemXml,
  mappingXml,
  processedBy,
  responseXml,
  textEntryXml,
} from '../../tests/support/item-xml.ts'
import { readItem } from './read-item.ts'

interface Mapped {
  readonly entries: Record<string, number>
  readonly bounds?: string
  readonly cardinality?: string
  readonly limits?: string
  readonly outcomes?: string
}

function mappedItem({ entries, bounds, cardinality = 'multiple', limits, outcomes }: Mapped) {
  return readItem(
    itemXml({
      declarations: responseXml({ cardinality, mapping: mappingXml(entries, bounds) }),
      body: choicesXml(['A', 'B', 'C', 'D'], limits ?? 'max-choices="0"'),
      processing: processedBy('map_response'),
      ...(outcomes === undefined ? {} : { outcomes }),
    }),
  )
}

const score = '<qti-outcome-declaration identifier="SCORE" cardinality="single" base-type="float"'
const declaring = (maxScore: string) =>
  `${score}/><qti-outcome-declaration identifier="MAXSCORE" cardinality="single" base-type="float"><qti-default-value><qti-value>${maxScore}</qti-value></qti-default-value></qti-outcome-declaration>`

describe('the maximum score', () => {
  it('is one for a response that is matched', () => {
    expect(readItem(itemXml()).maxScore).toBe(1)
  })

  it.each<[string, Mapped, number]>([
    ['everything that earns', { entries: { A: 1, B: 2, C: -1 } }, 3],
    [
      'the best of as many as may be chosen',
      { entries: { A: 1, B: 2, C: 3 }, limits: 'max-choices="2"' },
      5,
    ],
    ['no more than the upper bound', { entries: { A: 1, B: 2 }, bounds: 'upper-bound="2.5"' }, 2.5],
    ['the default where it earns', { entries: { A: -1 }, bounds: 'default-value="1"' }, 3],
    [
      'less what must be chosen besides',
      { entries: { A: 3, B: -1, C: -1, D: -2 }, limits: 'max-choices="0" min-choices="2"' },
      2,
    ],
    ['the best single choice', { entries: { A: 1, B: 2 }, cardinality: 'single', limits: '' }, 2],
    ['only what can be chosen', { entries: { A: 1, ghost: 9 } }, 1],
  ])('of a mapping is %s', (_what, mapped, expected) => {
    expect(mappedItem(mapped).maxScore).toBe(expected)
  })

  it('of a mapped text is its best entry', () => {
    const item = readItem(
      itemXml({
        declarations: responseXml({ baseType: 'string', mapping: mappingXml({ a: 1, b: 2.5 }) }),
        body: textEntryXml,
        processing: processedBy('map_response'),
      }),
    )

    expect(item.maxScore).toBe(2.5)
  })

  it('is what MAXSCORE says where it is declared', () => {
    expect(readItem(itemXml({ outcomes: declaring('4') })).maxScore).toBe(4)
  })

  it('is what SCORE is normally at most, failing that', () => {
    expect(readItem(itemXml({ outcomes: `${score} normal-maximum="5"/>` })).maxScore).toBe(5)
  })

  it('is not taken from a MAXSCORE of zero', () => {
    expect(readItem(itemXml({ outcomes: declaring('0') })).maxScore).toBe(1)
  })

  it('says when an answer can earn more than is declared', () => {
    const item = mappedItem({ entries: { A: 1, B: 2 }, outcomes: declaring('1') })

    expect(item.maxScore).toBe(1)
    expect(item.notes).toEqual(['an answer can earn 3, more than the declared maximum 1'])
  })

  it.each<[string, Mapped]>([
    ['no entry earns', { entries: { A: 0, B: -1 } }],
    ['the bound leaves nothing', { entries: { A: 2 }, bounds: 'upper-bound="0"' }],
    [
      'what must be chosen besides costs more',
      {
        entries: { A: 1 },
        bounds: 'default-value="-2"',
        limits: 'max-choices="0" min-choices="2"',
      },
    ],
  ])('cannot be zero: an item in which %s is refused', (_what, mapped) => {
    expect(() => mappedItem(mapped)).toThrow('no answer earns a point: nothing to score')
  })
})
