import { randomBytes } from 'node:crypto'
import { once } from 'node:events'
import { type AddressInfo, connect, createServer } from 'node:net'
import mongoose, { Schema } from 'mongoose'
import { afterAll, beforeAll, expect, inject, it } from 'vitest'
import { connectMongoose } from '../../backend/core/database/open-database.ts'
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
  ])
})

afterAll(async () => {
  await mongoose.connection.dropDatabase()
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
