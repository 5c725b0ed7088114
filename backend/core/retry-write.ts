import { setTimeout as wait } from 'node:timers/promises'
import { mongo } from 'mongoose'

const delaysMs = [50, 150, 400, 1000, 2000]

/** Whether the database was away rather than the operation wrong. */
export function isConnectionLoss(error: unknown): boolean {
  return (
    error instanceof mongo.MongoNetworkError || error instanceof mongo.MongoServerSelectionError
  )
}

/**
 * Repeats a write that the database may or may not have taken when its connection broke.
 * Only for writes that change nothing the second time: keyed inserts, upserts, updates of a named version.
 */
export async function retryWrite<T>(write: () => Promise<T>): Promise<T> {
  for (const delayMs of delaysMs) {
    try {
      return await write()
    } catch (error) {
      if (!isConnectionLoss(error)) throw error
      await wait(delayMs)
    }
  }
  return await write()
}
