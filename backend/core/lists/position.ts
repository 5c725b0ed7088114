import { AppError } from '../../../shared/errors.ts'

/** A stored field that a list can be sorted by; it is never null. */
export interface SortField {
  readonly path: string
  readonly type: 'date' | 'text' | 'number'
  /** No two objects of a tenant have the same value, so that the index needs no id. */
  readonly unique?: true
}

export interface Order {
  readonly field: SortField
  readonly direction: 1 | -1
}

/** Reads `name` or `-name`. */
export function orderOf(sort: string, fields: Readonly<Record<string, SortField>>): Order {
  const isDescending = sort.startsWith('-')
  const field = fields[isDescending ? sort.slice(1) : sort]
  if (!field) throw new TypeError(`a list declares the order ${sort} and does not know it`)
  return { field, direction: isDescending ? -1 : 1 }
}

/** The order as the database takes it; equal values follow the id. */
export function sortOf({ field: { path, unique }, direction }: Order): Record<string, 1 | -1> {
  return path === '_id' || unique ? { [path]: direction } : { [path]: direction, _id: direction }
}

/** Where a page ended, for the cursor of the next. */
export function positionOf(row: object, { field: { path } }: Order): string {
  // Every row has its id, and a path names a member of it.
  const { _id, [path]: value } = row as { readonly _id: string; readonly [path: string]: unknown }
  return JSON.stringify(path === '_id' ? [_id] : [_id, value])
}

/** The filter that continues after a position; equal values follow the id. */
export function afterPosition(position: string | undefined, order: Order): object[] {
  if (position === undefined) return []
  const { id, value } = readPosition(position, order.field)
  const { path } = order.field
  const beyond = order.direction === 1 ? '$gt' : '$lt'
  if (path === '_id') return [{ _id: { [beyond]: id } }]
  if (order.field.unique) return [{ [path]: { [beyond]: value } }]
  return [
    // The range for the index, then the exact place within it.
    { [path]: { [order.direction === 1 ? '$gte' : '$lte']: value } },
    { $or: [{ [path]: { [beyond]: value } }, { [path]: value, _id: { [beyond]: id } }] },
  ]
}

function readPosition(position: string, { path, type }: SortField) {
  try {
    const [id, value]: unknown[] = JSON.parse(position)
    if (typeof id !== 'string') throw new TypeError('a position names an id')
    if (path === '_id') return { id, value: undefined }
    if (type === 'date') return { id, value: new Date(String(value)) }
    return { id, value: type === 'number' ? Number(value) : String(value) }
  } catch (cause) {
    // Sealed by this installation, but by a version that wrote positions otherwise.
    throw new AppError('invalid_cursor', 'The cursor is from an earlier version; start again', {
      cause,
    })
  }
}
