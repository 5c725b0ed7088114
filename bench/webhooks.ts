import { createHmac, randomBytes } from 'node:crypto'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as wait } from 'node:timers/promises'
import { Pool } from 'undici'
import { readConfig } from '../backend/config.ts'
import { newId } from '../backend/core/ids.ts'
import { createLogger } from '../backend/core/logging.ts'
import { platformContext } from '../backend/core/platform-tenant.ts'
import { systemContext, type TenantContext } from '../backend/core/tenancy.ts'
import { insertResource } from '../backend/modules/content/resource-store.ts'
import { createTenant } from '../backend/modules/tenants/index.ts'
import { insertDeliveries, newDelivery } from '../backend/modules/webhooks/delivery-store.ts'
import { startServer } from '../backend/start.ts'
import { ResourceBody } from '../shared/api/resources.ts'
import { latestVersion } from '../shared/api/versions.ts'
import type { DomainEvent } from '../shared/events.ts'
import { median, startWorker, type Worker } from './measure.ts'

export interface WebhookFigures {
  readonly floorPerSecond: number
  readonly deliveriesPerSecond: number
  readonly firstAttemptP95Ms: number
  /** Events written, and those that had arrived three seconds after the last. */
  readonly written: number
  readonly sentInTime: number
  readonly besideHungPerSecond: number
  /** Deliveries against the floor, and beside a receiver that hangs against without: the middle of all rounds. */
  readonly shareOfFloor: number
  readonly keptBesideHung: number
}

type Webhooks = Awaited<ReturnType<typeof startServer>>['services']['webhooks']

const floorCalls = 8000
const endpoints = 4
const deliveriesEach = 1000
const rounds = 3
const body = ResourceBody.parse({
  name: 'Measured',
  learningResourceType: 'guidance',
  license: { name: 'CC BY 4.0', url: null },
  attribution: 'Us',
})

/** Floor and ours in turn on one machine and in one run; the best of several rounds of each. */
export async function measureWebhooks(): Promise<WebhookFigures> {
  const dataDir = mkdtempSync(join(tmpdir(), 'edpsych-bench-webhooks-'))
  const sink = await startWorker('webhook-sink.ts', {})
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
    return await measure(server.services.webhooks, sink)
  } finally {
    await server.stop()
    await sink.stop()
    rmSync(dataDir, { recursive: true, force: true })
  }
}

async function measure(webhooks: Webhooks, sink: Worker): Promise<WebhookFigures> {
  const floors: number[] = []
  const ours: number[] = []
  const besideHung: number[] = []
  for (let round = 0; round < rounds; round++) {
    floors.push(await floor(sink))
    ours.push(await drain(webhooks, sink, { hung: false }))
    besideHung.push(await drain(webhooks, sink, { hung: true }))
  }
  const { p95Ms, sent, written } = await steady(webhooks, sink)
  return {
    floorPerSecond: Math.max(...floors),
    deliveriesPerSecond: Math.max(...ours),
    besideHungPerSecond: Math.max(...besideHung),
    shareOfFloor: median(ours.map((rate, round) => rate / (floors[round] ?? Number.NaN))),
    keptBesideHung: median(besideHung.map((rate, round) => rate / (ours[round] ?? Number.NaN))),
    firstAttemptP95Ms: p95Ms,
    written,
    sentInTime: sent,
  }
}

/** The least that sending takes: a signature and a POST over fifty connections; nothing is kept. */
async function floor(sink: Worker): Promise<number> {
  const pool = new Pool(sink.url, { connections: 50 })
  const secret = randomBytes(32)
  const text = JSON.stringify({
    type: 'resource.created',
    data: { resourceId: 'res_floor', text: 'x'.repeat(300) },
  })
  const count = floorCalls
  let next = 0
  const startedAt = performance.now()
  const lanes = Array.from({ length: 50 }, async () => {
    while (next++ < count) {
      const timestamp = String(Math.floor(Date.now() / 1000))
      const signature = createHmac('sha256', secret)
        .update(`msg_1.${timestamp}.${text}`)
        .digest('base64')
      const answer = await pool.request({
        method: 'POST',
        path: '/',
        headers: {
          'content-type': 'application/json',
          'webhook-id': 'msg_1',
          'webhook-timestamp': timestamp,
          'webhook-signature': `v1,${signature}`,
        },
        body: text,
      })
      await answer.body.dump()
    }
  })
  await Promise.all(lanes)
  const seconds = (performance.now() - startedAt) / 1000
  await pool.close()
  await askSink(sink)
  return count / seconds
}

async function newSchool(): Promise<TenantContext> {
  const slug = `bench-${randomBytes(6).toString('hex')}`
  const tenant = await createTenant(platformContext('bench'), { name: slug, slug, kind: 'school' })
  return systemContext(tenant.id, 'bench')
}

function subscribe(webhooks: Webhooks, ctx: TenantContext, url: string) {
  const body = { url, eventTypes: ['resource.created'], description: '', filters: {} }
  return webhooks.handlers['POST /api/v1/webhooks'](
    ctx,
    {
      body: {
        ...body,
        tenantIds: null,
        includeBelow: false,
        signature: 'hmac',
        payload: 'thin',
        format: 'standard',
        encryptionKey: null,
        ordering: 'none',
        apiVersion: null,
        enabled: true,
      },
    },
    noRequest,
  )
}

const noRequest = {
  remoteAddress: '',
  userAgent: '',
  ifMatch: undefined,
  version: latestVersion,
  cookies: {},
  upload: Buffer.alloc(0),
  setHeader: () => undefined,
}

/** How fast deliveries on record are claimed, sent and recorded, from the first to arrive to the last. */
async function drain(
  webhooks: Webhooks,
  sink: Worker,
  { hung }: { hung: boolean },
): Promise<number> {
  const ctx = await newSchool()
  const urls = Array.from({ length: endpoints }, () => `${sink.url}/`)
  if (hung) urls.push(`${sink.url}/hang`)
  const dueAt = new Date(Date.now() + 2000)
  for (const url of urls) {
    const { id } = await subscribe(webhooks, ctx, url)
    const endpoint = { _id: id, tenantId: ctx.tenantId }
    const rows = Array.from({ length: deliveriesEach }, () =>
      newDelivery({ endpoint, event: anEvent(ctx), lane: undefined, dueAt }),
    )
    await insertDeliveries(rows)
  }
  await askSink(sink)
  const arrivals: number[] = []
  while (arrivals.length < endpoints * deliveriesEach) {
    await wait(100)
    arrivals.push(...(await askSink(sink)).seen.map(([, at]) => at))
  }
  const ms = Math.max(...arrivals) - Math.min(...arrivals)
  return (arrivals.length * 1000) / ms
}

function anEvent({ tenantId }: TenantContext): DomainEvent<'resource.created'> {
  return {
    id: newId('evt'),
    type: 'resource.created',
    tenantId,
    data: { resourceId: newId('res') },
    occurredAt: new Date(),
    requestId: 'bench',
  }
}

/** 200 writes a second: how long after each write its event is with the receiver. */
async function steady(
  webhooks: Webhooks,
  sink: Worker,
): Promise<{ p95Ms: number; sent: number; written: number }> {
  const ctx = await newSchool()
  await subscribe(webhooks, ctx, `${sink.url}/`)
  await askSink(sink)
  const perSecond = 200
  const seconds = 10
  const written = new Map<string, number>()
  const writes: Promise<void>[] = []
  const startedAt = performance.now()
  for (let i = 0; i < perSecond * seconds; i++) {
    const due = startedAt + (i * 1000) / perSecond
    const early = due - performance.now()
    if (early > 2) await wait(early)
    writes.push(
      insertResource(ctx, body).then(({ _id }) => {
        written.set(_id, Date.now())
      }),
    )
  }
  await Promise.all(writes)
  await wait(3000)
  const { seen } = await askSink(sink)
  const delays = seen.flatMap(([id, at]) => {
    const since = written.get(id)
    return since === undefined ? [] : [Math.max(0, at - since)]
  })
  delays.sort((a, b) => a - b)
  return {
    p95Ms: delays[Math.floor(delays.length * 0.95)] ?? Number.NaN,
    sent: delays.length,
    written: written.size,
  }
}

async function askSink(sink: Worker): Promise<{ count: number; seen: [string, number][] }> {
  const answer = await fetch(sink.url)
  return (await answer.json()) as { count: number; seen: [string, number][] }
}
