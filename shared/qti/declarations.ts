import type { BaseType, Cardinality, Scalar, Value } from './values.ts'

export interface ResponseDeclaration {
  readonly identifier: string
  readonly cardinality: Cardinality
  /** null for records. */
  readonly baseType: BaseType | null
  readonly correctResponse: Value
  readonly mapping: Mapping | null
}

export interface Mapping {
  readonly entries: readonly MapEntry[]
  readonly defaultValue: number
  readonly lowerBound: number | null
  readonly upperBound: number | null
}

export interface MapEntry {
  readonly key: Scalar
  readonly value: number
  /** Of consequence for strings only. */
  readonly caseSensitive: boolean
}

export interface OutcomeDeclaration {
  readonly identifier: string
  readonly cardinality: Cardinality
  readonly baseType: BaseType | null
  readonly defaultValue: Value
  readonly normalMaximum: number | null
}
