import type { Schema } from 'mongoose'
import type { SortField } from './position.ts'

/** Declares the index of each order in which a list of a tenant's objects can be asked for. */
export function orderedBy(
  schema: Schema,
  sortFields: Readonly<Record<string, SortField>>,
  before: Readonly<Record<string, 1>> = { tenantId: 1 },
): void {
  for (const { path, unique } of Object.values(sortFields)) {
    // What is unique in its tenant has its index for that.
    if (unique) continue
    schema.index(path === '_id' ? { ...before, _id: -1 } : { ...before, [path]: 1, _id: 1 })
  }
}
