import { randomBytes } from 'node:crypto'
import { once } from 'node:events'
import { type AddressInfo, connect, createServer } from 'node:net'
import mongoose, { Schema } from 'mongoose'
import { afterAll, beforeAll, expect, inject, it } from 'vitest'
import { connectMongoose } from '../../backend/core/database/open-database.ts'
import { readById } from '../../backend/core/database/read-by-id.ts'
import { readOne } from '../../backend/core/database/read-one.ts'
import { tenantScoped } from '../../backend/core/tenancy.ts'
import { startTcpBridge, type TcpBridge } from '../support/tcp-bridge.ts'

interface Row {
  _id: string
  tenantId: string
  madeAt: Date
}

const schema = new Schema<Row>({ _id: String, madeAt: Date }, { autoIndex: false })
schema.plugin(tenantScoped)
const RowModel = mongoose.model('ReadOneRow', schema)

/** How many of the next commands that speak of `cut-me` lose their connection. */
let cuts = 0
let asked = 0
let bridge: TcpBridge

const proxy = createServer((incoming) => {
  const outgoing = connect(Number(new URL(bridge.uri).port), '127.0.0.1')
  outgoing.on('error', () => incoming.destroy())
  incoming.on('error', () => outgoing.destroy())
  incoming.on('close', () => outgoing.destroy())
  outgoing.pipe(incoming)
  incoming.on('data', (chunk) => {
    if (chunk.includes('cut-me')) asked += 1
    if (chunk.includes('cut-me') && cuts > 0) {
      cuts -= 1
      incoming.destroy()
    } else outgoing.write(chunk)
  })
})

beforeAll(async () => {
  bridge = await startTcpBridge(inject('mongodbUri'))
  proxy.listen(0, '127.0.0.1')
  await once(proxy, 'listening')
  const uri = new URL(bridge.uri)
  uri.port = String((proxy.address() as AddressInfo).port)
  await connectMongoose(uri.href, `test_${randomBytes(6).toString('hex')}`)
  const madeAt = new Date('2026-11-23T00:00:00.000Z')
  await RowModel.create([
    { _id: 'one', tenantId: 't1', madeAt },
    { _id: 'cut-me', tenantId: 't1', madeAt },
    { _id: 'cut-me-too', tenantId: 't1', madeAt },
    { _id: 'cut-me-as-well', tenantId: 't2', madeAt },
  ])
})

afterAll(async () => {
  // Not by mongoose, which after a cut waits for the next heartbeat.
  await mongoose.connection.getClient().db(mongoose.connection.name).dropDatabase()
  await mongoose.disconnect()
  proxy.close()
  await bridge.close()
})

it('reads the document of a tenant as it is stored', async () => {
  const row = await readOne<Row>(RowModel, { _id: 'one', tenantId: 't1' })

  expect(row).toMatchObject({ _id: 'one', tenantId: 't1' })
  expect(row?.madeAt).toEqual(new Date('2026-11-23T00:00:00.000Z'))
  expect(await readOne(RowModel, { _id: 'one', tenantId: 't2' })).toBeNull()
})

it('refuses a read that names no tenant, unless it says why', async () => {
  for (const tenantId of [undefined, null, '', { $ne: 't2' }]) {
    await expect(readOne(RowModel, { _id: 'one', tenantId })).rejects.toThrow(/without tenantId/)
  }

  expect(await readOne(RowModel, { _id: 'one' }, { acrossTenants: 'a test' })).not.toBeNull()
})

it('repeats a read once that lost its connection', async () => {
  cuts = 1
  asked = 0
  const row = await readOne<Row>(RowModel, { _id: 'cut-me', tenantId: 't1' })
  const askedFor = asked
  cuts = 2

  await expect(readOne(RowModel, { _id: 'cut-me', tenantId: 't1' })).rejects.toThrow()

  expect(row?._id).toBe('cut-me')
  expect(askedFor).toBe(2)
  expect(cuts).toBe(0)
})

it('sends what is asked for at the same moment as one command, and each gets its own document', async () => {
  asked = 0
  const ids = ['cut-me', 'cut-me-too', 'cut-me', 'nothing', 'cut-me-as-well']

  const rows = await Promise.all(ids.map((id) => readById<Row>(RowModel, id, { tenantId: 't1' })))

  expect(rows.map((row) => row?._id)).toEqual([
    'cut-me',
    'cut-me-too',
    'cut-me',
    undefined,
    undefined,
  ])
  expect(asked).toBe(1)
})

it('never mixes the reads of two tenants, nor those of different conditions', async () => {
  asked = 0

  const rows = await Promise.all([
    readById<Row>(RowModel, 'cut-me-as-well', { tenantId: 't1' }),
    readById<Row>(RowModel, 'cut-me-as-well', { tenantId: 't2' }),
    readById<Row>(RowModel, 'cut-me-as-well', { tenantId: 't2', madeAt: null }),
  ])

  expect(rows.map((row) => row?._id)).toEqual([undefined, 'cut-me-as-well', undefined])
  expect(asked).toBe(3)
})

it('reads anew at every moment, and tells all who wait of a failure', async () => {
  await readById<Row>(RowModel, 'one', { tenantId: 't1' })
  await RowModel.updateOne({ _id: 'one', tenantId: 't1' }, { $set: { madeAt: new Date(0) } })
  const again = await readById<Row>(RowModel, 'one', { tenantId: 't1' })
  cuts = 2

  const failed = await Promise.allSettled(
    ['cut-me', 'cut-me-too'].map((id) => readById(RowModel, id, { tenantId: 't1' })),
  )

  expect(again?.madeAt).toEqual(new Date(0))
  expect(failed.map(({ status }) => status)).toEqual(['rejected', 'rejected'])
})

it('refuses a read by id that names no tenant', () => {
  expect(() => readById(RowModel, 'one', { tenantId: '' })).toThrow(/without tenantId/)
})
