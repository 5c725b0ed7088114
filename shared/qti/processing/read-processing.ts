import type { XmlElement } from '../xml.ts'
import { childElements, identifierAttribute, refuse } from '../xml-element.ts'
import type { Branch, Expression, ResponseRule } from './expression.ts'
import { operatorDefinitions } from './operators/table.ts'

/** Reads the rules that stand in `parent`; what the interpreter does not know is refused by name. */
export function readRules(parent: XmlElement): ResponseRule[] {
  return childElements(parent).map(readRule)
}

function readRule(element: XmlElement): ResponseRule {
  if (element.name === 'qti-set-outcome-value') {
    return {
      rule: 'setOutcomeValue',
      identifier: identifierAttribute(element),
      expression: readOnlyOperand(element),
    }
  }
  if (element.name === 'qti-response-condition') return readCondition(element)
  return refuse(`unsupported response rule ${element.name}`, element)
}

function readCondition(element: XmlElement): ResponseRule {
  const branches: Branch[] = []
  let otherwise: readonly ResponseRule[] | undefined
  for (const [index, part] of childElements(element).entries()) {
    const expected = index === 0 ? 'qti-response-if' : 'qti-response-else-if'
    if (part.name === expected && !otherwise) branches.push(readBranch(part))
    else if (part.name === 'qti-response-else' && index > 0 && !otherwise) {
      otherwise = readRules(part)
    } else refuse(`${part.name} is out of place in a response condition`, part)
  }
  if (branches.length === 0) refuse('a response condition without qti-response-if', element)
  return { rule: 'responseCondition', branches, otherwise: otherwise ?? [] }
}

function readBranch(element: XmlElement): Branch {
  const [condition, ...rules] = childElements(element)
  if (!condition) refuse(`${element.name} is empty`, element)
  return { condition: readExpression(condition), rules: rules.map(readRule) }
}

function readExpression(element: XmlElement): Expression {
  const definition = operatorDefinitions.find((one) => one.element === element.name)
  if (!definition) refuse(`unsupported expression ${element.name}`, element)
  return definition.read(element, (count) => {
    const operands = childElements(element)
    if (operands.length !== count) {
      refuse(`${element.name} takes ${count} operands, not ${operands.length}`, element)
    }
    return operands.map(readExpression)
  })
}

function readOnlyOperand(element: XmlElement): Expression {
  const [expression, ...more] = childElements(element)
  if (!expression || more.length > 0) refuse(`${element.name} takes one expression`, element)
  return readExpression(expression)
}
