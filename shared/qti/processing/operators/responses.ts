import { mapValue } from '../../mapping.ts'
import { single } from '../../values.ts'
import { identifierAttribute } from '../../xml-element.ts'
import type { OperatorDefinition } from '../operator.ts'

export const mapResponse: OperatorDefinition<'mapResponse'> = {
  element: 'qti-map-response',
  read: (element) => ({ operator: 'mapResponse', identifier: identifierAttribute(element) }),
  evaluate({ identifier }, state) {
    const mapping = state.responseDeclaration(identifier)?.mapping
    return mapping ? single('float', mapValue(mapping, state.variable(identifier))) : null
  },
}
