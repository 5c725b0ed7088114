import type { OutcomeDeclaration } from '../declarations.ts'
import type { Item } from '../item.ts'
import { container, isTrue, single, type Value } from '../values.ts'
import { evaluate } from './evaluate.ts'
import type { ResponseRule } from './expression.ts'
import type { ProcessingState } from './operator.ts'

/**
 * Runs an item's response processing on checked responses. Outcomes begin at their defaults, as
 * for every attempt at an item that is not adaptive.
 */
export function processResponses(
  item: Item,
  responses: ReadonlyMap<string, Value>,
): Map<string, Value> {
  const outcomes = new Map(
    item.outcomeDeclarations.map((one) => [one.identifier, initialValue(one)] as const),
  )
  const declarations = new Map(item.responseDeclarations.map((one) => [one.identifier, one]))
  const state: ProcessingState = {
    variable: (identifier) =>
      declarations.has(identifier)
        ? (responses.get(identifier) ?? null)
        : (outcomes.get(identifier) ?? null),
    responseDeclaration: (identifier) => declarations.get(identifier),
  }
  const types = new Map(item.outcomeDeclarations.map((one) => [one.identifier, one]))

  function run(rules: readonly ResponseRule[]): void {
    for (const rule of rules) {
      if (rule.rule === 'setOutcomeValue') {
        const declaration = types.get(rule.identifier)
        if (!declaration) throw new TypeError(`the outcome ${rule.identifier} is not declared`)
        outcomes.set(rule.identifier, asDeclared(declaration, evaluate(rule.expression, state)))
        continue
      }
      const branch = rule.branches.find(({ condition }) => isTrue(evaluate(condition, state)))
      run(branch ? branch.rules : rule.otherwise)
    }
  }

  run(item.responseProcessing.rules)
  outcomes.set('completionStatus', single('identifier', 'completed'))
  return outcomes
}

/** Without a default, a numeric outcome begins at zero and any other at NULL. */
export function initialValue(declaration: OutcomeDeclaration): Value {
  const { baseType, cardinality, defaultValue } = declaration
  if (defaultValue || cardinality !== 'single') return defaultValue
  return baseType === 'integer' || baseType === 'float' ? single(baseType, 0) : null
}

/** An outcome keeps its declared type; a container may be set from a single value. */
function asDeclared({ baseType, cardinality }: OutcomeDeclaration, value: Value): Value {
  if (value?.cardinality !== 'single' || baseType === null) return value
  return cardinality === 'multiple' || cardinality === 'ordered'
    ? container(cardinality, baseType, [value.value])
    : single(baseType, value.value)
}
