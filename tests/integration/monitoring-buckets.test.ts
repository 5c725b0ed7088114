import { expect, it } from 'vitest'
import { startTtlSweeper } from '../../backend/core/database/ttl-sweeper.ts'
import { createLogger } from '../../backend/core/logging.ts'
import { addToMinutes, BucketModel } from '../../backend/modules/monitoring/bucket-store.ts'
import { createBucketWriter } from '../../backend/modules/monitoring/bucket-writer.ts'
import { readMetrics } from '../../backend/modules/monitoring/read-metrics.ts'
import { rollUp } from '../../backend/modules/monitoring/roll-up.ts'
import { readSlo } from '../../backend/modules/monitoring/slo.ts'
import { useTestDatabase } from '../support/database.ts'

useTestDatabase()

const start = Date.parse('2026-11-20T00:00:00Z')
const minute = 60_000
const hour = 60 * minute
const day = 24 * hour
const ok = { ok: true, code: null, durationMs: 100, bytes: 10, rows: 2, count: 1 } as const
const failed = { ...ok, ok: false, code: 'timeout', rows: 0 }

const of = (connectionId: string, capability = 'roster.pull') => ({
  tenantId: `ten_${connectionId}`,
  connectionId,
  capability,
})
const iso = (at: number) => new Date(at).toISOString()

it('holds exactly what happened although every third acknowledgement is lost', async () => {
  let writes = 0
  const writer = createBucketWriter({
    store: {
      async add(additions, batch) {
        await addToMinutes(additions, batch)
        writes += 1
        if (writes % 3 === 1) throw new Error('the acknowledgement was lost')
      },
    },
  })
  const owner = of('con_lost')

  for (let n = 0; n < 300; n++) {
    writer.add(owner, start + n * 30_000, n % 10 === 0 ? failed : ok)
    if (n % 20 === 0) await writer.flush().catch(() => undefined)
  }
  await writer.flush().catch(() => writer.flush())

  const all = await readMetrics(owner, { from: iso(start), to: iso(start + 3 * hour) }, start + day)
  expect(all.resolution).toBe('1m')
  expect(all.points).toHaveLength(150)
  expect(all.total).toMatchObject({
    ok: 270,
    failed: 30,
    codes: { timeout: 30 },
    bytes: 3000,
    rows: 540,
  })
})

it('counts right when several processes write the same minute at once', async () => {
  const owner = of('con_many')
  const writers = Array.from({ length: 5 }, () => createBucketWriter())

  await Promise.all(
    writers.map(async (writer) => {
      for (let round = 0; round < 6; round++) {
        for (let n = 0; n < 20; n++) writer.add(owner, start + n, ok)
        await writer.flush()
      }
    }),
  )

  const query = { from: iso(start), to: iso(start + hour) }
  expect((await readMetrics(owner, query, start + hour)).total.ok).toBe(600)
})

it('rolls up to the same figures, once or twice, and takes what comes late', async () => {
  await rollUp(start + 30 * day)
  const owner = of('con_rolled')
  const writer = createBucketWriter()
  for (let n = 0; n < 36 * 60; n += 5) {
    writer.add(owner, start + n * minute, n % 100 === 0 ? failed : ok)
  }
  await writer.flush()
  const now = start + 40 * hour
  const figures = async () =>
    Promise.all(
      (['1m', '15m', '1h', '1d'] as const).map((resolution) =>
        readMetrics(owner, { from: iso(start), to: iso(now), resolution }, now),
      ),
    )
  const before = await figures()
  for (const { total } of before) expect(total).toEqual(before[0]?.total)
  expect(before[0]?.total).toMatchObject({ ok: 410, failed: 22, bytes: 4320 })
  expect(before.map(({ points }) => points.length)).toEqual([432, 144, 36, 2])

  expect(await rollUp(now)).toBe(37)
  const once = await figures()
  expect(once).toEqual(before)
  await Promise.all([rollUp(now), rollUp(now)])
  expect(await rollUp(now)).toBe(0)
  expect(await figures()).toEqual(before)

  writer.add(owner, start + 90 * minute, ok)
  await writer.flush()
  await Promise.all([rollUp(now), rollUp(now), rollUp(now)])
  const late = await figures()
  for (const { total } of late) expect(total.ok).toBe(411)
  const stored = await BucketModel.find({ tenantId: owner.tenantId, resolution: '1d' }).lean()
  expect(stored.flatMap(({ slots }) => Object.values(slots)).map(({ n }) => n)).toEqual([273 + 1])
})

it('forgets minutes after two days and hours after ninety, but nothing that is not rolled up', async () => {
  const owner = of('con_old')
  const writer = createBucketWriter()
  writer.add(owner, start, ok)
  await writer.flush()
  const at = start + 30 * day
  const { sweep, stop } = startTtlSweeper({
    models: [BucketModel],
    log: createLogger({ level: 'silent' }),
    now: () => at,
  })
  const query = { from: iso(start - day), to: iso(start + day), resolution: '1d' } as const

  await sweep()
  expect((await readMetrics(owner, query, at)).total.ok).toBe(1)
  await rollUp(at)
  await sweep()

  expect((await readMetrics(owner, query, at)).total.ok).toBe(1)
  const left = await BucketModel.find({ tenantId: owner.tenantId }).lean()
  expect(left.map(({ resolution }) => resolution).sort()).toEqual(['1d', '1h'])
  await stop()
})

it('tells availability by time, however often a failing connection is checked', async () => {
  const owner = of('con_slo', 'health')
  const writer = createBucketWriter()
  const now = start + 3 * day
  for (let at = now - 2 * day; at < now; at += 5 * minute) writer.add(owner, at, ok)
  // Half an hour down, an hour ago, checked every half minute.
  const down = now - 90 * minute
  for (let at = down; at < down + 30 * minute; at += 30_000) {
    if (at % (5 * minute) !== 0) writer.add(owner, at, failed)
  }
  await writer.flush()

  const slo = await readSlo(owner, now)
  await rollUp(now)
  expect(await readSlo(owner, now)).toEqual(slo)

  expect(slo.observedMinutes).toBe(2880)
  expect(slo.errorBudget.allowed).toBe(43.2)
  // In each minute with a regular check one of two succeeded.
  expect(slo.errorBudget.used).toBe(27)
  expect(slo.errorBudget.left).toBe(16.2)
  expect(slo.availability).toBeCloseTo(100 * (1 - 27 / 2880), 3)
  expect(slo.burnRate.hour).toBe(0)
  expect(slo.burnRate.sixHours).toBeCloseTo(27 / 360 / 0.001, 0)
  expect((await readSlo(of('con_none', 'health'), now)).availability).toBeNull()
})

it('finds nothing of a connection under another tenant', async () => {
  const owner = of('con_hostile')
  const writer = createBucketWriter()
  writer.add(owner, start, ok)
  await writer.flush()

  const query = { from: iso(start), to: iso(start + hour) }
  const other = { ...owner, tenantId: 'ten_other' }
  expect((await readMetrics(owner, query, start + hour)).total.ok).toBe(1)
  expect((await readMetrics(other, query, start + hour)).points).toEqual([])
})
