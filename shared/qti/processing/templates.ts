import { single } from '../values.ts'
import type { Expression, ResponseRule, SetOutcomeValue } from './expression.ts'

const response: Expression = { operator: 'variable', identifier: 'RESPONSE' }
const correct: Expression = { operator: 'correct', identifier: 'RESPONSE' }
const isCorrect: Expression = { operator: 'match', first: response, second: correct }
const maxScore: Expression = { operator: 'variable', identifier: 'MAXSCORE' }

/** The standard's fixed templates, as the rules their published XML reads to. */
export const templates = {
  match_correct: [choose(isCorrect, [set('SCORE', number(1))], [set('SCORE', number(0))])],

  map_response: [mapOrZero()],

  CC2_match: [choose(isCorrect, [set('SCORE', number(1))], [set('SCORE', number(0))])],

  CC2_match_basic: [
    choose(
      isCorrect,
      [set('SCORE', maxScore), set('FEEDBACKBASIC', identifier('correct'))],
      [set('FEEDBACKBASIC', identifier('incorrect'))],
    ),
  ],

  CC2_map_response: [
    mapOrZero(),
    choose(
      {
        operator: 'equal',
        first: maxScore,
        second: { operator: 'variable', identifier: 'SCORE' },
      },
      [set('FEEDBACK', identifier('correct'))],
      [set('FEEDBACK', identifier('incorrect'))],
    ),
  ],
} satisfies Record<string, readonly ResponseRule[]>

export type TemplateName = keyof typeof templates

export function isTemplateName(name: string): name is TemplateName {
  return Object.hasOwn(templates, name)
}

/** The fixed template whose rules these are, written out in an item; numbers count by value. */
export function templateOf(rules: readonly ResponseRule[]): TemplateName | undefined {
  const written = shapeOf(rules)
  return Object.keys(templates)
    .filter(isTemplateName)
    .find((name) => shapeOf(templates[name]) === written)
}

function shapeOf(rules: readonly ResponseRule[]): string {
  return JSON.stringify(rules, (key, value) =>
    key === 'baseType' && (value === 'integer' || value === 'float') ? 'number' : value,
  )
}

function mapOrZero(): ResponseRule {
  return choose(
    { operator: 'isNull', operand: response },
    [set('SCORE', number(0))],
    [set('SCORE', { operator: 'mapResponse', identifier: 'RESPONSE' })],
  )
}

function choose(
  condition: Expression,
  rules: readonly ResponseRule[],
  otherwise: readonly ResponseRule[],
): ResponseRule {
  return { rule: 'responseCondition', branches: [{ condition, rules }], otherwise }
}

function set(outcome: string, expression: Expression): SetOutcomeValue {
  return { rule: 'setOutcomeValue', identifier: outcome, expression }
}

function number(value: number): Expression {
  return { operator: 'baseValue', value: single('float', value) }
}

function identifier(value: string): Expression {
  return { operator: 'baseValue', value: single('identifier', value) }
}
