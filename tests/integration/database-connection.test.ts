import mongoose from 'mongoose'
import { describe, expect, it } from 'vitest'
import { useTestDatabase } from '../support/database.ts'

const { dbName, uri } = useTestDatabase()

describe('the connection to the engine', () => {
  it('is one database of the test file, on the engine of the whole run', () => {
    expect(mongoose.connection.name).toBe(dbName)
    expect(process.env['TEST_MONGODB_URI']).toBe(uri)
  })

  it('asks for every write to be on disk before it is acknowledged', () => {
    const { writeConcern } = mongoose.connection.getClient()

    // At `majority` the embedded engine acknowledges before its journal is written.
    expect(writeConcern).toMatchObject({ w: 1, journal: true })
  })

  it.each([
    'startSession',
    'endSessions',
    'refreshSessions',
    'killSessions',
    'killAllSessions',
    'commitTransaction',
    'abortTransaction',
  ])('answers CommandNotFound to %s, which kills the engine, and goes on serving', async (name) => {
    const admin = mongoose.connection.getClient().db('admin')

    await expect(admin.command({ [name]: 1 })).rejects.toMatchObject({
      code: 59,
      codeName: 'CommandNotFound',
    })
    await expect(admin.command({ ping: 1 })).resolves.toMatchObject({ ok: 1 })
  })
})
