import type { ResponseDeclaration } from '../declarations.ts'
import type { Value } from '../values.ts'
import type { XmlElement } from '../xml.ts'
import type { Expression, Operator } from './expression.ts'

/** What an expression can see while responses are processed. */
export interface ProcessingState {
  /** Responses and outcomes; an identifier that is missing is NULL. */
  readonly variable: (identifier: string) => Value
  readonly responseDeclaration: (identifier: string) => ResponseDeclaration | undefined
}

export interface OperatorDefinition<Name extends Operator> {
  /** The element's name in QTI 3. */
  readonly element: string
  readonly read: (
    element: XmlElement,
    readOperands: (count: number) => readonly Expression[],
  ) => Expression<Name>
  readonly evaluate: (
    expression: Expression<Name>,
    state: ProcessingState,
    evaluate: (expression: Expression) => Value,
  ) => Value
}

/** The two operands of `element`, which `readOperands` has counted. */
export function twoOperands(readOperands: (count: number) => readonly Expression[]): {
  readonly first: Expression
  readonly second: Expression
} {
  const [first, second] = readOperands(2)
  if (!first || !second) throw new TypeError('operands are counted when they are read')
  return { first, second }
}
