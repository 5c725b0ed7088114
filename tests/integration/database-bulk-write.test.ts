import mongoose, { Schema } from 'mongoose'
import { afterEach, describe, expect, it } from 'vitest'
import { bulkWriteModel } from '../../backend/core/database/bulk-write-model.ts'
import { tenantScoped } from '../../backend/core/tenancy.ts'
import { useTestDatabase } from '../support/database.ts'

const personSchema = new Schema(
  {
    _id: { type: String, default: () => `per_${Math.random()}` },
    sourcedId: { type: String, required: true },
    name: String,
    email: String,
    grades: [String],
    born: Date,
    status: { type: String, default: 'active' },
  },
  { timestamps: true, collection: 'bulk_people' },
)
personSchema.plugin(tenantScoped)
personSchema.index({ tenantId: 1, sourcedId: 1 }, { unique: true })
personSchema.index(
  { tenantId: 1, email: 1 },
  { unique: true, partialFilterExpression: { email: { $exists: true } } },
)
const Person = mongoose.model('BulkPerson', personSchema)

useTestDatabase()

afterEach(async () => {
  await mongoose.connection.collection('bulk_people').deleteMany({})
})

const people = (count: number, name = 'Synthetic') =>
  Array.from({ length: count }, (_, i) => ({ sourcedId: `s${i}`, name, grades: ['07'] }))

const write = (records: Record<string, unknown>[], tenantId = 'ten_a') =>
  bulkWriteModel(Person, records, { tenantId, key: ['sourcedId'] })

const peopleOf = (tenantId: string) => Person.find({ tenantId }).sort({ sourcedId: 1 }).lean()

describe('bulkWriteModel', () => {
  it('inserts what is new over several batches and leaves it alone the second time', async () => {
    const first = await write(people(2500))
    const second = await write(people(2500))

    expect(first).toEqual({ inserted: 2500, updated: 0, unchanged: 0, failed: [] })
    expect(second).toEqual({ inserted: 0, updated: 0, unchanged: 2500, failed: [] })
    expect(await Person.countDocuments({ tenantId: 'ten_a' })).toBe(2500)
  })

  it('sets only the given fields that differ and keeps the rest', async () => {
    await write([{ sourcedId: 's1', name: 'Before', born: '2012-04-05', status: 'left' }])
    const [before] = await peopleOf('ten_a')

    const result = await write([{ sourcedId: 's1', name: 'After', grades: ['08', '09'] }])

    const [after] = await peopleOf('ten_a')
    expect(result).toMatchObject({ inserted: 0, updated: 1 })
    expect(after).toMatchObject({ name: 'After', grades: ['08', '09'], status: 'left' })
    expect(after?._id).toBe(before?._id)
    expect(after?.createdAt).toEqual(before?.createdAt)
    expect(after?.updatedAt.getTime()).toBeGreaterThanOrEqual(before?.updatedAt.getTime() ?? 0)
    expect(after?.born?.toISOString()).toBe('2012-04-05T00:00:00.000Z')
  })

  it('gives new documents the defaults and both timestamps', async () => {
    await write([{ sourcedId: 's1' }])

    const [person] = await peopleOf('ten_a')
    expect(person).toMatchObject({ tenantId: 'ten_a', status: 'active' })
    expect(person?.createdAt).toBeInstanceOf(Date)
    expect(person?.updatedAt).toEqual(person?.createdAt)
  })

  it('never touches a document of another tenant with the same key', async () => {
    await write(people(3, 'A'), 'ten_a')

    const result = await write(people(3, 'B'), 'ten_b')

    expect(result.inserted).toBe(3)
    expect((await peopleOf('ten_a')).map(({ name }) => name)).toEqual(['A', 'A', 'A'])
  })

  it('refuses to work without a tenant, or on a record of another', async () => {
    await expect(bulkWriteModel(Person, people(1), { key: ['sourcedId'] })).rejects.toThrow(
      'BulkPerson needs a tenantId',
    )
    await expect(write([{ sourcedId: 's1', tenantId: 'ten_b' }])).rejects.toThrow(
      'a record of another tenant',
    )
  })

  it('writes the good records and names the bad ones without their values', async () => {
    await write([{ sourcedId: 's9', email: 'taken@example.org' }])

    const result = await write([
      { sourcedId: 's0', name: 'fine' },
      { name: 'no key' },
      { sourcedId: 's1', born: 'someday' },
      { sourcedId: 's0', name: 'twice' },
      { sourcedId: 's2', email: 'taken@example.org' },
      { sourcedId: 's3', name: 'fine too' },
    ])

    expect(result).toEqual({
      inserted: 2,
      updated: 0,
      unchanged: 0,
      failed: [
        { index: 1, reason: 'sourcedId is not valid (required)' },
        { index: 2, reason: 'born is not valid (date)' },
        { index: 3, reason: 'has the same sourcedId as record 0' },
        { index: 4, reason: 'has the same values as another document under tenantId_1_email_1' },
      ],
    })
    expect(JSON.stringify(result)).not.toContain('taken@example.org')
  })

  it('agrees on one document per key when several imports run at once', async () => {
    const results = await Promise.all([1, 2, 3, 4].map(() => write(people(1200))))

    expect(await Person.countDocuments({ tenantId: 'ten_a' })).toBe(1200)
    expect(results.flatMap(({ failed }) => failed)).toEqual([])
  })

  it('takes records as they come and stops between batches when it is aborted', async () => {
    const stop = new AbortController()
    async function* endless() {
      for (let i = 0; ; i++) {
        if (i === 2500) stop.abort(new Error('stopped'))
        yield { sourcedId: `s${i}` }
      }
    }

    const writing = bulkWriteModel(Person, endless(), {
      tenantId: 'ten_a',
      key: ['sourcedId'],
      signal: stop.signal,
    })

    await expect(writing).rejects.toThrow('stopped')
    expect(await Person.countDocuments({ tenantId: 'ten_a' })).toBe(2000)
  })
})
