import { readScalar } from '../../read-declarations.ts'
import { baseTypes, single } from '../../values.ts'
import { identifierAttribute, refuse, requiredAttribute } from '../../xml-element.ts'
import type { OperatorDefinition } from '../operator.ts'

export const baseValue: OperatorDefinition<'baseValue'> = {
  element: 'qti-base-value',
  read(element) {
    const written = requiredAttribute(element, 'base-type')
    const baseType = baseTypes.find((one) => one === written)
    if (!baseType) refuse(`a base value of the unknown base-type ${written}`, element)
    return { operator: 'baseValue', value: single(baseType, readScalar(element, baseType)) }
  },
  evaluate: ({ value }) => value,
}

export const variable: OperatorDefinition<'variable'> = {
  element: 'qti-variable',
  read: (element) => ({ operator: 'variable', identifier: identifierAttribute(element) }),
  evaluate: ({ identifier }, state) => state.variable(identifier),
}

export const correct: OperatorDefinition<'correct'> = {
  element: 'qti-correct',
  read: (element) => ({ operator: 'correct', identifier: identifierAttribute(element) }),
  evaluate: ({ identifier }, state) =>
    state.responseDeclaration(identifier)?.correctResponse ?? null,
}
