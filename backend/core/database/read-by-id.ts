import { assertNamesTenant } from '../tenancy.ts'
import { type Fields, nativeDb } from './native-collection.ts'
import { type ReadModel, repeatOnce } from './read-one.ts'

/** Those who wait for one document. */
interface Waiter {
  resolve(row: unknown): void
  reject(error: unknown): void
}

/** The ids that were asked for since the event loop last looked for requests, by what else they must match. */
const batches = new Map<string, Map<string, Waiter[]>>()

/**
 * One document by its id. What is asked for in the same turn of the event loop, by however many requests, goes to the
 * database as one command: under load a read costs a fraction of a command, alone it waits for nothing.
 * Whoever asked for the same document shares the row, so nobody may change it.
 */
export function readById<Row>(
  model: ReadModel,
  id: string,
  others: Fields & { readonly tenantId: string },
): Promise<Row | null> {
  assertNamesTenant(model, 'readById', others)
  const key = `${model.collection.collectionName} ${JSON.stringify(others)}`
  const batch = batches.get(key) ?? begin(key, model, others)
  return new Promise((resolve, reject) => {
    // What lies in the collection of a model was written as its rows are.
    const waiter: Waiter = { resolve: (row) => resolve(row as Row | null), reject }
    const waiting = batch.get(id)
    if (waiting) waiting.push(waiter)
    else batch.set(id, [waiter])
  })
}

function begin(key: string, model: ReadModel, others: Fields): Map<string, Waiter[]> {
  const batch = new Map<string, Waiter[]>()
  batches.set(key, batch)
  // Runs when every request that has arrived by now has been looked at.
  setImmediate(() => {
    batches.delete(key)
    void answer(batch, model, others)
  })
  return batch
}

async function answer(
  batch: ReadonlyMap<string, readonly Waiter[]>,
  model: ReadModel,
  others: Fields,
): Promise<void> {
  const [first, ...more] = batch.keys()
  const command = {
    find: model.collection.collectionName,
    filter: { _id: more.length === 0 ? first : { $in: [first, ...more] }, ...others },
    limit: batch.size,
    singleBatch: true,
    batchSize: batch.size,
  }
  try {
    const found = await repeatOnce(() => nativeDb().command(command))
    const rows = new Map<unknown, unknown>()
    for (const row of found['cursor'].firstBatch) rows.set(row._id, row)
    for (const [id, waiting] of batch) {
      for (const { resolve } of waiting) resolve(rows.get(id) ?? null)
    }
  } catch (error) {
    for (const waiting of batch.values()) for (const { reject } of waiting) reject(error)
  }
}
