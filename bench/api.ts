import { randomBytes } from 'node:crypto'
import mongoose from 'mongoose'
import { request } from 'undici'
import { connectMongoose } from '../backend/core/database/open-database.ts'
import { newId } from '../backend/core/ids.ts'
import { systemContext } from '../backend/core/tenancy.ts'
import { createKey } from '../backend/modules/auth/index.ts'
import { digestOf, makeKey } from '../backend/modules/auth/key-format.ts'
import type { LiveServer } from '../tests/support/live-server.ts'
import { best, measureWindow, ratioOf, startWorker, type Window } from './measure.ts'

interface Ratio {
  readonly text: string
  readonly met: boolean
}

export interface ApiBench {
  readonly live: LiveServer
  readonly mongodbUri: string
  readonly tenantId: string
  readonly itemIds: readonly string[]
  add(what: string, value: number, unit: string, target?: Ratio): void
}

/** What authentication, limits, metering and the log of requests cost, and how that grows. */
export async function measureApi({ live, mongodbUri, tenantId, itemIds, add }: ApiBench) {
  await connectMongoose(mongodbUri, databaseOf(mongodbUri))
  try {
    const [key = ''] = await addKeys([tenantId], 1)
    await measureAgainstBare({ live, key, itemIds, add })
    for (const count of [10, 100, 1000, 10_000]) {
      const keys = await addKeys([tenantId], count)
      add(`CPU per call, ${count} keys`, await costOf(live, keys), 'ms')
    }
    for (const count of [1, 10, 100, 1000]) {
      const tenants = await addTenants(count)
      const keys = await addKeys(tenants, Math.max(count, 10))
      add(`CPU per call, ${count} tenants`, await costOf(live, keys), 'ms')
    }
  } finally {
    await mongoose.disconnect()
  }
}

function databaseOf(uri: string): string {
  return new URL(uri.replace(/^mongodb:\/\/[^/]*/, 'http://engine')).pathname.slice(1) || 'edpsych'
}

/** Keys as many as wanted, spread over the tenants; copies of one that the product made. */
async function addKeys(tenantIds: readonly string[], count: number): Promise<string[]> {
  const [first = ''] = tenantIds
  const { id } = await createKey(
    systemContext(first, 'bench'),
    { name: 'Bench', mode: 'live', scopes: ['items.read'], expiresInDays: 1 },
    new Date(),
  )
  const collection = mongoose.connection.collection('apiKeys')
  // The driver's own type knows object ids only.
  const model = await collection.findOne({ _id: id as never })
  if (!model) throw new Error('the key that was made is not in the database')
  const keys = Array.from({ length: count }, () => makeKey('edp_live_', randomBytes(32)))
  const rows = keys.map((key, index) => ({
    ...model,
    _id: newId('key'),
    tenantId: tenantIds[index % tenantIds.length],
    digest: digestOf(key),
  }))
  await collection.insertMany(rows as never)
  return keys
}

async function addTenants(count: number): Promise<string[]> {
  const rows = Array.from({ length: count }, () => ({
    _id: newId('ten'),
    slug: `bench-${randomBytes(8).toString('hex')}`,
    name: 'Bench',
    kind: 'school',
    parentId: 'platform',
    ancestorIds: ['platform'],
    createdAt: new Date(),
    updatedAt: new Date(),
  }))
  await mongoose.connection.collection('tenants').insertMany(rows as never)
  return rows.map(({ _id }) => _id)
}

async function read(url: string, key?: string): Promise<void> {
  const headers = key ? { authorization: `Bearer ${key}` } : {}
  const answer = await request(url, { headers })
  const text = await answer.body.text()
  if (answer.statusCode !== 200) throw new Error(`${url} answered ${answer.statusCode}: ${text}`)
}

async function measureAgainstBare({
  live,
  key,
  itemIds,
  add,
}: Pick<ApiBench, 'live' | 'itemIds' | 'add'> & { readonly key: string }): Promise<void> {
  const bare = await startWorker('bare-express.ts', {})
  const variants = [
    { pid: bare.pid, call: () => read(`${bare.url}/item`) },
    { pid: live.pid, call: () => read(`${live.sandboxUrl}/api/v1/me`, key) },
    {
      pid: live.pid,
      call: (index: number) =>
        read(`${live.sandboxUrl}/api/v1/items/${itemIds[index % itemIds.length]}`, key),
    },
  ]
  const windows: Window[][] = variants.map(() => [])
  for (let round = 0; round <= 7; round++) {
    for (const [index, { pid, call }] of variants.entries()) {
      const window = await measureWindow(pid, { count: 2500, concurrency: 16 }, call)
      // The first round only warms up.
      if (round > 0) windows[index]?.push(window)
    }
  }
  await bare.stop()
  const [floors = [], cacheds = [], storeds = []] = windows
  const [floor, cached, stored] = [best(floors), best(cacheds), best(storeds)]
  const rate = ratioOf(cacheds, floors, 'perSecond')
  const cpu = ratioOf(cacheds, floors, 'cpuMsPerCall')
  const storedCpu = ratioOf(storeds, floors, 'cpuMsPerCall')
  add('bare Express, GET per second', floor.perSecond, '/s')
  add('limited, metered GET from memory, per second', cached.perSecond, '/s')
  add('the same against bare Express, rate', rate, '×', { text: '≥ 0.55 ×', met: rate >= 0.55 })
  add('bare Express, CPU per GET of the API', floor.cpuMsPerCall, 'ms')
  add('limited, metered GET from memory, CPU', cached.cpuMsPerCall, 'ms')
  add('the same against bare Express, CPU', cpu, '×', { text: '≤ 1.9 ×', met: cpu <= 1.9 })
  add('with one database read, CPU', stored.cpuMsPerCall, 'ms')
  add('with one database read against bare Express, CPU', storedCpu, '×', {
    text: '≤ 3.5 ×',
    met: storedCpu <= 3.5,
  })
}

/** CPU of a call when every call comes with the next key: the least of three rounds, all keys known. */
async function costOf(live: LiveServer, keys: readonly string[]): Promise<number> {
  const url = `${live.sandboxUrl}/api/v1/me`
  const call = (index: number) => read(url, keys[index % keys.length])
  const count = Math.max(4000, keys.length)
  const windows: Window[] = []
  for (let round = 0; round <= 3; round++) {
    const window = await measureWindow(live.pid, { count, concurrency: 16 }, call)
    if (round > 0) windows.push(window)
  }
  return best(windows).cpuMsPerCall
}
