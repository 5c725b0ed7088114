import { decimal } from './xml-element.ts'

export const baseTypes = [
  'boolean',
  'directedPair',
  'duration',
  'file',
  'float',
  'identifier',
  'integer',
  'pair',
  'point',
  'string',
  'uri',
] as const
export type BaseType = (typeof baseTypes)[number]

export const cardinalities = ['single', 'multiple', 'ordered', 'record'] as const
export type Cardinality = (typeof cardinalities)[number]

/** Pairs and points hold two parts; everything textual is normalised to NFC when it is read. */
export type Scalar =
  | string
  | number
  | boolean
  | readonly [string, string]
  | readonly [number, number]

export interface SingleValue {
  readonly cardinality: 'single'
  readonly baseType: BaseType
  readonly value: Scalar
}

/** Never empty: QTI treats an empty container as NULL. */
export interface ContainerValue {
  readonly cardinality: 'multiple' | 'ordered'
  readonly baseType: BaseType
  readonly values: readonly Scalar[]
}

export interface RecordValue {
  readonly cardinality: 'record'
  readonly fields: readonly { readonly identifier: string; readonly value: SingleValue }[]
}

/** `null` is QTI's NULL. */
export type Value = SingleValue | ContainerValue | RecordValue | null

export function single(baseType: BaseType, value: Scalar): SingleValue {
  return { cardinality: 'single', baseType, value }
}

export function container(
  cardinality: 'multiple' | 'ordered',
  baseType: BaseType,
  values: readonly Scalar[],
): ContainerValue | null {
  return values.length === 0 ? null : { cardinality, baseType, values }
}

export function truth(value: boolean): SingleValue {
  return single('boolean', value)
}

export function isTrue(value: Value): boolean {
  return value?.cardinality === 'single' && value.value === true
}

/** The number a single value holds, or null for NULL and everything else. */
export function numberOf(value: Value): number | null {
  return value?.cardinality === 'single' && typeof value.value === 'number' ? value.value : null
}

/** Reads one value in XML notation; undefined when it is not of the base type. */
export function parseScalar(baseType: BaseType, text: string): Scalar | undefined {
  const trimmed = text.trim()
  switch (baseType) {
    case 'string':
      return text.normalize('NFC')
    case 'identifier':
    case 'uri':
    case 'file':
      return trimmed === '' ? undefined : trimmed.normalize('NFC')
    case 'boolean':
      return { true: true, '1': true, false: false, '0': false }[trimmed]
    case 'integer':
      return /^[+-]?\d{1,15}$/.test(trimmed) ? Number(trimmed) + 0 : undefined
    case 'float':
    case 'duration':
      return decimal(trimmed)
    case 'pair':
    case 'directedPair': {
      const [first, second, ...rest] = trimmed.normalize('NFC').split(/\s+/)
      return first && second && rest.length === 0 ? [first, second] : undefined
    }
    case 'point': {
      const [x, y, ...rest] = trimmed.split(/\s+/).map(decimal)
      return x !== undefined && y !== undefined && rest.length === 0 ? [x, y] : undefined
    }
  }
}

export function sameScalar(baseType: BaseType, a: Scalar, b: Scalar): boolean {
  if (typeof a !== 'object' || typeof b !== 'object') return a === b
  const straight = a[0] === b[0] && a[1] === b[1]
  return straight || (baseType === 'pair' && a[0] === b[1] && a[1] === b[0])
}

/** QTI `match`: order counts only in ordered containers; integer and float compare as numbers. */
export function sameValue(a: NonNullable<Value>, b: NonNullable<Value>): boolean {
  if (a.cardinality === 'single') {
    return b.cardinality === 'single' && sameScalar(a.baseType, a.value, b.value)
  }
  if (a.cardinality === 'record') return b.cardinality === 'record' && sameRecord(a, b)
  if (b.cardinality !== a.cardinality || a.values.length !== b.values.length) return false
  if (a.cardinality === 'ordered') {
    return a.values.every((value, index) => {
      const other = b.values[index]
      return other !== undefined && sameScalar(a.baseType, value, other)
    })
  }
  const left = [...b.values]
  return a.values.every((value) => {
    const index = left.findIndex((other) => sameScalar(a.baseType, value, other))
    if (index >= 0) left.splice(index, 1)
    return index >= 0
  })
}

function sameRecord(a: RecordValue, b: RecordValue): boolean {
  return (
    a.fields.length === b.fields.length &&
    a.fields.every(({ identifier, value }) => {
      const other = b.fields.find((field) => field.identifier === identifier)
      return other !== undefined && sameValue(value, other.value)
    })
  )
}
