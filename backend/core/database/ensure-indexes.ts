import mongoose from 'mongoose'
import { AppError } from '../../../shared/errors.ts'

/** Codes of a server that has an index of the same name or keys with other options. */
const indexConflicts = new Set([85, 86])

/** Creates the indexes that the models declare and that are missing: mongoose does not do it by itself here. */
export async function ensureIndexes(
  models: readonly { readonly modelName: string; createIndexes(): Promise<void> }[],
): Promise<void> {
  for (const model of models) {
    try {
      await model.createIndexes()
    } catch (error) {
      const code = error instanceof mongoose.mongo.MongoServerError ? error.code : undefined
      if (typeof code !== 'number' || !indexConflicts.has(code)) throw error
      throw new AppError(
        'migration_failed',
        `an index of ${model.modelName} differs from the one in the database: add a migration that drops the old one`,
        { cause: error },
      )
    }
  }
}
