import { describe, expect, it } from 'vitest'
import { AppError } from '../../errors.ts'
import { parseXml } from '../xml.ts'
import { readRules } from './read-processing.ts'
import { templateOf, templates } from './templates.ts'

const response = '<qti-variable identifier="RESPONSE"/>'
const matches = `<qti-match>${response}<qti-correct identifier="RESPONSE"/></qti-match>`
const number = (value: string, type = 'float') =>
  `<qti-base-value base-type="${type}">${value}</qti-base-value>`
const set = (outcome: string, expression: string) =>
  `<qti-set-outcome-value identifier="${outcome}">${expression}</qti-set-outcome-value>`
const feedback = (outcome: string, value: string) =>
  set(outcome, `<qti-base-value base-type="identifier">${value}</qti-base-value>`)
const condition = (when: string, rules: string, otherwise: string) =>
  `<qti-response-condition><qti-response-if>${when}${rules}</qti-response-if><qti-response-else>${otherwise}</qti-response-else></qti-response-condition>`
const mapped = condition(
  `<qti-is-null>${response}</qti-is-null>`,
  set('SCORE', number('0.0')),
  set('SCORE', '<qti-map-response identifier="RESPONSE"/>'),
)

const written = {
  match_correct: condition(matches, set('SCORE', number('1')), set('SCORE', number('0'))),
  map_response: mapped,
  CC2_match: condition(matches, set('SCORE', number('1')), set('SCORE', number('0'))),
  CC2_match_basic: condition(
    matches,
    set('SCORE', '<qti-variable identifier="MAXSCORE"/>') + feedback('FEEDBACKBASIC', 'correct'),
    feedback('FEEDBACKBASIC', 'incorrect'),
  ),
  CC2_map_response:
    mapped +
    condition(
      '<qti-equal tolerance-mode="exact"><qti-variable identifier="MAXSCORE"/><qti-variable identifier="SCORE"/></qti-equal>',
      feedback('FEEDBACK', 'correct'),
      feedback('FEEDBACK', 'incorrect'),
    ),
} satisfies Record<keyof typeof templates, string>

function read(xml: string) {
  return readRules(parseXml(`<qti-response-processing>${xml}</qti-response-processing>`))
}

describe('the fixed templates', () => {
  it.each(Object.entries(written))('%s is what its published XML reads to', (name, xml) => {
    expect(read(xml)).toEqual(Object.entries(templates).find(([one]) => one === name)?.[1])
  })

  it('recognises a template written out, whatever the notation of its numbers', () => {
    const xml = condition(
      matches,
      set('SCORE', number('\n  1.0\n')),
      set('SCORE', number(' 0 ', 'integer')),
    )

    expect(templateOf(read(xml))).toBe('match_correct')
    expect(templateOf(read(written.map_response))).toBe('map_response')
  })

  it.each([
    ['another value', condition(matches, set('SCORE', number('2')), set('SCORE', number('0')))],
    ['another outcome', condition(matches, set('POINTS', number('1')), set('SCORE', number('0')))],
    ['no else', written.match_correct.replace(/<qti-response-else>.*<\/qti-response-else>/, '')],
    ['a rule more', written.match_correct + set('SCORE', number('1'))],
    ['another response', written.match_correct.replaceAll('RESPONSE', 'RESPONSE2')],
  ])('does not take %s for a template', (_what, xml) => {
    expect(templateOf(read(xml))).toBeUndefined()
  })
})

describe('readRules', () => {
  it.each([
    ['an expression not known', set('SCORE', '<qti-sum/>'), 'unsupported expression qti-sum'],
    ['a rule not known', '<qti-exit-response/>', 'unsupported response rule qti-exit-response'],
    ['too few operands', set('SCORE', `<qti-match>${response}</qti-match>`), 'takes 2 operands'],
    ['a rule without value', set('SCORE', ''), 'takes one expression'],
    [
      'an else first',
      condition(matches, '', '').replace(/<qti-response-if>.*?<\/qti-response-if>/, ''),
      'out of place',
    ],
    [
      'a condition without condition',
      '<qti-response-condition><qti-response-if/></qti-response-condition>',
      'is empty',
    ],
    ['a value of another type', set('SCORE', number('one')), 'is not of base-type float'],
  ])('refuses %s', (_what, xml, reason) => {
    expect(() => read(xml)).toThrow(AppError)
    expect(() => read(xml)).toThrow(reason)
  })
})
