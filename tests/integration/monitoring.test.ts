import { afterAll, beforeAll, beforeEach, describe, expect, inject, it } from 'vitest'
import { ConnectorError } from '../../backend/connector-kit/index.ts'
import { createLogger } from '../../backend/core/logging.ts'
import { systemContext } from '../../backend/core/tenancy.ts'
import type { ConnectionReport, Exchange } from '../../backend/modules/connections/index.ts'
import { BucketModel } from '../../backend/modules/monitoring/bucket-store.ts'
import { CheckModel } from '../../backend/modules/monitoring/check-store.ts'
import {
  createMonitoringModule,
  type MonitoringModule,
} from '../../backend/modules/monitoring/index.ts'
import { SyntheticModel } from '../../backend/modules/monitoring/synthetic-store.ts'
import { WatchModel } from '../../backend/modules/monitoring/watch-store.ts'
import { type Client, createClient } from '../../shared/api/client.ts'
import { useTestDatabase } from '../support/database.ts'
import { type ModuleServer, serveModules } from '../support/module-server.ts'
import { startNodeProcess } from '../support/node-process.ts'
import {
  type CheckOutcome,
  createWatchedConnections,
  isDown,
  type WatchedConnections,
  works,
} from '../support/watched-connections.ts'

const { dbName } = useTestDatabase()
const log = createLogger({ level: 'silent' })
const minute = 60_000

let time = Date.parse('2026-11-23T08:00:00Z')
const now = () => new Date(time)
const outcomes = new Map<string, CheckOutcome>()
const checked: string[] = []
let everyMinutes = 5
let connections: WatchedConnections
let monitoring: MonitoringModule
const reports: ConnectionReport[] = []
const successes: string[] = []
const recovered: object[] = []
let server: ModuleServer
let ours: Client
let theirs: Client

function createWorld() {
  return createWatchedConnections({
    now,
    async check(id) {
      checked.push(id)
      return outcomes.get(id) ?? works
    },
  })
}

function watchOver(world: WatchedConnections) {
  return createMonitoringModule({
    connections: world.access,
    everyMinutesOf: async () => everyMinutes,
    problems: {
      async report(_ctx, report) {
        reports.push(report)
      },
      async succeeded(_ctx, connectionId) {
        successes.push(connectionId)
      },
      async recovered(_ctx, what) {
        recovered.push(what)
      },
    },
    log,
    now,
    random: () => 0.5,
  })
}

beforeAll(async () => {
  connections = createWorld()
  monitoring = watchOver(connections)
  server = await serveModules(() => ({
    modules: [monitoring],
    bearer: [
      { prefix: 'ten_', authenticate: async (token) => systemContext(token, 'test', 'req-test') },
    ],
  }))
  const clientOf = (tenantId: string) =>
    createClient({ baseUrl: server.url, headers: () => ({ authorization: `Bearer ${tenantId}` }) })
  ours = clientOf('ten_ours')
  theirs = clientOf('ten_theirs')
})

afterAll(async () => {
  await server.close()
})

beforeEach(async () => {
  // What an earlier test left must not be due.
  await WatchModel.deleteMany({}, { acrossTenants: 'a clean slate' })
  checked.length = 0
  reports.length = 0
  successes.length = 0
  outcomes.clear()
  everyMinutes = 5
  time += 24 * 60 * minute
})

let lastId = 0
function add(count = 1, tenantId = 'ten_ours'): string[] {
  return Array.from({ length: count }, () => {
    lastId += 1
    const id = `con_${String(lastId).padStart(6, '0')}`
    connections.add(tenantId, id)
    return id
  })
}

/** Lets time go by in steps, as the schedule would. */
async function live(minutes: number, stepMs = 10_000): Promise<void> {
  const end = time + minutes * minute
  while (time < end) {
    time += stepMs
    await monitoring.runDue()
  }
}

describe('the schedule', () => {
  it('looks at every connection in its turn, spread over the interval', async () => {
    for (const id of (await monitoring.reconcile()) && add(40)) outcomes.set(id, works)
    await monitoring.reconcile()

    await live(30)

    const counts = new Map<string, number>()
    for (const id of checked) counts.set(id, (counts.get(id) ?? 0) + 1)
    const own = [...counts].filter(([id]) => outcomes.has(id)).map(([, count]) => count)
    expect(own).toHaveLength(40)
    expect(Math.min(...own)).toBeGreaterThanOrEqual(5)
    expect(Math.max(...own)).toBeLessThanOrEqual(7)
  })

  it('is shared by two processes: each takes its part, none is checked twice at once', async () => {
    const ids = add(500)
    const other = createWorld()
    for (const id of ids) other.add('ten_ours', id)
    const second = watchOver(other)
    await monitoring.reconcile()
    time += 6 * minute
    const due = await WatchModel.countDocuments(
      { dueAt: { $lte: now() } },
      { acrossTenants: 'all that is due' },
    )

    const [first, rest] = await Promise.all([monitoring.runDue(), second.runDue()])

    expect(first + rest).toBe(due)
    expect(new Set(checked).size).toBe(checked.length)
    expect(Math.min(first, rest)).toBeGreaterThan(50)
    for (const id of ids) {
      expect(connections.applied(id).length + other.applied(id).length).toBe(1)
    }
  })

  it('takes over what a killed process had claimed, and nothing is done twice', async () => {
    const ids = add(60)
    time = Date.now() - 10 * minute
    await monitoring.reconcile()
    time = Date.now()
    const names = ids.map((id) => `ten_ours/${id}`)
    const victim = startNodeProcess('monitor-process.ts', [inject('mongodbUri'), dbName, ...names])
    await victim.line('began60')
    process.kill(victim.pid, 'SIGKILL')
    await victim.ended

    await monitoring.runDue()
    const whileLeased = checked.filter((id) => ids.includes(id))
    time = Date.now() + 61_000
    await monitoring.runDue()

    expect(whileLeased).toEqual([])
    expect(checked.filter((id) => ids.includes(id))).toHaveLength(ids.length)
    expect(new Set(checked)).toEqual(new Set([...checked, ...ids]))
    for (const id of ids) {
      expect(connections.applied(id)).toHaveLength(1)
      const checks = await ours('GET /api/v1/connections/:id/checks', { params: { id } })
      expect(checks.data).toHaveLength(1)
    }
  }, 60_000)

  it('begins with what is put to use and ends with what is not', async () => {
    const [id = ''] = add()
    const watched = () => WatchModel.countDocuments({ tenantId: 'ten_ours', _id: id })
    const [consumer] = monitoring.consumers
    const ctx = systemContext('ten_ours', 'test')
    const changed = { data: { connectionId: id } } as never

    await consumer?.handle(ctx, changed, {} as never)
    expect(await watched()).toBe(1)
    await monitoring.runDue()
    expect(checked).toEqual([id])
    connections.setState(id, 'paused')
    await consumer?.handle(ctx, changed, {} as never)

    expect(await watched()).toBe(0)
    connections.setState(id, 'active')
    expect((await monitoring.reconcile()).begun).toBeGreaterThan(0)
    connections.setState(id, 'disabled')
    expect(await monitoring.reconcile()).toEqual({ begun: 0, ended: 1 })
    await expect(ours('POST /api/v1/connections/:id/checks', { params: { id } })).rejects.toThrow(
      'disabled',
    )
  })

  it('keeps what one system delays from delaying all others', async () => {
    const release: (() => void)[] = []
    const seen: string[] = []
    const world = createWatchedConnections({
      now,
      check(id) {
        seen.push(id)
        if (!id.startsWith('con_slow')) return works
        return new Promise((resolve) => release.push(() => resolve(works)))
      },
    })
    for (let n = 0; n < 100; n++) world.add('ten_ours', `con_slow_${n}`, { connectorId: 'slow' })
    for (let n = 0; n < 20; n++) world.add('ten_ours', `con_quick_${n}`, { connectorId: 'quick' })
    const own = createMonitoringModule({
      connections: world.access,
      everyMinutesOf: async () => 5,
      log,
      now,
      concurrency: 40,
    })
    await own.reconcile()
    time += 10 * minute

    own.start()
    await expect.poll(() => seen.filter((id) => id.startsWith('con_quick')).length).toBe(20)

    expect(seen.filter((id) => id.startsWith('con_slow')).length).toBeLessThanOrEqual(40)
    await own.stop()
    const held = await WatchModel.countDocuments(
      { claim: { $ne: null } },
      { acrossTenants: 'all that is claimed' },
    )
    expect(held).toBe(0)
    for (const done of release) done()
  })
})

describe('health', () => {
  const health = (id: string) => ours('GET /api/v1/connections/:id/health', { params: { id } })

  it('turns only after some failures, tells its problem, and turns back only after proof', async () => {
    const [id = ''] = add()
    await monitoring.reconcile()
    await live(8)
    expect(await health(id)).toMatchObject({ state: 'ok', pending: null, everyMinutes: 5 })

    outcomes.set(id, isDown)
    await ours('POST /api/v1/connections/:id/checks', { params: { id } })
    expect(await health(id)).toMatchObject({
      state: 'ok',
      pending: { state: 'failing', seen: 1, needed: 3 },
    })
    expect(reports).toEqual([])
    await live(2)
    const failing = await health(id)
    expect(failing).toMatchObject({
      state: 'failing',
      code: 'unavailable',
      message: isDown.message,
      pending: null,
    })
    expect(reports[0]).toEqual({
      connectionId: id,
      cause: 'unavailable',
      evidence: { kind: 'check', detail: isDown.message },
    })
    expect(connections.applied(id).at(-1)).toMatchObject({ state: 'failing', code: 'unavailable' })

    outcomes.set(id, works)
    connections.setOpenProblems(id, 1)
    const reported = reports.length
    await ours('POST /api/v1/connections/:id/checks', { params: { id } })
    expect(await health(id)).toMatchObject({
      state: 'failing',
      recovering: { state: 'ok', seen: 1, needed: 3 },
    })
    expect(successes).toEqual([id])
    await live(4)

    const recovered = await health(id)
    expect(recovered).toMatchObject({ state: 'ok', code: null, recovering: null })
    expect(recovered.checks.length).toBeGreaterThan(6)
    expect(recovered.checks.map(({ createdAt }) => createdAt)).toEqual(
      recovered.checks
        .map(({ createdAt }) => createdAt)
        .sort()
        .reverse(),
    )
    expect(reports).toHaveLength(reported)
    expect(connections.applied(id).at(-1)).toMatchObject({ state: 'ok', code: null })
  })

  it('of a connection that nothing was heard of for long is unknown', async () => {
    const [id = ''] = add()
    await monitoring.reconcile()
    await live(6)
    expect((await health(id)).state).toBe('ok')

    time += 20 * minute

    expect((await health(id)).state).toBe('unknown')
  })

  it('is degraded where the answer is slow', async () => {
    const [id = ''] = add()
    outcomes.set(id, { ...works, latencyMs: 6200 })

    const check = await ours('POST /api/v1/connections/:id/checks', { params: { id } })

    expect(check).toMatchObject({ result: 'degraded', state: 'degraded', code: 'slow' })
    expect(check.message).toContain('6.2 seconds')
  })

  it('is learnt from traffic, which brings the next check forward', async () => {
    const [id = ''] = add()
    await monitoring.reconcile()
    await live(7)
    const before = await health(id)
    const exchange = (errorCode: string | null): Exchange => ({
      tenantId: 'ten_ours',
      connectionId: id,
      connectorId: 'moodle',
      purpose: 'roster.pull',
      method: 'GET',
      host: 'moodle.example',
      path: '/x',
      status: errorCode ? 503 : 200,
      durationMs: 80,
      bytes: 1000,
      attempt: 1,
      errorCode,
      at: now(),
    })
    const planned = Date.parse(before.nextCheckAt ?? '')
    outcomes.set(id, isDown)

    time += 1000
    for (let n = 0; n < 5; n++) connections.exchange(exchange('unavailable'))
    await monitoring.runDue()
    const suspected = await health(id)
    expect(suspected).toMatchObject({ state: 'ok', pending: { state: 'failing', seen: 1 } })
    expect(Date.parse(suspected.nextCheckAt ?? '')).toBeLessThanOrEqual(
      Math.min(planned, time + 30_000),
    )
    expect(suspected.checks[0]).toMatchObject({ trigger: 'traffic', result: 'failing' })
    await live(1.5)
    expect((await health(id)).state).toBe('failing')

    for (let n = 0; n < 5; n++) connections.exchange(exchange('not_found'))
    for (let n = 0; n < 5; n++) connections.exchange(exchange(null))
    await monitoring.runDue()
    const after = await health(id)
    expect(after.recovering).toMatchObject({ state: 'ok', seen: 1 })
    expect(after.freshness).toEqual([
      {
        capability: 'roster.pull',
        lastAt: now().toISOString(),
        lastSuccessAt: now().toISOString(),
      },
    ])
  })
})

describe('figures', () => {
  it('are exactly what happened, by capability', async () => {
    const [id = ''] = add()
    const from = now().toISOString()
    const checks = 7
    for (let n = 0; n < checks; n++) {
      outcomes.set(id, n < 2 ? isDown : { ...works, latencyMs: 100 })
      await ours('POST /api/v1/connections/:id/checks', { params: { id } })
      time += minute
    }
    for (let n = 0; n < 100; n++) {
      connections.exchange({
        tenantId: 'ten_ours',
        connectionId: id,
        connectorId: 'moodle',
        purpose: 'courses.pull',
        method: 'GET',
        host: 'moodle.example',
        path: '/x',
        status: 200,
        durationMs: n + 1,
        bytes: 50,
        attempt: 1,
        errorCode: n < 4 ? 'timeout' : null,
        at: now(),
      })
    }
    monitoring.countRows(
      { tenantId: 'ten_ours' },
      { connectionId: id, capability: 'courses.pull', rows: 321 },
    )
    time += 1000
    await monitoring.runDue()

    const metrics = await ours('GET /api/v1/connections/:id/metrics', {
      params: { id },
      query: { from, to: now().toISOString(), resolution: '1m' },
    })

    expect(metrics.capabilities).toMatchObject([
      {
        capability: 'courses.pull',
        ok: 96,
        failed: 4,
        errorRate: 0.04,
        codes: { timeout: 4 },
        bytes: 5000,
        rows: 321,
      },
      { capability: 'health', ok: 5, failed: 2, codes: { unavailable: 2 } },
    ])
    const { p50Ms, p99Ms } = metrics.capabilities[0]?.latency ?? {}
    expect(Math.abs((p50Ms ?? 0) - 50)).toBeLessThan(6)
    expect(Math.abs((p99Ms ?? 0) - 99)).toBeLessThan(11)
    expect(metrics.points).toHaveLength(8)
    const slo = await ours('GET /api/v1/connections/:id/slo', { params: { id } })
    expect(slo).toMatchObject({ target: 99.9, windowDays: 30, errorBudget: { used: 2 } })
    expect(slo.availability).toBeLessThan(100)
  })

  it('refuse a period that ends before it begins', async () => {
    const [id = ''] = add()
    const query = { from: '2026-11-24T00:00:00Z', to: '2026-11-23T00:00:00Z' }

    await expect(
      ours('GET /api/v1/connections/:id/metrics', { params: { id }, query }),
    ).rejects.toMatchObject({ code: 'invalid_request' })
  })
})

describe('an error budget', () => {
  it('that is spent is told once, and once when it is whole again', async () => {
    const [id = ''] = add()
    await monitoring.reconcile()
    await live(10)
    outcomes.set(id, isDown)
    await live(60, 30_000)
    reports.length = 0

    expect(await monitoring.watchBudgets()).toBe(1)
    expect(await monitoring.watchBudgets()).toBe(0)
    expect(reports).toMatchObject([
      { connectionId: id, cause: 'slo_budget_spent', evidence: { kind: 'slo' } },
    ])
    time += 31 * 24 * 60 * minute
    expect(await monitoring.watchBudgets()).toBe(1)

    expect(recovered).toEqual([{ connectionId: id, cause: 'slo_budget_spent' }])
  })
})

describe('synthetic tests', () => {
  it('are run, kept and listed; what fails says why', async () => {
    const [id = ''] = add()
    connections.connector.synthetic = {
      'roster-page': { title: 'A page of people', run: async () => '3 people came' },
      search: {
        title: 'A search',
        async run() {
          throw new ConnectorError('reauthorise', 'The token was refused: make a new one')
        },
      },
    }

    const { results } = await ours('POST /api/v1/connections/:id/synthetic-tests', {
      params: { id },
      body: {},
    })
    const listed = await ours('GET /api/v1/connections/:id/synthetic-tests', {
      params: { id },
      query: { status: 'failed' },
    })

    expect(results).toMatchObject([
      { name: 'roster-page', status: 'passed', message: '3 people came' },
      { name: 'search', status: 'failed', code: 'unauthorised' },
    ])
    expect(listed.data).toEqual([results[1]])
    await expect(
      ours('POST /api/v1/connections/:id/synthetic-tests', {
        params: { id },
        body: { names: ['launch'] },
      }),
    ).rejects.toMatchObject({ code: 'synthetic_test_unknown' })
  })
})

describe('a hostile organisation', () => {
  it('learns and provokes nothing of a connection that is not its own', async () => {
    const [id = ''] = add()
    await ours('POST /api/v1/connections/:id/checks', { params: { id } })
    checked.length = 0
    const params = { id }

    const attempts = await Promise.allSettled([
      theirs('GET /api/v1/connections/:id/health', { params }),
      theirs('POST /api/v1/connections/:id/checks', { params }),
      theirs('GET /api/v1/connections/:id/checks', { params }),
      theirs('GET /api/v1/connections/:id/metrics', { params }),
      theirs('GET /api/v1/connections/:id/slo', { params }),
      theirs('POST /api/v1/connections/:id/synthetic-tests', { params, body: {} }),
      theirs('GET /api/v1/connections/:id/synthetic-tests', { params }),
    ])

    for (const attempt of attempts) {
      expect(attempt).toMatchObject({ status: 'rejected', reason: { code: 'not_found' } })
    }
    expect(checked).toEqual([])
    const hostile = { tenantId: 'ten_theirs' }
    expect(
      await Promise.all([
        BucketModel.countDocuments(hostile),
        CheckModel.countDocuments(hostile),
        SyntheticModel.countDocuments(hostile),
        WatchModel.countDocuments(hostile),
      ]),
    ).toEqual([0, 0, 0, 0])
  })
})
