import mongoose from 'mongoose'
import { describe, expect, it } from 'vitest'
import { isDisconnect, retryOnDisconnect } from './retry-write.ts'

const { MongoBulkWriteError, MongoNetworkError, MongoServerError } = mongoose.mongo
const lost = new MongoNetworkError('read ECONNRESET')
// The driver makes the second argument itself; only the first matters here.
const wrapped = new MongoBulkWriteError(lost as never, {} as never)
const refused = new MongoServerError({ message: 'E11000 duplicate key', code: 11000 })

describe('isDisconnect', () => {
  it('knows a lost connection, also inside the error of a bulk write', () => {
    expect(isDisconnect(lost)).toBe(true)
    expect(isDisconnect(wrapped)).toBe(true)
    expect(isDisconnect(refused)).toBe(false)
    expect(isDisconnect(new TypeError('ours'))).toBe(false)
  })
})

describe('retryOnDisconnect', () => {
  it('repeats what broke off and passes on what was refused', async () => {
    const outcomes: unknown[] = [lost, wrapped, 'written']
    const write = async () => {
      const outcome = outcomes.shift()
      if (outcome instanceof Error) throw outcome
      return outcome
    }

    expect(await retryOnDisconnect(write)).toBe('written')
    outcomes.push(refused, 'not reached')
    await expect(retryOnDisconnect(write)).rejects.toBe(refused)
    expect(outcomes).toEqual(['not reached'])
  })
})
