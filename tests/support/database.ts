import mongoose from 'mongoose'
import { afterAll, beforeAll, inject } from 'vitest'
import { connectMongoose } from '../../backend/core/database/open-database.ts'
import { giveBackDatabase, takeDatabase } from './database-pool.ts'

export interface TestDatabase {
  readonly uri: string
  readonly dbName: string
}

/**
 * Gives a test file a database of its own on the default mongoose connection, with the indexes of
 * every model that the file imports, and empties it afterwards.
 */
export function useTestDatabase(): TestDatabase {
  const uri = inject('mongodbUri')
  const dbName = takeDatabase()

  beforeAll(async () => {
    await connectMongoose(uri, dbName)
    for (const model of Object.values(mongoose.models)) await createIndexes(model)
  })

  afterAll(async () => {
    await mongoose.disconnect()
    await giveBackDatabase(dbName)
  })

  return { uri, dbName }
}

const indexConflicts: readonly unknown[] = [85, 86]

/** Another file may have declared a model of its own for this collection. */
async function createIndexes(model: mongoose.Model<unknown>): Promise<void> {
  try {
    await model.createIndexes()
  } catch (error) {
    if (!(error instanceof mongoose.mongo.MongoServerError)) throw error
    if (!indexConflicts.includes(error.code)) throw error
    await model.collection.dropIndexes()
    await model.createIndexes()
  }
}
