import mongoose from 'mongoose'
import type { Fields, NativeCollection } from './native-collection.ts'
import { retryOnDisconnect } from './retry-write.ts'

const { EJSON, serialize } = mongoose.mongo.BSON
const duplicateKey = 11000

type Operation = mongoose.mongo.AnyBulkWriteOperation<Record<string, unknown>>

export interface BulkOptions {
  readonly collection: NativeCollection
  /** Fields that together tell which document a record is; a unique index must cover them. */
  readonly key: readonly string[]
  /** Narrows every look-up and update, to a tenant for example. */
  readonly within?: Fields
  /** `merge` sets the fields that differ and keeps others; `replace` leaves exactly the record. */
  readonly mode: 'merge' | 'replace'
  /** Set in addition, on documents that change. */
  readonly onUpdate?: Fields
  /** What is written together with a change, in the same write: an event, a revision. */
  readonly companions?: Companions
  /** Told of each record that was written or found as it should be, with the `_id` of its document. */
  readonly onOutcome?: (index: number, outcome: Outcome, id: unknown) => void
  readonly signal?: AbortSignal
}

export interface Companions {
  /** Further members of a new document. */
  inserted(document: Fields): Fields
  /** Further operators of the update of a document. */
  updated(found: Fields, set: Fields): Fields
  /** The event of a document that takes the place of a removed one. */
  revived(found: Fields, document: Fields): object
}

export interface Item {
  /** Position in the input. */
  readonly index: number
  readonly id: string
  readonly insert: Fields
  readonly set: Fields
}

export type Outcome = 'inserted' | 'updated' | 'unchanged'

/** What became of the items of one batch, by their position. */
export interface Progress {
  readonly outcomes: Map<number, { readonly outcome: Outcome; readonly id: unknown }>
  readonly failed: Map<number, string>
}

interface WriteError {
  /** Position among the operations sent. */
  readonly index: number
  readonly code: number
  readonly reason: string
}

/** Text that is equal for equal keys, whatever their types. */
export function idOf(fields: Fields, key: readonly string[]): string {
  return EJSON.stringify(
    key.map((field) => fields[field]),
    { relaxed: false },
  )
}

/** Writes one batch, once more for what somebody else changed meanwhile, again where the connection broke. */
export async function writeBatch(
  batch: readonly Item[],
  options: BulkOptions,
  progress: Progress,
): Promise<void> {
  const again = await retryOnDisconnect(() => writeOnce(batch, options, progress))
  if (again.length === 0) return
  // Between look-up and write somebody else inserted or deleted: one more look decides.
  for (const { index } of again) progress.failed.delete(index)
  await retryOnDisconnect(() => writeOnce(again, options, progress))
}

/** Returns the items that met a change made by somebody else. */
async function writeOnce(
  batch: readonly Item[],
  options: BulkOptions,
  progress: Progress,
): Promise<readonly Item[]> {
  const existing = await lookUp(batch, options)
  const fresh: Item[] = []
  const changed: { item: Item; operation: Operation }[] = []
  for (const item of batch) {
    const found = existing.get(item.id)
    const operation = found && updateOf(item, found, options)
    if (!found) fresh.push(item)
    else if (operation) changed.push({ item, operation })
    const isNew = !found || isRemoved(found)
    const { _id: id } = found ?? item.insert
    plan(progress, item, { outcome: isNew ? 'inserted' : operation ? 'updated' : 'unchanged', id })
  }
  return [
    ...(await insertAll(fresh, options, progress)),
    ...(await updateAll(changed, options.collection, progress)),
  ]
}

/** What a broken-off attempt already did looks unchanged to the next: the first finding counts. */
function plan(
  progress: Progress,
  item: Item,
  planned: { readonly outcome: Outcome; readonly id: unknown },
): void {
  if (planned.outcome === 'unchanged' && progress.outcomes.has(item.index)) return
  progress.outcomes.set(item.index, planned)
}

/** Deleted, and only waiting for its event to be relayed (`removeWithEvent`). */
function isRemoved(found: Fields): boolean {
  return found['removedAt'] instanceof Date
}

function fail(progress: Progress, item: Item, reason: string): void {
  progress.outcomes.delete(item.index)
  progress.failed.set(item.index, reason)
}

async function lookUp(
  batch: readonly Item[],
  { collection, key, within, mode }: BulkOptions,
): Promise<Map<string, Fields>> {
  // One $in per key field finds a superset by the index; its members are told apart by `idOf`.
  const filter: Record<string, unknown> = { ...within }
  for (const field of key) filter[field] = { $in: batch.map(({ set }) => set[field]) }
  const wanted = new Set(batch.map(({ id }) => id))
  const found = new Map<string, Fields>()
  // A replacement is compared type by type, so numbers keep theirs.
  for await (const document of collection.find(filter, { promoteValues: mode === 'merge' })) {
    const id = idOf(document, key)
    if (wanted.has(id)) found.set(id, document)
  }
  return found
}

function updateOf(item: Item, found: Fields, options: BulkOptions): Operation | undefined {
  const filter = { ...options.within, ...pick(item.set, options.key) }
  if (isRemoved(found)) return { updateOne: { filter, update: revival(item, found, options) } }
  const changes = Object.entries(item.set).filter(
    ([field, value]) => value !== undefined && !isSame(value, found[field]),
  )
  if (options.mode === 'merge') {
    if (changes.length === 0) return undefined
    const $set = { ...Object.fromEntries(changes), ...options.onUpdate }
    const further = options.companions?.updated(found, item.set)
    return { updateOne: { filter, update: { ...further, $set } } }
  }
  const isSuperfluous = (field: string) => item.set[field] === undefined
  if (changes.length === 0 && !Object.keys(found).some(isSuperfluous)) return undefined
  return { replaceOne: { filter, replacement: { ...item.set, ...options.onUpdate } } }
}

/** Puts a new record where a removed one of the same key still lies; its events wait there, too. */
function revival(
  { insert }: Item,
  found: Fields,
  { companions }: BulkOptions,
): Record<string, unknown> {
  const { _id: _kept, ...fields } = insert
  return {
    $set: fields,
    $unset: { removedAt: 1 },
    ...(companions ? { $push: { pendingEvents: companions.revived(found, insert) } } : {}),
  }
}

function pick(fields: Fields, names: readonly string[]): Fields {
  return Object.fromEntries(names.map((name) => [name, fields[name]]))
}

/** Equal as the database stores them: types and the order of nested fields count. */
function isSame(a: unknown, b: unknown): boolean {
  if (a === b) return true
  if (typeof a === 'string' || typeof b === 'string') return false
  return Buffer.compare(serialize({ v: a }), serialize({ v: b })) === 0
}

async function insertAll(
  items: readonly Item[],
  { collection, companions }: BulkOptions,
  progress: Progress,
): Promise<readonly Item[]> {
  if (items.length === 0) return []
  const documents = items.map(({ insert }) => ({ ...insert, ...companions?.inserted(insert) }))
  const { errors } = await settle(() =>
    collection.insertMany(documents, { ordered: false, ignoreUndefined: true }),
  )
  failAll(errors, items, progress)
  return at(
    items,
    errors.filter(({ code }) => code === duplicateKey),
  )
}

async function updateAll(
  changed: readonly { item: Item; operation: Operation }[],
  collection: NativeCollection,
  progress: Progress,
): Promise<readonly Item[]> {
  if (changed.length === 0) return []
  const items = changed.map(({ item }) => item)
  const operations = changed.map(({ operation }) => operation)
  const { errors, matched } = await settle(() =>
    collection.bulkWrite(operations, { ordered: false, ignoreUndefined: true }),
  )
  failAll(errors, items, progress)
  const isSomeGone = matched < items.length - errors.length
  return isSomeGone ? items.filter((item) => !progress.failed.has(item.index)) : []
}

function failAll(errors: readonly WriteError[], items: readonly Item[], progress: Progress): void {
  for (const error of errors) {
    const item = items[error.index]
    if (item) fail(progress, item, error.reason)
  }
}

function at(items: readonly Item[], errors: readonly WriteError[]): Item[] {
  const positions = new Set(errors.map(({ index }) => index))
  return items.filter((_, position) => positions.has(position))
}

/** An unordered write goes on after errors and throws them together at the end. */
async function settle(
  write: () => Promise<{ insertedCount: number; matchedCount?: number }>,
): Promise<{ errors: WriteError[]; matched: number }> {
  try {
    const { matchedCount = 0 } = await write()
    return { errors: [], matched: matchedCount }
  } catch (error) {
    if (!(error instanceof mongoose.mongo.MongoBulkWriteError)) throw error
    const errors = [error.writeErrors].flat()
    if (errors.length === 0) throw error
    return {
      errors: errors.map(({ index, code, errmsg }) => ({
        index,
        code,
        reason: reasonOf(code, errmsg ?? ''),
      })),
      matched: error.result.matchedCount,
    }
  }
}

/** The server's message repeats the values, which may be personal data. */
function reasonOf(code: number, message: string): string {
  if (code !== duplicateKey) return `was refused by the database (code ${code})`
  const index = / index: (\S+)/.exec(message)?.[1] ?? 'a unique index'
  return `has the same values as another document under ${index}`
}
