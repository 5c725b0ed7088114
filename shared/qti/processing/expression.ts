import type { SingleValue } from '../values.ts'

/** What each operator holds; a further operator is one line here and its definition. */
interface Expressions {
  readonly baseValue: { readonly value: SingleValue }
  readonly variable: { readonly identifier: string }
  readonly correct: { readonly identifier: string }
  readonly mapResponse: { readonly identifier: string }
  readonly isNull: { readonly operand: Expression }
  readonly match: Operands
  readonly equal: Operands
}

interface Operands {
  readonly first: Expression
  readonly second: Expression
}

export type Operator = keyof Expressions

/** One node of an expression, as plain data. */
export type Expression<Name extends Operator = Operator> = {
  [N in Name]: { readonly operator: N } & Expressions[N]
}[Name]

export type ResponseRule = SetOutcomeValue | ResponseCondition

export interface SetOutcomeValue {
  readonly rule: 'setOutcomeValue'
  readonly identifier: string
  readonly expression: Expression
}

export interface ResponseCondition {
  readonly rule: 'responseCondition'
  /** The `if` and every `else if`, in order. */
  readonly branches: readonly Branch[]
  readonly otherwise: readonly ResponseRule[]
}

export interface Branch {
  readonly condition: Expression
  readonly rules: readonly ResponseRule[]
}
