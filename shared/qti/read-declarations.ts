import type { MapEntry, Mapping, OutcomeDeclaration, ResponseDeclaration } from './declarations.ts'
import {
  type BaseType,
  baseTypes,
  type Cardinality,
  cardinalities,
  container,
  parseScalar,
  type Scalar,
  single,
  type Value,
} from './values.ts'
import type { XmlElement } from './xml.ts'
import {
  booleanAttribute,
  childElement,
  childElements,
  identifierAttribute,
  numberAttribute,
  refuse,
  requiredAttribute,
  textOf,
} from './xml-element.ts'

const maxEntries = 2000

interface VariableType {
  readonly identifier: string
  readonly cardinality: Cardinality
  readonly baseType: BaseType | null
}

export function readResponseDeclaration(element: XmlElement): ResponseDeclaration {
  const type = readType(element)
  const correct = childElement(element, 'qti-correct-response')
  const mapping = childElement(element, 'qti-mapping')
  return {
    ...type,
    correctResponse: correct ? readValues(correct, type) : null,
    mapping: mapping ? readMapping(mapping, type) : null,
  }
}

export function readOutcomeDeclaration(element: XmlElement): OutcomeDeclaration {
  const type = readType(element)
  const byDefault = childElement(element, 'qti-default-value')
  return {
    ...type,
    defaultValue: byDefault ? readValues(byDefault, type) : null,
    normalMaximum: numberAttribute(element, 'normal-maximum') ?? null,
  }
}

function readType(element: XmlElement): VariableType {
  const identifier = identifierAttribute(element)
  const written = requiredAttribute(element, 'cardinality')
  const cardinality = cardinalities.find((one) => one === written)
  if (!cardinality) refuse(`${identifier} has the unknown cardinality ${written}`, element)
  const base = element.attributes.get('base-type')
  const baseType = baseTypes.find((one) => one === base) ?? null
  if (base !== undefined && !baseType) {
    refuse(`${identifier} has the unknown base-type ${base}`, element)
  }
  if (!baseType && cardinality !== 'record') refuse(`${identifier} has no base-type`, element)
  return { identifier, cardinality, baseType }
}

function readValues(parent: XmlElement, type: VariableType): Value {
  const elements = childElements(parent, 'qti-value')
  if (type.cardinality === 'record') {
    return { cardinality: 'record', fields: elements.map(readField) }
  }
  const baseType = type.baseType ?? refuse(`${type.identifier} has no base-type`, parent)
  const values = elements.map((element) => readScalar(element, baseType))
  if (type.cardinality !== 'single') return container(type.cardinality, baseType, values)
  if (values.length > 1) {
    refuse(`several values for ${type.identifier}, which is of single cardinality`, parent)
  }
  const [only] = values
  return only === undefined ? null : single(baseType, only)
}

function readField(element: XmlElement) {
  const written = requiredAttribute(element, 'base-type')
  const baseType = baseTypes.find((one) => one === written)
  if (!baseType) refuse(`a field has the unknown base-type ${written}`, element)
  return {
    identifier: identifierAttribute(element, 'field-identifier'),
    value: single(baseType, readScalar(element, baseType)),
  }
}

/** The value an element holds as text. */
export function readScalar(element: XmlElement, baseType: BaseType): Scalar {
  const text = withoutLayout(textOf(element))
  const value = parseScalar(baseType, text)
  return value ?? refuse(`"${text.slice(0, 60)}" is not of base-type ${baseType}`, element)
}

function readMapping(element: XmlElement, type: VariableType): Mapping {
  const { identifier, baseType } = type
  if (!baseType) refuse(`a mapping of ${identifier}, which is a record`, element)
  const entries = childElements(element, 'qti-map-entry').map((one) => readEntry(one, baseType))
  if (entries.length === 0) refuse(`the mapping of ${identifier} has no entries`, element)
  if (entries.length > maxEntries) refuse(`a mapping of more than ${maxEntries} entries`, element)
  return {
    entries,
    defaultValue: numberAttribute(element, 'default-value') ?? 0,
    lowerBound: numberAttribute(element, 'lower-bound') ?? null,
    upperBound: numberAttribute(element, 'upper-bound') ?? null,
  }
}

function readEntry(element: XmlElement, baseType: BaseType): MapEntry {
  const written = requiredAttribute(element, 'map-key')
  const key = parseScalar(baseType, written)
  if (key === undefined) {
    refuse(`the map-key "${written.slice(0, 60)}" is not of base-type ${baseType}`, element)
  }
  return {
    key,
    value: numberAttribute(element, 'mapped-value') ?? refuse('a map entry without value', element),
    // The QTI 3.0 schema's default; it was undefined in 2.1.
    caseSensitive: booleanAttribute(element, 'case-sensitive', false),
  }
}

/** White space with a line break in it is the layout of the XML, not part of an answer. */
function withoutLayout(text: string): string {
  const withoutStart = text.trimStart()
  const start = text.slice(0, text.length - withoutStart.length)
  const rest = /[\r\n]/.test(start) ? withoutStart : text
  const withoutEnd = rest.trimEnd()
  return /[\r\n]/.test(rest.slice(withoutEnd.length)) ? withoutEnd : rest
}
