import { setTimeout as delay } from 'node:timers/promises'
import mongoose from 'mongoose'

const delaysMs = [100, 200, 400, 800, 1600]

/**
 * Repeats a write that broke off with its connection: the embedded engine has no retryable writes and may be
 * restarted at any time. Only for writes that are right when done twice (upserts, keyed inserts).
 */
export async function retryOnDisconnect<T>(write: () => Promise<T>): Promise<T> {
  for (const pause of delaysMs) {
    try {
      return await write()
    } catch (error) {
      if (!isDisconnect(error)) throw error
      await delay(pause)
    }
  }
  return write()
}

/** Whether the database was away, rather than the operation wrong. */
export function isDisconnect(error: unknown): boolean {
  const { MongoNetworkError, MongoServerError, MongoServerSelectionError } = mongoose.mongo
  if (error instanceof MongoNetworkError || error instanceof MongoServerSelectionError) return true
  // `insertMany` and `bulkWrite` wrap whatever befell them in an error of the server.
  return error instanceof MongoServerError && isDisconnect(error.errorResponse)
}
