import { randomBytes } from 'node:crypto'
import mongoose from 'mongoose'
import { afterAll, beforeAll, inject } from 'vitest'
import { connectMongoose } from '../../backend/core/database/open-database.ts'

export interface TestDatabase {
  readonly uri: string
  readonly dbName: string
}

/**
 * Gives a test file a database of its own on the default mongoose connection, with the indexes of
 * every model that the file imports, and drops it afterwards.
 */
export function useTestDatabase(): TestDatabase {
  const uri = inject('mongodbUri')
  const dbName = `test_${randomBytes(6).toString('hex')}`

  beforeAll(async () => {
    await connectMongoose(uri, dbName)
    for (const model of Object.values(mongoose.models)) await model.createIndexes()
  })

  afterAll(async () => {
    await mongoose.connection.dropDatabase()
    await mongoose.disconnect()
  })

  return { uri, dbName }
}
