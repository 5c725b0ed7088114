import { describe, expect, it } from 'vitest'
import {
  choicesXml,
  itemFixture,
  itemXml,
  mappingXml,
  processedBy,
  responseXml,
} from '../../tests/support/item-xml.ts'
import type { SubmittedValues } from './interactions/interaction.ts'
import type { Item } from './item.ts'
import { readItem } from './read-item.ts'
import { resolveResponses } from './resolve-responses.ts'
import { score } from './score.ts'
import { single } from './values.ts'

function scoreOf(item: Item, RESPONSE: SubmittedValues) {
  const resolved = resolveResponses(item, { RESPONSE }, (_response, identifier) => `#${identifier}`)
  if (!resolved.ok) throw new Error(JSON.stringify(resolved.problems))
  return score(item, resolved.responses)
}

describe('score', () => {
  it.each<[string, SubmittedValues, number]>([
    ['largest-planet', ['answer_jupiter'], 1],
    ['largest-planet', ['answer_mars'], 0],
    ['largest-planet', [], 0],
    ['halves-of-a-whole', ['h2', 'h1'], 1],
    ['halves-of-a-whole', ['h1'], 0],
    ['halves-of-a-whole', ['h1', 'h2', 'h3'], 0],
    ['even-numbers', ['n4', 'n18'], 2],
    ['even-numbers', ['n4', 'n7'], 0.5],
    ['even-numbers', ['n4', 'n21'], 0],
    ['even-numbers', ['n21', 'n7'], 0],
    ['even-numbers', [], 0],
    ['northern-city', ['York'], 2],
    ['northern-city', ['YORK'], 1],
    ['northern-city', ['EBORACUM'], 1.5],
    ['northern-city', [' York '], 0],
    ['northern-city', ['Leeds'], 0],
    ['spelling-of-necessary', ['necessary'], 1],
    ['spelling-of-necessary', ['Necessary'], 0],
    ['seven-eights', ['56'], 1],
    ['seven-eights', [' 56 '], 1],
    ['seven-eights', ['056'], 1],
    ['seven-eights', [56], 1],
    ['seven-eights', ['65'], 0],
    ['seven-eights', ['  '], 0],
    ['a-quarter', ['0.25'], 1],
    ['a-quarter', ['.250'], 1],
    ['a-quarter', ['25e-2'], 1],
    ['a-quarter', ['0.250001'], 0.5],
    ['a-quarter', ['0.2500001'], 0],
    ['odd-one-out', ['b'], 1],
    ['strategies', ['spacing', 'testing'], 2],
    ['strategies', ['cramming'], -1],
    ['strategies', ['spacing', 'cramming'], -1],
    ['capital-letter', ['right'], 3],
    ['capital-letter', ['wrong'], 0],
    ['prime-factors', ['two', 'three', 'four'], 2],
    ['reading-and-spelling', ['inferred'], 1],
  ])('gives %s %j → %d', (name, response, expected) => {
    expect(scoreOf(readItem(itemFixture(name)), response).score).toBe(expected)
  })

  it('answers with the outcomes, the declared maximum and the completion', () => {
    const { outcomes, maxScore } = scoreOf(readItem(itemFixture('capital-letter')), ['wrong'])

    expect(maxScore).toBe(3)
    expect(Object.fromEntries(outcomes)).toEqual({
      SCORE: single('float', 0),
      MAXSCORE: single('float', 3),
      FEEDBACKBASIC: single('identifier', 'incorrect'),
      completionStatus: single('identifier', 'completed'),
    })
  })

  it('tells full marks from less in the feedback of CC2_map_response', () => {
    const item = readItem(itemFixture('prime-factors'))

    expect(scoreOf(item, ['two', 'three']).outcomes.get('FEEDBACK')).toMatchObject({
      value: 'correct',
    })
    expect(scoreOf(item, ['two']).outcomes.get('FEEDBACK')).toMatchObject({ value: 'incorrect' })
    expect(scoreOf(item, []).outcomes.get('FEEDBACK')).toMatchObject({ value: 'incorrect' })
  })

  it('begins every time at the defaults of the outcomes', () => {
    const item = readItem(itemFixture('capital-letter'))

    expect(scoreOf(item, ['right']).score).toBe(3)
    expect(scoreOf(item, ['wrong']).score).toBe(0)
  })

  it('counts three thirds as one', () => {
    const third = 0.333333333333333
    const item = readItem(
      itemXml({
        declarations: responseXml({
          cardinality: 'multiple',
          mapping: mappingXml({ A: third, B: third, C: third }),
        }),
        body: choicesXml(['A', 'B', 'C'], 'max-choices="0"'),
        processing: processedBy('map_response'),
      }),
    )

    expect(scoreOf(item, ['A', 'B', 'C']).score).toBe(1)
  })

  it('scores decomposed letters like composed ones', () => {
    const item = readItem(
      itemXml({
        declarations: responseXml({ baseType: 'string', correct: ['caf\u00e9'] }),
        body: '<p><qti-text-entry-interaction response-identifier="RESPONSE"/></p>',
      }),
    )

    expect(scoreOf(item, ['cafe\u0301']).score).toBe(1)
  })
})
