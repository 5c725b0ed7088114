import { execFileSync } from 'node:child_process'
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import mongoose from 'mongoose'
import { request } from 'undici'
import { connectMongoose } from '../backend/core/database/open-database.ts'
import { type LiveServer, startLiveServer } from '../tests/support/live-server.ts'
import { measureApi } from './api.ts'
import { measureAudit } from './audit.ts'
import { measureConnections } from './connections.ts'
import { measureCourseSync } from './course-sync.ts'
import { type DashboardFigures, measureDashboard } from './dashboard.ts'
import { measureGrades } from './grades.ts'
import { floorSteps, launchSteps, ltijsTool, ourTool } from './launches.ts'
import {
  best,
  measureSteps,
  ratioOf,
  residentMegabytes,
  type Step,
  startWorker,
  type Window,
  type Worker,
} from './measure.ts'
import { measureMembers } from './members.ts'
import { startPlatform } from './platform.ts'
import { measureWebhooks } from './webhooks.ts'

interface Row {
  readonly what: string
  readonly value: string
  readonly target: string
  readonly met: boolean | null
}

const root = fileURLToPath(new URL('..', import.meta.url))
const rows: Row[] = []
const results: Record<string, number> = {}

function add(
  what: string,
  value: number,
  unit: string,
  target?: { text: string; met: boolean },
): void {
  results[what] = Number(value.toFixed(3))
  rows.push({
    what,
    value: `${value.toFixed(2)} ${unit}`,
    target: target?.text ?? '',
    met: target?.met ?? null,
  })
}

const parts = [
  'reads',
  'calls',
  'audit',
  'launches',
  'webhooks',
  'connections',
  'sync',
  'members',
  'grades',
] as const
const asked = process.argv.slice(2)
const unknown = asked.filter((name) => !parts.some((part) => part === name))
if (unknown.length > 0)
  throw new Error(`no such part: ${unknown.join(', ')}; there are ${parts.join(', ')}`)
const wants = (part: (typeof parts)[number]) => asked.length === 0 || asked.includes(part)

const dataDir = mkdtempSync(join(tmpdir(), 'edpsych-bench-'))
const server = await measureStarts()
try {
  if (wants('reads')) await measureReads(server)
  if (wants('calls')) await measureCalls(server)
  if (wants('audit')) await addAudit()
  if (wants('launches')) await measureLaunches(server)
} finally {
  await server.stop()
  rmSync(dataDir, { recursive: true, force: true })
}
if (wants('webhooks')) await addWebhooks()
if (wants('connections')) await addConnections()
if (wants('sync')) await addCourseSync()
if (wants('members')) await addMembers()
if (wants('grades')) await addGrades()
report()

async function addWebhooks(): Promise<void> {
  const figures = await measureWebhooks()
  const { floorPerSecond, deliveriesPerSecond, shareOfFloor: share, keptBesideHung: kept } = figures
  add('webhooks: floor (Pool + HMAC)', floorPerSecond, '/s')
  add('webhooks: durable deliveries', deliveriesPerSecond, '/s')
  add('webhooks: share of the floor', share, '×', { text: '≥ 0.10 ×', met: share >= 0.1 })
  add('webhooks: beside a receiver that hangs', kept, '×', { text: '≥ 0.90 ×', met: kept >= 0.9 })
  const { firstAttemptP95Ms } = figures
  add('webhooks: first attempt p95 at 200 events/s', firstAttemptP95Ms, 'ms', {
    text: '< 1000 ms',
    met: firstAttemptP95Ms < 1000 && figures.sentInTime === figures.written,
  })
}

async function addGrades(): Promise<void> {
  // The gradebook's limit makes 10,000 take 18 minutes: for those who ask for them.
  const figures = await measureGrades(Number(process.env['BENCH_GRADES'] ?? '2000'))
  const { grades, seconds, shareOfLimit, lost, doubled, refusals } = figures
  const what = `${grades.toLocaleString('en-GB')} grades at 10/s, 5 % failures`
  add(`${what}: time`, seconds, 's')
  const met = shareOfLimit <= 1.1
  add(`${what}: against the limit`, shareOfLimit, '×', { text: '≤ 1.10 ×', met })
  add(`${what}: lost`, lost, '', { text: '0', met: lost === 0 })
  add(`${what}: doubled`, doubled, '', { text: '0', met: doubled === 0 })
  add(`${what}: refused for being too many`, refusals, '')
}

async function addMembers(): Promise<void> {
  for (const perPage of [5_000, 50]) {
    const { requests, heapMegabytes, seconds, taken } = await measureMembers(5_000, perPage)
    const what = `members of a course of 5,000, an LMS that gives ${perPage.toLocaleString('en-GB')} at once`
    const least = 5_000 / perPage
    add(`${what}: requests`, requests, '', { text: `${least}`, met: requests === least })
    add(`${what}: taken over`, taken, '', { text: '5000', met: taken === 5_000 })
    add(`${what}: heap`, heapMegabytes, 'MB', { text: '≤ 64 MB', met: heapMegabytes <= 64 })
    add(`${what}: time`, seconds, 's')
  }
}

async function addCourseSync(): Promise<void> {
  const { enrollments, firstSeconds, secondSeconds, wholeSeconds } = await measureCourseSync()
  add('course sync: 2,000 courses of 30, first run', firstSeconds, 's')
  add('course sync: enrolments written', enrollments / firstSeconds, '/s')
  add('course sync: unchanged, second run', secondSeconds, 's')
  const ratio = firstSeconds / secondSeconds
  add('course sync: first against second', ratio, '×', { text: '≥ 10 ×', met: ratio >= 10 })
  add('course sync: unchanged, everything compared', wholeSeconds, 's')
}

async function addConnections(): Promise<void> {
  const figures = await measureConnections()
  for (const one of figures) {
    const at = `${one.connections.toLocaleString('en-GB')} connections`
    add(`${at}: CPU per check beyond the call`, one.overheadMs, 'ms')
    add(`${at}: CPU per check`, one.checkMs, 'ms')
    add(`${at}: checks`, one.checksPerSecond, '/s')
    add(`${at}: heap`, one.heapMegabytes, 'MB')
  }
  const [first, last] = [figures[0], figures.at(-1)]
  if (!first || !last) return
  const share = last.shareOfCore
  add('10,000 connections: share of a core', share, '×', { text: '≤ 0.25 ×', met: share <= 0.25 })
  const growth = last.checkMs / first.checkMs
  add('check, 10,000 against 100', growth, '×', { text: '≤ 1.5 ×', met: growth <= 1.5 })
}

async function timedStart(): Promise<{ server: LiveServer; seconds: number }> {
  const startedAt = performance.now()
  const started = await startLiveServer({
    dataDir,
    env: {
      EDPSYCH_ALLOW_PRIVATE_NETWORKS: '1',
      LOG_LEVEL: 'silent',
      NODE_ENV: 'production',
      // What is measured is the cost of limits, not their refusals.
      EDPSYCH_DEFAULT_PLAN: 'unmetered',
    },
  })
  return { server: started, seconds: (performance.now() - startedAt) / 1000 }
}

/** Cold: an empty data folder, with the demo's seed. Warm: the same folder again. */
async function measureStarts(): Promise<LiveServer> {
  const cold = await timedStart()
  await cold.server.stop()
  const warm = await timedStart()
  add('start-up, cold (seeds the demo)', cold.seconds, 's')
  add('start-up, warm', warm.seconds, 's', { text: '≤ 5 s', met: warm.seconds <= 5 })
  await new Promise((resolve) => setTimeout(resolve, 3000))
  const idle = residentMegabytes(warm.server.pid)
  add('server process idle', idle, 'MB', { text: '≤ 250 MB', met: idle <= 250 })
  const engine = enginePid()
  if (engine) add('engine process idle', residentMegabytes(engine), 'MB')
  return warm.server
}

function engineRecord(): { enginePid: number; uri: string } | undefined {
  const file = join(dataDir, 'engine.json')
  return existsSync(file) ? JSON.parse(readFileSync(file, 'utf8')) : undefined
}

function enginePid(): number | undefined {
  return engineRecord()?.enginePid
}

function bootstrap(): { tenantId: string; apiKey: string } {
  const text = execFileSync(
    process.execPath,
    ['dist/backend/cli/main.js', 'bootstrap', '--tenant', 'bench', '--json'],
    {
      cwd: root,
      encoding: 'utf8',
      env: { ...process.env, DATA_DIR: dataDir, LOG_LEVEL: 'silent' },
    },
  )
  return JSON.parse(text)
}

/** Several items, so that calls at the same moment ask for different documents. */
async function importItems(live: LiveServer, apiKey: string): Promise<string[]> {
  const file = join(root, 'backend/demo/sample-package/items/half-of-ninety.xml')
  const xml = readFileSync(file, 'utf8')
  const ids: string[] = []
  for (let index = 0; index < 24; index += 1) {
    const answer = await request(
      `${live.sandboxUrl}/api/v1/items/import?fileName=item-${index}.xml`,
      {
        method: 'POST',
        headers: { authorization: `Bearer ${apiKey}`, 'content-type': 'application/xml' },
        body: xml.replace('identifier="half-of-ninety"', `identifier="half-of-ninety-${index}"`),
      },
    )
    // The contract says what a created import answers.
    const report = (await answer.body.json()) as { imported: { id: string }[] }
    ids.push(...report.imported.map(({ id }) => id))
  }
  if (new Set(ids).size !== 24) throw new Error(`${ids.length} items were imported instead of 24`)
  return ids
}

/** Windows of the variants in turn, so that a noisy moment does not fall on one of them alone. */
async function interleave(
  { times, concurrency }: { times: number; concurrency: number },
  variants: readonly { pid: number; count: number; steps: readonly Step[] }[],
): Promise<Window[][]> {
  const windows: Window[][] = variants.map(() => [])
  for (let time = 0; time <= times; time++) {
    for (const [index, { pid, count, steps }] of variants.entries()) {
      const window = await measureSteps(pid, { count, concurrency }, steps)
      // The first round only warms up.
      if (time > 0) windows[index]?.push(window)
    }
  }
  return windows
}

async function measureCalls(live: LiveServer): Promise<void> {
  const record = engineRecord()
  if (!record) return
  const { tenantId, apiKey } = bootstrap()
  const itemIds = await importItems(live, apiKey)
  await measureApi({ live, mongodbUri: record.uri, tenantId, itemIds, add })
  addDashboard(await measureDashboard({ live, mongodbUri: record.uri, tenantId, apiKey }))
}

function addDashboard(figures: DashboardFigures): void {
  const { listP95Ms, summaryP95Ms, searchP95Ms, fanOutP95Ms } = figures
  add('overview of 10,000 connections: a page, p95', listP95Ms, 'ms')
  add('overview of 10,000 connections: counts, p95', summaryP95Ms, 'ms')
  add('overview of 10,000 connections: search by name, p95', searchP95Ms, 'ms')
  add('a change seen by 500 administrators, p95', fanOutP95Ms, 'ms', {
    text: '< 500 ms',
    met: fanOutP95Ms < 500,
  })
}

async function addAudit(): Promise<void> {
  const record = engineRecord()
  if (!record) return
  await connectMongoose(record.uri, `bench_audit_${process.pid}`)
  try {
    const figures = await measureAudit(1_000_000)
    add('audit: search of a million entries, p95', figures.p95Ms, 'ms', {
      text: '< 300 ms',
      met: figures.p95Ms < 300,
    })
    add('audit: the slowest search', figures.slowestMs, 'ms')
    add('audit: entries written', figures.writesPerSecond, '/s')
    add('audit: CPU per entry', figures.writeCpuMicroseconds / 1000, 'ms')
  } finally {
    await mongoose.connection.dropDatabase()
    await mongoose.disconnect()
  }
}

async function measureReads(live: LiveServer): Promise<void> {
  const { apiKey } = bootstrap()
  const itemIds = await importItems(live, apiKey)
  const bare = await startWorker('bare-express.ts', {})
  const headers = { authorization: `Bearer ${apiKey}` }
  const read = (urls: readonly string[], sent: Record<string, string>): Step[] => {
    const run = async (index: number) => {
      const url = urls[index % urls.length] ?? ''
      const answer = await request(url, { headers: sent })
      await answer.body.dump()
      if (answer.statusCode !== 200) throw new Error(`${url} answered ${answer.statusCode}`)
    }
    return [{ isCounted: true, run }]
  }
  const [floors = [], all = []] = await interleave({ times: 6, concurrency: 8 }, [
    { pid: bare.pid, count: 3000, steps: read([`${bare.url}/item`], {}) },
    {
      pid: live.pid,
      count: 2000,
      steps: read(
        itemIds.map((id) => `${live.sandboxUrl}/api/v1/items/${id}`),
        headers,
      ),
    },
  ])
  await bare.stop()
  const [floor, ours] = [best(floors), best(all)]
  const ratio = ratioOf(all, floors, 'cpuMsPerCall')
  add('bare Express, CPU per GET', floor.cpuMsPerCall, 'ms')
  add('authenticated GET with a database read, CPU', ours.cpuMsPerCall, 'ms')
  add('authenticated GET, per second', ours.perSecond, '/s')
  add('authenticated GET against bare Express, CPU', ratio, '×', {
    text: '≤ 3.5 ×',
    met: ratio <= 3.5,
  })
}

async function register(
  live: LiveServer,
  apiKey: string,
  platform: Awaited<ReturnType<typeof startPlatform>>,
): Promise<void> {
  const answer = await request(`${live.sandboxUrl}/api/v1/lti/platforms`, {
    method: 'POST',
    headers: { authorization: `Bearer ${apiKey}`, 'content-type': 'application/json' },
    body: JSON.stringify({
      name: 'Bench',
      issuer: platform.issuer,
      clientId: platform.clientId,
      authorizationEndpoint: `${platform.issuer}/auth`,
      tokenEndpoint: `${platform.issuer}/token`,
      jwksUri: platform.jwksUri,
      deploymentIds: [platform.deploymentId],
    }),
  })
  const text = await answer.body.text()
  if (answer.statusCode !== 201)
    throw new Error(`registering answered ${answer.statusCode}: ${text}`)
}

async function measureLaunches(live: LiveServer): Promise<void> {
  const record = engineRecord()
  if (!record) {
    process.stderr.write('no embedded engine here: launches are not measured\n')
    return
  }
  const { apiKey } = bootstrap()
  const platform = await startPlatform()
  await register(live, apiKey, platform)
  const workers: Worker[] = []
  async function worker(file: string, env: Record<string, string>): Promise<Worker> {
    const started = await startWorker(file, env)
    workers.push(started)
    return started
  }
  try {
    const bridge = await worker('tcp-bridge.ts', { BENCH_MONGODB_URI: record.uri })
    const floorTool = await worker('floor-launch.ts', {
      BENCH_MONGODB_URI: record.uri,
      BENCH_JWKS: JSON.stringify(platform.jwks),
    })
    const ltijs = await worker('ltijs-tool.ts', {
      BENCH_TCP_URI: bridge.url,
      BENCH_ISSUER: platform.issuer,
      BENCH_CLIENT_ID: platform.clientId,
      BENCH_JWKS_URI: platform.jwksUri,
    })
    // Enough at once that waiting for the disk, which launches share, does not set the rate.
    const [floor = [], ours = [], theirs = []] = await interleave({ times: 5, concurrency: 64 }, [
      { pid: floorTool.pid, count: 1200, steps: floorSteps(floorTool.url, platform) },
      {
        pid: live.pid,
        count: 1600,
        steps: launchSteps(platform, ourTool(live.sandboxUrl, live.url)),
      },
      { pid: ltijs.pid, count: 320, steps: launchSteps(platform, ltijsTool(ltijs.url)) },
    ])
    addLaunches(floor, ours, theirs)
    const [us = [], peer = []] = await interleave({ times: 5, concurrency: 50 }, [
      {
        pid: live.pid,
        count: 1600,
        steps: launchSteps(platform, ourTool(live.sandboxUrl, live.url)),
      },
      { pid: ltijs.pid, count: 400, steps: launchSteps(platform, ltijsTool(ltijs.url)) },
    ])
    addParallelUsers(us, peer)
  } finally {
    await Promise.all([...workers.map((one) => one.stop()), platform.close()])
  }
}

function addLaunches(
  floors: readonly Window[],
  all: readonly Window[],
  peers: readonly Window[],
): void {
  const [floor, ours, theirs] = [best(floors), best(all), best(peers)]
  const toFloor = ratioOf(all, floors, 'cpuMsPerCall')
  const toPeer = ratioOf(peers, all, 'cpuMsPerCall')
  const rate = ratioOf(all, peers, 'perSecond')
  add('verified launches', ours.perSecond, '/s')
  add('launch, CPU', ours.cpuMsPerCall, 'ms')
  add('floor (signature and the same database operations), CPU', floor.cpuMsPerCall, 'ms')
  add('launch against the floor, CPU', toFloor, '×', { text: '≤ 3 ×', met: toFloor <= 3 })
  add('floor, per second', floor.perSecond, '/s')
  add('ltijs, launches per second', theirs.perSecond, '/s')
  add('ltijs, CPU per launch', theirs.cpuMsPerCall, 'ms')
  add('ltijs against ours, CPU', toPeer, '×')
  add('rate against ltijs', rate, '×', { text: '≥ 5 ×', met: rate >= 5 })
}

/** Fifty people who open a link at the same time, again and again. */
function addParallelUsers(all: readonly Window[], peers: readonly Window[]): void {
  const [ours, theirs] = [best(all), best(peers)]
  const p99 = ratioOf(peers, all, 'p99Ms')
  add('launches of 50 users at once', ours.perSecond, '/s')
  add('launches of 50 users at once, p99', ours.p99Ms, 'ms', {
    text: '< 1000 ms',
    met: ours.p99Ms < 1000,
  })
  add('ltijs, launches of 50 users at once, p99', theirs.p99Ms, 'ms')
  add('p99 of ltijs against ours', p99, '×', { text: '≥ 3 ×', met: p99 >= 3 })
}

function report(): void {
  const width = Math.max(...rows.map(({ what }) => what.length))
  for (const { what, value, target, met } of rows) {
    const verdict = met === null ? '' : met ? 'met' : 'NOT MET'
    process.stdout.write(
      `${what.padEnd(width)}  ${value.padStart(12)}  ${target.padEnd(9)} ${verdict}\n`,
    )
  }
  const file = join(root, 'bench', 'results.json')
  writeFileSync(
    file,
    `${JSON.stringify({ at: new Date().toISOString(), node: process.version, results }, null, 2)}\n`,
  )
}
