import { type Fields, nativeCollection } from './native-collection.ts'

type Row = Fields & { readonly _id: string; readonly tenantId: string }

interface Waiter {
  readonly row: Row
  resolve(isNew: boolean): void
  reject(error: unknown): void
}

interface WriteError {
  readonly index: number
  readonly code: number
}

/** What was given since the event loop last looked for requests, by collection. */
const batches = new Map<string, Waiter[]>()

const duplicateKey = 11000

/**
 * Inserts a document and answers whether it is new; false where its `_id`, or another unique key, is taken.
 * What is given in the same turn of the event loop, by however many requests, goes to the database as one command
 * and waits for the journal together. Nothing is cast: every value must be what is to be stored.
 */
export function insertOnce(
  model: { readonly collection: { readonly collectionName: string } },
  row: Row,
): Promise<boolean> {
  const name = model.collection.collectionName
  let batch = batches.get(name)
  if (!batch) {
    const begun: Waiter[] = []
    batch = begun
    batches.set(name, begun)
    setImmediate(() => {
      batches.delete(name)
      void insert(model, begun)
    })
  }
  const waiting = batch
  return new Promise((resolve, reject) => {
    waiting.push({ row, resolve, reject })
  })
}

async function insert(
  model: Parameters<typeof insertOnce>[0],
  batch: readonly Waiter[],
): Promise<void> {
  const rows = batch.map(({ row }) => ({ ...row }) as Record<string, unknown>)
  try {
    await nativeCollection(model).insertMany(rows, { ordered: false })
    for (const { resolve } of batch) resolve(true)
  } catch (error) {
    settle(batch, error)
  }
}

/** An unordered insert goes on after a row that failed, and says which ones did. */
function settle(batch: readonly Waiter[], error: unknown): void {
  const failures = writeErrorsOf(error)
  for (const [index, { resolve, reject }] of batch.entries()) {
    const failure = failures.get(index)
    if (failures.size === 0) reject(error)
    else if (failure === undefined) resolve(true)
    else if (failure === duplicateKey) resolve(false)
    else reject(error)
  }
}

/** Codes of the rows that failed; empty where the command itself did. */
function writeErrorsOf(error: unknown): Map<number, number> {
  if (!(error instanceof Error) || !('writeErrors' in error)) return new Map()
  // The driver gives one error or a list of them.
  const errors = [error.writeErrors].flat() as WriteError[]
  return new Map(errors.map(({ index, code }) => [index, code]))
}
