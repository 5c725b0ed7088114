import type { MapEntry, Mapping } from './declarations.ts'
import { type BaseType, type Scalar, sameScalar, type Value } from './values.ts'

/**
 * QTI `mapResponse`: a container earns the sum of its values, each mapped key once, within the
 * bounds; the standard gives bounds to containers only.
 */
export function mapValue(mapping: Mapping, value: Value): number {
  if (value === null || value.cardinality === 'record') return 0
  if (value.cardinality === 'single') return mapScalar(mapping, value.baseType, value.value)

  const counted = new Set<MapEntry>()
  const unmapped: Scalar[] = []
  let sum = 0
  for (const one of value.values) {
    const entry = entryFor(mapping, value.baseType, one)
    if (entry && !counted.has(entry)) {
      counted.add(entry)
      sum += entry.value
    } else if (!entry && !unmapped.some((other) => sameScalar(value.baseType, other, one))) {
      unmapped.push(one)
      sum += mapping.defaultValue
    }
  }
  return withinBounds(mapping, sum)
}

/** What one value is worth by itself. */
export function mapScalar(mapping: Mapping, baseType: BaseType, value: Scalar): number {
  return entryFor(mapping, baseType, value)?.value ?? mapping.defaultValue
}

export function withinBounds({ lowerBound, upperBound }: Mapping, sum: number): number {
  return Math.min(Math.max(sum, lowerBound ?? sum), upperBound ?? Number.POSITIVE_INFINITY)
}

/** An entry of the same case goes before one that does not ask for it: `York` 1, `york` 0.5. */
function entryFor(mapping: Mapping, baseType: BaseType, value: Scalar): MapEntry | undefined {
  const exact = mapping.entries.find(({ key }) => sameScalar(baseType, key, value))
  if (exact || baseType !== 'string') return exact
  const folded = String(value).toLowerCase()
  return mapping.entries.find(
    ({ key, caseSensitive }) => !caseSensitive && String(key).toLowerCase() === folded,
  )
}
