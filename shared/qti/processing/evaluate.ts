import type { Value } from '../values.ts'
import type { Expression, Operator } from './expression.ts'
import type { ProcessingState } from './operator.ts'
import { operatorOf } from './operators/table.ts'

/** The value of an expression; the same expression and state give the same value. */
export function evaluate<Name extends Operator>(
  expression: Expression<Name>,
  state: ProcessingState,
): Value {
  return operatorOf<Name>(expression.operator).evaluate(expression, state, (operand) =>
    evaluate(operand, state),
  )
}
