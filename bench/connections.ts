import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import { readConfig } from '../backend/config.ts'
import { createLogger } from '../backend/core/logging.ts'
import { platformContext } from '../backend/core/platform-tenant.ts'
import { systemContext } from '../backend/core/tenancy.ts'
import { ConnectionModel } from '../backend/modules/connections/store.ts'
import { WatchModel } from '../backend/modules/monitoring/watch-store.ts'
import { createTenant } from '../backend/modules/tenants/index.ts'
import { startServer } from '../backend/start.ts'
import { startWorker } from './measure.ts'

export interface ConnectionFigures {
  readonly connections: number
  readonly checksPerSecond: number
  /** CPU of the server process for one check: claim, call, state, record, figures and news. */
  readonly checkMs: number
  /** The part of it beyond the call itself; the difference of two figures, so noisier than they are. */
  readonly overheadMs: number
  readonly callMs: number
  /** Part of one core that checking all of them every five minutes takes, calls included. */
  readonly shareOfCore: number
  /** Heap that they keep, beyond that of the server without any. */
  readonly heapMegabytes: number
}

type Services = Awaited<ReturnType<typeof startServer>>['services']

const schools = 50
const everySeconds = 300
const leastChecks = 2000
const atOnce = 50
const across = { acrossTenants: 'all connections are measured' }

/** The cost of looking after more and more connections in one server, to a system that answers at once. */
export async function measureConnections(
  counts: readonly number[] = [100, 1000, 10_000],
): Promise<ConnectionFigures[]> {
  const dataDir = mkdtempSync(join(tmpdir(), 'edpsych-bench-connections-'))
  const sink = await startWorker('moodle-sink.ts', {})
  const config = readConfig(
    {
      PORT: '0',
      DATA_DIR: dataDir,
      EDPSYCH_DEMO: '0',
      EDPSYCH_ALLOW_PRIVATE_NETWORKS: '1',
      EDPSYCH_ADMIN_PASSWORD: 'a long bench passphrase',
      EDPSYCH_ADMIN_EMAIL: 'admin@bench.example',
      NODE_ENV: 'production',
    },
    '0.0.0-bench',
  )
  const server = await startServer(config, createLogger({ level: 'silent' }))
  try {
    const tenants: string[] = []
    for (let n = 0; n < schools; n++) {
      const facts = { name: `School ${n}`, slug: `school-${n}`, kind: 'school' } as const
      tenants.push((await createTenant(platformContext('bench'), facts)).id)
    }
    const figures: ConnectionFigures[] = []
    const before = heapMegabytes()
    for (const count of counts) {
      await growTo(count, tenants, sink.url, server.services)
      figures.push(await measureOne(count, before, server.services))
    }
    return figures
  } finally {
    await server.stop()
    await sink.stop()
    rmSync(dataDir, { recursive: true, force: true })
  }
}

/** As if each had been saved and had passed its test. */
async function growTo(
  count: number,
  tenants: readonly string[],
  url: string,
  { connections, monitoring }: Services,
): Promise<void> {
  const create = connections.handlers['POST /api/v1/connections']
  const there = await ConnectionModel.countDocuments({}, across)
  await inLanes(count - there, async (index) => {
    const no = there + index
    const ctx = systemContext(tenants[no % tenants.length] ?? '', 'bench')
    const body = {
      connectorId: 'moodle',
      name: `Moodle ${no}`,
      config: { url: `${url}/${no}` },
      credentials: { token: `token-${no}` },
      credentialsExpireAt: null,
      sync: { everyMinutes: null },
    }
    await create(ctx, { body }, noRequest)
  })
  await ConnectionModel.updateMany({}, { $set: { state: 'active' } }).setOptions(across)
  await monitoring.reconcile()
}

// Handlers that only save read nothing of the request.
const noRequest = {} as never

async function measureOne(
  count: number,
  heapBefore: number,
  { connections, monitoring }: Services,
): Promise<ConnectionFigures> {
  const rounds = Math.max(1, Math.ceil(leastChecks / count))
  await round(monitoring)
  const watched = await measured(async () => {
    let checks = 0
    for (let n = 0; n < rounds; n++) checks += await round(monitoring)
    return checks
  })
  const rows = await ConnectionModel.find({}, { tenantId: 1 }, across).lean()
  const { signal } = new AbortController()
  const calls = await measured(async () => {
    for (let n = 0; n < rounds; n++) {
      await inLanes(rows.length, async (index) => {
        const row = rows[index]
        if (!row) return
        const ctx = systemContext(row.tenantId, 'bench')
        const report = await connections.check(ctx, row._id, signal)
        if (report.state !== 'ok') throw new Error(`a check found ${report.code}`)
      })
    }
    return rounds * rows.length
  })
  const ms = watched.cpuMs / watched.done
  const callMs = calls.cpuMs / calls.done
  return {
    connections: count,
    checksPerSecond: watched.done / watched.seconds,
    checkMs: ms,
    overheadMs: ms - callMs,
    callMs,
    shareOfCore: (count * ms) / (everySeconds * 1000),
    heapMegabytes: heapMegabytes() - heapBefore,
  }
}

/** Everything becomes due at once; the server's own schedule takes its part as well. */
async function round(monitoring: Services['monitoring']): Promise<number> {
  const due = new Date(Date.now() - 1)
  const { modifiedCount } = await WatchModel.updateMany(
    {},
    { $set: { dueAt: due, claim: null }, $inc: { rev: 1 } },
  ).setOptions(across)
  await monitoring.runDue()
  for (;;) {
    const left = await WatchModel.countDocuments({ claim: { $ne: null } }, across)
    if (left === 0) return modifiedCount
    await monitoring.runDue()
  }
}

async function measured(run: () => Promise<number>) {
  const startedAt = performance.now()
  const before = process.cpuUsage()
  const done = await run()
  const { user, system } = process.cpuUsage(before)
  return { done, cpuMs: (user + system) / 1000, seconds: (performance.now() - startedAt) / 1000 }
}

async function inLanes(count: number, run: (index: number) => Promise<void>): Promise<void> {
  let next = 0
  const lanes = Array.from({ length: atOnce }, async () => {
    while (next < count) {
      const index = next
      next += 1
      await run(index)
    }
  })
  await Promise.all(lanes)
}

function heapMegabytes(): number {
  setFlagsFromString('--expose-gc')
  // The flag gives `gc` to contexts that are made after it.
  const collect = runInNewContext('gc') as () => void
  collect()
  return process.memoryUsage().heapUsed / 1024 / 1024
}
