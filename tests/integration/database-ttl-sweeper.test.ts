import mongoose, { Schema } from 'mongoose'
import { afterEach, describe, expect, it } from 'vitest'
import { startTtlSweeper, type TtlSweeper } from '../../backend/core/database/ttl-sweeper.ts'
import { createLogger } from '../../backend/core/logging.ts'
import { tenantScoped } from '../../backend/core/tenancy.ts'
import { useTestDatabase } from '../support/database.ts'

const nonceSchema = new Schema(
  { value: String, expiresAt: { type: Date, expires: 0 } },
  { collection: 'swept_nonces' },
)
nonceSchema.plugin(tenantScoped)
const Nonce = mongoose.model('SweptNonce', nonceSchema)

const visitSchema = new Schema({ at: Date, kept: Boolean }, { collection: 'swept_visits' })
visitSchema.index({ at: 1 }, { expireAfterSeconds: 3600, partialFilterExpression: { kept: false } })
const Visit = mongoose.model('SweptVisit', visitSchema)

useTestDatabase()

const log = createLogger({ level: 'silent' })
const now = Date.parse('2026-11-23T12:00:00Z')
const secondsAgo = (seconds: number) => new Date(now - seconds * 1000)
let sweeper: TtlSweeper | undefined

afterEach(async () => {
  await sweeper?.stop()
})

describe('the sweeper of expired documents', () => {
  it('deletes what a schema says has expired, of every tenant, and nothing else', async () => {
    await Nonce.insertMany([
      { tenantId: 'ten_a', value: 'old', expiresAt: secondsAgo(1) },
      { tenantId: 'ten_b', value: 'old', expiresAt: secondsAgo(0) },
      { tenantId: 'ten_a', value: 'fresh', expiresAt: secondsAgo(-1) },
      { tenantId: 'ten_a', value: 'lasting' },
    ])
    await Visit.insertMany([
      { at: secondsAgo(3601), kept: false },
      { at: secondsAgo(3601), kept: true },
      { at: secondsAgo(3599), kept: false },
    ])
    sweeper = startTtlSweeper({ models: [Nonce, Visit], log, now: () => now })

    const deleted = await sweeper.sweep()

    expect(deleted).toBe(3)
    const left = await Nonce.find({ tenantId: { $in: ['ten_a', 'ten_b'] } }).lean()
    expect(left.map(({ value }) => value).sort()).toEqual(['fresh', 'lasting'])
    expect(await Visit.countDocuments()).toBe(2)
  })

  it('sweeps collections without a model by an explicit rule, again and again until it is stopped', async () => {
    const leases = mongoose.connection.collection('swept_leases')
    sweeper = startTtlSweeper({
      rules: [{ collection: 'swept_leases', field: 'until', afterSeconds: 10 }],
      log,
      everyMs: 20,
      now: () => now,
    })

    await leases.insertOne({ until: secondsAgo(11) })
    await expect.poll(() => leases.countDocuments()).toBe(0)
    await leases.insertOne({ until: secondsAgo(11) })
    await expect.poll(() => leases.countDocuments()).toBe(0)
    await sweeper.stop()
    await leases.insertOne({ until: secondsAgo(11) })
    await new Promise((resolve) => setTimeout(resolve, 80))

    expect(await leases.countDocuments()).toBe(1)
  })
})
