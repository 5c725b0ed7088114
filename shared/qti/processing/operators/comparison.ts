import { numberOf, sameValue, truth } from '../../values.ts'
import { refuse } from '../../xml-element.ts'
import { type OperatorDefinition, twoOperands } from '../operator.ts'

export const isNull: OperatorDefinition<'isNull'> = {
  element: 'qti-is-null',
  read(_element, readOperands) {
    const [operand] = readOperands(1)
    if (!operand) throw new TypeError('operands are counted when they are read')
    return { operator: 'isNull', operand }
  },
  evaluate: ({ operand }, _state, evaluate) => truth(evaluate(operand) === null),
}

export const match: OperatorDefinition<'match'> = {
  element: 'qti-match',
  read: (_element, readOperands) => ({ operator: 'match', ...twoOperands(readOperands) }),
  evaluate({ first, second }, _state, evaluate) {
    const a = evaluate(first)
    const b = evaluate(second)
    return a === null || b === null ? null : truth(sameValue(a, b))
  },
}

/** Numbers only; the tolerances other than `exact` come with the complete interpreter. */
export const equal: OperatorDefinition<'equal'> = {
  element: 'qti-equal',
  read(element, readOperands) {
    const mode = element.attributes.get('tolerance-mode') ?? 'exact'
    if (mode !== 'exact') refuse(`unsupported tolerance-mode ${mode}`, element)
    return { operator: 'equal', ...twoOperands(readOperands) }
  },
  evaluate({ first, second }, _state, evaluate) {
    const a = numberOf(evaluate(first))
    const b = numberOf(evaluate(second))
    return a === null || b === null ? null : truth(a === b)
  },
}
