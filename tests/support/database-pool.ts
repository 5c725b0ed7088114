import mongoose from 'mongoose'
import { inject } from 'vitest'

interface Pool {
  readonly free: string[]
  made: number
}

// The files of a worker share it, however often this module is loaded.
const shared = globalThis as { edpsychDatabases?: Pool }
shared.edpsychDatabases ??= { free: [], made: 0 }
const pool = shared.edpsychDatabases

/**
 * The name of an empty database that nobody else uses. They are emptied and used again, not dropped: the engine
 * keeps the files of dropped collections open, and aborts where it has too many.
 */
export function takeDatabase(): string {
  const free = pool.free.pop()
  if (free !== undefined) return free
  pool.made += 1
  return `test_${process.pid}_${process.env['VITEST_WORKER_ID'] ?? '0'}_${pool.made}`
}

/** Empties a database whose users are gone, and keeps its collections and indexes for the next. */
export async function giveBackDatabase(name: string): Promise<void> {
  const client = await new mongoose.mongo.MongoClient(inject('mongodbUri')).connect()
  try {
    const collections = await client.db(name).collections()
    await Promise.all(
      collections
        .filter(({ collectionName }) => !collectionName.startsWith('system.'))
        .map((collection) => collection.deleteMany({})),
    )
    pool.free.push(name)
  } finally {
    await client.close()
  }
}
