import { describe, expect, it } from 'vitest'
import { itemFixture } from '../../tests/support/item-xml.ts'
import type { SubmittedValues } from './interactions/interaction.ts'
import { readItem } from './read-item.ts'
import { resolveResponses } from './resolve-responses.ts'

const opaque = (response: string, identifier: string) =>
  `${response}#${[...identifier].reverse().join('')}`

function resolve(name: string, submitted: Record<string, SubmittedValues>) {
  return resolveResponses(readItem(itemFixture(name)), submitted, opaque)
}

function problemsOf(name: string, RESPONSE: SubmittedValues) {
  const resolved = resolve(name, { RESPONSE })
  return resolved.ok ? [] : resolved.problems.map(({ pointer, code }) => `${pointer} ${code}`)
}

describe('resolveResponses', () => {
  it('knows a choice by the id of the attempt and by its own identifier', () => {
    const byId = resolve('halves-of-a-whole', { RESPONSE: ['RESPONSE#1h', 'h2'] })
    const byName = resolve('strategies', { RESPONSE: ['RESPONSE#gnicaps', 'cramming'] })

    expect(byId).toMatchObject({ ok: true })
    expect(byName).toMatchObject({ ok: true })
    expect(byName.ok && byName.responses.get('RESPONSE')).toEqual({
      cardinality: 'multiple',
      baseType: 'identifier',
      values: ['spacing', 'cramming'],
    })
  })

  it('takes what is not given, empty or blank as no answer', () => {
    for (const submitted of [{}, { RESPONSE: [] }, { RESPONSE: [''] }, { RESPONSE: [' '] }]) {
      const resolved = resolve('seven-eights', submitted)

      expect(resolved.ok && resolved.responses.get('RESPONSE')).toBeNull()
    }
  })

  it('keeps a blank string, which QTI does not trim', () => {
    const resolved = resolve('northern-city', { RESPONSE: [' '] })

    expect(resolved.ok && resolved.responses.get('RESPONSE')).toMatchObject({ value: ' ' })
  })

  it.each<[string, string, SubmittedValues, string[]]>([
    [
      'a choice that is not there',
      'largest-planet',
      ['pluto'],
      ['#/responses/RESPONSE/0 unknown_choice'],
    ],
    ['a number for a choice', 'largest-planet', [1], ['#/responses/RESPONSE/0 unknown_choice']],
    [
      'two choices for one',
      'largest-planet',
      ['answer_mars', 'answer_venus'],
      ['#/responses/RESPONSE too_many_values'],
    ],
    [
      'a choice given twice',
      'even-numbers',
      ['n4', 'n4'],
      ['#/responses/RESPONSE/1 duplicate_choice'],
    ],
    [
      'more choices than allowed',
      'even-numbers',
      ['n4', 'n7', 'n18', 'n21'],
      ['#/responses/RESPONSE too_many_choices'],
    ],
    ['two texts for one', 'northern-city', ['a', 'b'], ['#/responses/RESPONSE too_many_values']],
    ['a truth for a text', 'northern-city', [true], ['#/responses/RESPONSE/0 wrong_type']],
    ['a long text', 'northern-city', ['x'.repeat(1001)], ['#/responses/RESPONSE/0 too_long']],
    ['a word for an integer', 'seven-eights', ['fifty-six'], ['#/responses/RESPONSE/0 wrong_type']],
    ['a fraction for an integer', 'seven-eights', [5.6], ['#/responses/RESPONSE/0 wrong_type']],
    ['a word for a number', 'a-quarter', ['1/4'], ['#/responses/RESPONSE/0 wrong_type']],
  ])('reports %s', (_what, name, response, problems) => {
    expect(problemsOf(name, response)).toEqual(problems)
  })

  it('does not demand the minimum of choices, for time may have run out', () => {
    expect(problemsOf('even-numbers', [])).toEqual([])
  })

  it('reports every problem at once, and responses the item does not ask for', () => {
    const resolved = resolve('reading-and-spelling', {
      RESPONSE: ['nothing'],
      SPELLING: ['a', 'b'],
      'SCORE/~': ['1'],
      __proto__x: [],
    })

    expect(resolved).toMatchObject({
      ok: false,
      problems: [
        { pointer: '#/responses/SCORE~1~0', code: 'unknown_response' },
        { pointer: '#/responses/__proto__x', code: 'unknown_response' },
        { pointer: '#/responses/RESPONSE/0', code: 'unknown_choice' },
        { pointer: '#/responses/SPELLING', code: 'too_many_values' },
      ],
    })
  })

  it('does not name the choices there are in what it reports', () => {
    const resolved = resolve('largest-planet', { RESPONSE: ['pluto'] })

    expect(JSON.stringify(resolved)).not.toContain('answer_')
  })
})
