import { randomBytes } from 'node:crypto'
import { performance } from 'node:perf_hooks'
import mongoose from 'mongoose'
import { io, type Socket } from 'socket.io-client'
import { request } from 'undici'
import { connectMongoose } from '../backend/core/database/open-database.ts'
import { newId } from '../backend/core/ids.ts'
import type { LiveServer } from '../tests/support/live-server.ts'

export interface DashboardFigures {
  readonly listP95Ms: number
  readonly summaryP95Ms: number
  readonly searchP95Ms: number
  /** From the change being asked for until an administrator's page has it. */
  readonly fanOutP95Ms: number
}

interface DashboardBench {
  readonly live: LiveServer
  readonly mongodbUri: string
  readonly tenantId: string
  readonly apiKey: string
}

const connections = 10_000
const watchers = 500
const changes = 20
const asks = 60

/** What an administrator waits for: the overview of many connections, and a change seen by many at once. */
export async function measureDashboard(bench: DashboardBench): Promise<DashboardFigures> {
  const database = new URL(bench.mongodbUri.replace(/^mongodb:\/\/[^/]*/, 'http://engine'))
  await connectMongoose(bench.mongodbUri, database.pathname.slice(1) || 'edpsych')
  try {
    const id = await addConnections(bench.tenantId)
    const get = (path: string) => () => call(bench, 'GET', path)
    const listP95Ms = await p95Of(get('/api/v1/connections?limit=50&sort=name&below=true'))
    const summaryP95Ms = await p95Of(get('/api/v1/connections/summary?below=true'))
    const searchP95Ms = await p95Of(get('/api/v1/connections?limit=50&q=School%20777&below=true'))
    return { listP95Ms, summaryP95Ms, searchP95Ms, fanOutP95Ms: await fanOut(bench, id) }
  } finally {
    await mongoose.connection.collection('connections').deleteMany({ tenantId: bench.tenantId })
    await mongoose.disconnect()
  }
}

/** As the product saves them; written past it, because what is measured is reading. */
async function addConnections(tenantId: string): Promise<string> {
  const states = ['active', 'active', 'active', 'degraded', 'paused', 'draft']
  const health = { since: null, checkedAt: null, latencyMs: 20, code: null, message: null }
  const at = new Date()
  const rows = Array.from({ length: connections }, (_, no) => ({
    _id: newId('con'),
    tenantId,
    connectorId: 'moodle',
    kind: 'lms',
    name: `School ${no}`,
    nameKey: `school ${no}`,
    state: states[no % states.length],
    stateReason: null,
    health: { ...health, state: no % 7 === 0 ? 'failing' : 'ok' },
    config: { url: `https://moodle-${no}.example` },
    configVersion: 1,
    credentials: { token: { sealed: randomBytes(60).toString('base64'), changedAt: at } },
    credentialsExpireAt: null,
    authorisation: null,
    sync: { everyMinutes: 1440, last: null, nextAt: null },
    openProblems: no % 7 === 0 ? 1 : 0,
    revision: 1,
    deletedAt: null,
    createdAt: at,
    updatedAt: at,
  }))
  // The driver's own type knows object ids only.
  await mongoose.connection.collection('connections').insertMany(rows as never)
  return rows.find(({ state }) => state === 'draft')?._id ?? ''
}

async function call(
  { live, apiKey }: DashboardBench,
  method: 'GET' | 'PATCH',
  path: string,
  body?: object,
): Promise<void> {
  const answer = await request(`${live.sandboxUrl}${path}`, {
    method,
    headers: { authorization: `Bearer ${apiKey}`, 'content-type': 'application/json' },
    ...(body && { body: JSON.stringify(body) }),
  })
  const text = await answer.body.text()
  if (answer.statusCode !== 200) throw new Error(`${path} answered ${answer.statusCode}: ${text}`)
}

async function p95Of(ask: () => Promise<void>): Promise<number> {
  const times: number[] = []
  for (let n = 0; n < asks; n++) {
    const startedAt = performance.now()
    await ask()
    times.push(performance.now() - startedAt)
  }
  return p95(times)
}

function p95(times: number[]): number {
  const sorted = [...times].sort((a, b) => a - b)
  return sorted[Math.floor(sorted.length * 0.95)] ?? 0
}

async function fanOut(bench: DashboardBench, id: string): Promise<number> {
  const sockets = Array.from({ length: watchers }, () =>
    io(bench.live.sandboxUrl, {
      path: '/live',
      forceNew: true,
      transports: ['websocket'],
      auth: { token: bench.apiKey },
    }),
  )
  try {
    for (const socket of sockets) await joined(socket)
    const times: number[] = []
    for (let n = 0; n < changes; n++) {
      const startedAt = performance.now()
      const heard = sockets.map((socket) =>
        heardOf(socket).then(() => performance.now() - startedAt),
      )
      await call(bench, 'PATCH', `/api/v1/connections/${id}`, { name: `Changed ${n}` })
      times.push(...(await Promise.all(heard)))
    }
    return p95(times)
  } finally {
    for (const socket of sockets) socket.disconnect()
  }
}

async function joined(socket: Socket): Promise<void> {
  if (!socket.connected) {
    await new Promise<void>((resolve, reject) => {
      socket.once('connect', resolve)
      socket.once('connect_error', reject)
    })
  }
  const answer = await socket.timeout(10_000).emitWithAck('join', { topic: 'connections' })
  if (!answer.ok) throw new Error(`a watcher was refused: ${answer.code}`)
}

function heardOf(socket: Socket): Promise<void> {
  return new Promise((resolve) => socket.once('connections', () => resolve()))
}
