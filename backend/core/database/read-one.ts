import { assertNamesTenant } from '../tenancy.ts'
import { type Fields, nativeDb } from './native-collection.ts'
import { isDisconnect } from './retry-write.ts'

/** What is read of a mongoose model. */
export interface ReadModel {
  readonly modelName: string
  readonly schema: object
  readonly collection: { readonly collectionName: string }
}

/**
 * The one document of a filter, as it is stored: for the reads that most requests begin with.
 * A bare `find` command makes no query, no cursor and no casts, which together cost as much as the read itself.
 * Like other operations on tenants' data it must name the tenant, or say why it cannot.
 */
export async function readOne<Row>(
  model: ReadModel,
  filter: Fields,
  { acrossTenants }: { readonly acrossTenants?: string } = {},
): Promise<Row | null> {
  if (!acrossTenants) assertNamesTenant(model, 'readOne', filter)
  const command = {
    find: model.collection.collectionName,
    filter,
    limit: 1,
    singleBatch: true,
  }
  const answer = await repeatOnce(() => nativeDb().command(command))
  // What lies in the collection of a model was written as its rows are.
  return (answer['cursor'].firstBatch[0] as Row | undefined) ?? null
}

/** Retryable reads, which the driver leaves to whoever sends a command: one repetition after a disconnect. */
export async function repeatOnce<T>(read: () => Promise<T>): Promise<T> {
  try {
    return await read()
  } catch (error) {
    if (!isDisconnect(error)) throw error
    return read()
  }
}
