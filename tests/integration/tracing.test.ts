import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import express from 'express'
import { afterAll, beforeAll, expect, it } from 'vitest'
import type { EndedCall } from '../../backend/core/http/index.ts'
import { startTracing } from '../../backend/tracing.ts'

interface SentSpan {
  readonly traceId: string
  readonly spanId: string
  readonly parentSpanId?: string
  readonly name: string
  readonly links: readonly { readonly traceId: string }[]
  readonly attributes: readonly { readonly key: string; readonly value: object }[]
  readonly status: { readonly code: number }
}

interface Sent {
  readonly resourceSpans: readonly {
    readonly resource: { readonly attributes: SentSpan['attributes'] }
    readonly scopeSpans: readonly { readonly spans: readonly SentSpan[] }[]
  }[]
}

const received: { path: string; body: Sent }[] = []
const collector = createServer((req, res) => {
  let text = ''
  req.setEncoding('utf8').on('data', (chunk: string) => {
    text += chunk
  })
  req.on('end', () => {
    // What the exporter sends as JSON is an OTLP message.
    received.push({ path: req.url ?? '', body: JSON.parse(text) as Sent })
    res.setHeader('content-type', 'application/json').end('{}')
  })
})

function portOf(server: ReturnType<typeof createServer>): number {
  // A TCP server's address is an object once it listens.
  return (server.address() as AddressInfo).port
}

beforeAll(async () => {
  await new Promise<void>((resolve) => collector.listen(0, '127.0.0.1', resolve))
})

afterAll(() => {
  collector.close()
})

function valuesOf({ attributes }: Pick<SentSpan, 'attributes'>): Record<string, unknown> {
  return Object.fromEntries(
    attributes.map(({ key, value }) => [key, Object.values(value)[0] as unknown]),
  )
}

it('sends a span for each request and, below it, for each request to another system', async () => {
  const tracing = await startTracing({
    endpoint: `http://127.0.0.1:${portOf(collector)}/`,
    version: '0.0.0-test',
  })
  const app = express()
  app.use(tracing.request)
  app.get('/sync', async (req, res) => {
    await new Promise((resolve) => setTimeout(resolve, 5))
    tracing.exchange({
      tenantId: 'ten_1',
      connectionId: 'con_1',
      connectorId: 'moodle',
      purpose: 'roster.pull',
      method: 'GET',
      host: 'moodle.example',
      path: '/webservice',
      status: 503,
      durationMs: 40,
      bytes: 10,
      attempt: 2,
      errorCode: 'unavailable',
      at: new Date(),
    })
    tracing.observe({
      operation: 'GET /api/v1/sync',
      req,
      status: 500,
      ctx: { tenantId: 'ten_1' },
    } as unknown as EndedCall)
    res.status(500).json({})
  })
  const server = createServer(app)
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const caller = '0af7651916cd43dd8448eb211c80319c'

  await fetch(`http://127.0.0.1:${portOf(server)}/sync?token=secret`, {
    headers: { traceparent: `00-${caller}-b7ad6b7169203331-01`, authorization: 'Bearer secret' },
  })
  server.close()
  await tracing.stop()

  expect(received.map(({ path }) => path)).toEqual(['/v1/traces'])
  const [group] = received[0]?.body.resourceSpans ?? []
  expect(valuesOf(group?.resource ?? { attributes: [] })).toMatchObject({
    'service.name': 'edpsych-connect',
    'service.version': '0.0.0-test',
  })
  const spans = group?.scopeSpans.flatMap((scope) => scope.spans) ?? []
  const request = spans.find(({ name }) => name === 'GET /api/v1/sync')
  const exchange = spans.find(({ name }) => name === 'GET moodle.example')
  expect(spans).toHaveLength(2)
  expect(request && valuesOf(request)).toMatchObject({
    'http.route': '/api/v1/sync',
    'http.response.status_code': 500,
    'edpsych.tenant_id': 'ten_1',
  })
  expect(request?.status.code).toBe(2)
  expect(request?.traceId).not.toBe(caller)
  expect(request?.links.map(({ traceId }) => traceId)).toEqual([caller])
  expect(exchange).toMatchObject({ traceId: request?.traceId, parentSpanId: request?.spanId })
  expect(exchange && valuesOf(exchange)).toMatchObject({
    'edpsych.connector': 'moodle',
    'edpsych.purpose': 'roster.pull',
    'error.type': 'unavailable',
    'http.request.resend_count': 1,
  })
  expect(JSON.stringify(received)).not.toContain('secret')
})

it('does not hold up a server whose collector is away', async () => {
  const tracing = await startTracing({ endpoint: 'http://127.0.0.1:9', version: '0.0.0-test' })
  const app = express()
  app.use(tracing.request)
  app.get('/', (_req, res) => {
    res.json({})
  })
  const server = createServer(app)
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))

  const answer = await fetch(`http://127.0.0.1:${portOf(server)}/`)
  server.close()

  expect(answer.status).toBe(200)
  await tracing.stop().catch(() => undefined)
}, 30_000)
