import { randomBytes } from 'node:crypto'
import mongoose, { Schema } from 'mongoose'
import { afterAll, beforeAll, expect, inject, it } from 'vitest'
import { insertOnce } from '../../backend/core/database/insert-once.ts'
import { connectMongoose } from '../../backend/core/database/open-database.ts'
import { tenantScoped } from '../../backend/core/tenancy.ts'

interface Row {
  _id: string
  tenantId: string
  size: number
}

const schema = new Schema<Row>({ _id: String, size: Number }, { autoIndex: false })
schema.plugin(tenantScoped)
const RowModel = mongoose.model('InsertOnceRow', schema)

beforeAll(async () => {
  await connectMongoose(inject('mongodbUri'), `test_${randomBytes(6).toString('hex')}`)
})

afterAll(async () => {
  await mongoose.connection.dropDatabase()
  await mongoose.disconnect()
})

const give = (id: string, size = 0) => insertOnce(RowModel, { _id: id, tenantId: 't1', size })

it('tells of rows given at the same moment which are new, and keeps the first of each', async () => {
  await give('before', 1)

  const answers = await Promise.all([give('a', 1), give('before', 2), give('a', 2), give('b', 1)])

  expect(answers).toEqual([true, false, false, true])
  const rows = await RowModel.find({ tenantId: 't1' }).sort({ _id: 1 }).lean()
  expect(rows.map(({ _id, size }) => [_id, size])).toEqual([
    ['a', 1],
    ['b', 1],
    ['before', 1],
  ])
})

it('lets exactly one of many callers at once have an id', async () => {
  const answers = await Promise.all(Array.from({ length: 50 }, (_, size) => give('wanted', size)))

  expect(answers.filter((isNew) => isNew)).toHaveLength(1)
})

it('fails for all that were given together where the command fails', async () => {
  const huge = 'x'.repeat(17 * 1024 * 1024)

  const answers = await Promise.allSettled([
    insertOnce(RowModel, { _id: 'huge', tenantId: 't1', huge }),
    give('beside'),
  ])

  expect(answers[0]?.status).toBe('rejected')
  expect(await RowModel.countDocuments({ tenantId: 't1', _id: 'huge' })).toBe(0)
})
