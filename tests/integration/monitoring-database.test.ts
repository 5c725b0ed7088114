import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { openDatabase } from '../../backend/core/database/open-database.ts'
import { createLogger } from '../../backend/core/logging.ts'
import { BucketModel } from '../../backend/modules/monitoring/bucket-store.ts'
import { CheckModel } from '../../backend/modules/monitoring/check-store.ts'
import { createMonitoringModule } from '../../backend/modules/monitoring/index.ts'
import { WatchModel } from '../../backend/modules/monitoring/watch-store.ts'
import { createWatchedConnections, works } from '../support/watched-connections.ts'

const log = createLogger({ level: 'silent' })

it('goes on where the database is restarted in between, and counts every check once', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'edpsych-monitoring-'))
  const database = await openDatabase({ dataDir: join(folder, 'data'), log, kinds: ['embedded'] })
  let stop = async (): Promise<void> => {}
  try {
    for (const model of [WatchModel, CheckModel, BucketModel]) await model.createIndexes()
    let checks = 0
    // An hour in a few seconds.
    const startedAt = performance.now()
    const base = Date.parse('2026-11-23T08:00:00Z')
    const now = () => new Date(base + (performance.now() - startedAt) * 200)
    const connections = createWatchedConnections({
      now,
      check() {
        checks += 1
        return works
      },
    })
    for (let n = 0; n < 100; n++) connections.add('ten_restart', `con_${n}`)
    const monitoring = createMonitoringModule({
      connections: connections.access,
      everyMinutesOf: async () => 2,
      log,
      now,
    })
    await monitoring.reconcile()
    monitoring.start()
    stop = () => monitoring.stop()

    for (let kill = 1; kill <= 3; kill++) {
      const before = checks
      await expect.poll(() => checks, { timeout: 30_000 }).toBeGreaterThan(before + 100)
      process.kill(database.describe().enginePid ?? 0, 'SIGKILL')
      await expect.poll(() => database.describe().restarts, { timeout: 30_000 }).toBe(kill)
    }
    const back = now()
    const recorded = () =>
      CheckModel.distinct('connectionId', { tenantId: 'ten_restart', createdAt: { $gt: back } })
    await expect.poll(async () => (await recorded()).length, { timeout: 60_000 }).toBe(100)
    await stop()

    const rows = await BucketModel.find({ tenantId: 'ten_restart', resolution: '1m' }).lean()
    const counted = rows.flatMap(({ slots }) => Object.values(slots)).map(({ n }) => n ?? 0)
    const stored = await CheckModel.countDocuments({ tenantId: 'ten_restart' })
    const inBuckets = counted.reduce((sum, n) => sum + n, 0)
    // Checks whose record could not be written when the database went are made again, never counted twice.
    expect(inBuckets).toBeLessThanOrEqual(stored)
    expect(stored).toBeLessThanOrEqual(checks)
    expect(inBuckets).toBeGreaterThanOrEqual(100)
    expect(await WatchModel.countDocuments({ tenantId: 'ten_restart', claim: null })).toBe(100)
  } finally {
    await stop()
    await database.close()
    await rm(folder, { recursive: true, force: true })
  }
}, 120_000)
