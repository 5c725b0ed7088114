import type { Operator } from '../expression.ts'
import type { OperatorDefinition } from '../operator.ts'
import { equal, isNull, match } from './comparison.ts'
import { mapResponse } from './responses.ts'
import { baseValue, correct, variable } from './variables.ts'

type Definitions = { readonly [Name in Operator]: OperatorDefinition<Name> }

const definitions: Definitions = { baseValue, variable, correct, mapResponse, isNull, match, equal }

export const operatorDefinitions = Object.values(definitions)

/** The meaning of one operator. */
export function operatorOf<Name extends Operator>(name: Name): OperatorDefinition<Name> {
  return definitions[name]
}
