import { describe, expect, it } from 'vitest'
import { createConnectClient } from './connect-client.ts'
import { retryingFetch } from './retrying-fetch.ts'
import { signWebhook, verifyWebhook } from './webhooks.ts'

interface Sent {
  readonly method: string
  readonly url: string
  readonly key: string | null
}

/** A server that gives these answers in turn, and what it was asked. */
function server(answers: readonly (Response | Error)[]) {
  const sent: Sent[] = []
  const pauses: number[] = []
  const rest = [...answers]
  const fake: typeof fetch = async (input, init = {}) => {
    const headers = new Headers(init.headers)
    sent.push({
      method: init.method ?? 'GET',
      url: String(input),
      key: headers.get('idempotency-key'),
    })
    const answer = rest.shift()
    if (!answer) throw new Error('asked too often')
    if (answer instanceof Error) throw answer
    return answer
  }
  let keys = 0
  const options = {
    fetch: fake,
    wait: async (ms: number) => void pauses.push(ms),
    random: () => 1,
    newKey: () => `key-${++keys}`,
  }
  return { sent, pauses, options, fetch: retryingFetch(options) }
}

function refusal(status: number, headers: Record<string, string> = {}): Response {
  return Response.json({ code: 'x', status }, { status, headers })
}

describe('retryingFetch', () => {
  it('waits as long as Retry-After says', async () => {
    const { fetch, pauses, sent } = server([
      refusal(429, { 'retry-after': '3' }),
      Response.json({}),
    ])

    const answer = await fetch('http://x/')

    expect(answer.status).toBe(200)
    expect(pauses).toEqual([3000])
    expect(sent).toHaveLength(2)
  })

  it('grows its pauses where nothing is said, and gives up after three', async () => {
    const { fetch, pauses, sent } = server([503, 502, 504, 503].map((status) => refusal(status)))

    expect((await fetch('http://x/')).status).toBe(503)
    expect(pauses).toEqual([250, 500, 1000])
    expect(sent).toHaveLength(4)
  })

  it('sends one Idempotency-Key with all tries of a write, another with the next', async () => {
    const { fetch, sent } = server([
      new TypeError('reset'),
      refusal(429),
      refusal(201),
      refusal(201),
    ])

    await fetch('http://x/', { method: 'POST', body: '{}' })
    await fetch('http://x/', { method: 'DELETE' })

    expect(sent.map(({ key }) => key)).toEqual(['key-1', 'key-1', 'key-1', 'key-2'])
  })

  it('repeats what is still running, and nothing that is final', async () => {
    const running = server([refusal(409, { 'retry-after': '1' }), refusal(201)])
    expect((await running.fetch('http://x/', { method: 'POST' })).status).toBe(201)

    for (const status of [400, 401, 404, 409, 412, 422]) {
      const final = server([refusal(status)])
      expect((await final.fetch('http://x/', { method: 'POST' })).status).toBe(status)
    }
    const failed = server([refusal(500)])
    expect((await failed.fetch('http://x/', { method: 'POST' })).status).toBe(500)
    const read = server([refusal(500), Response.json({})])
    expect((await read.fetch('http://x/')).status).toBe(200)
  })

  it('hands over a pause that is too long to wait for', async () => {
    const { fetch, pauses } = server([refusal(429, { 'retry-after': '3600' })])

    expect((await fetch('http://x/')).status).toBe(429)
    expect(pauses).toEqual([])
  })

  it('stops waiting when it is aborted', async () => {
    const { options } = server([refusal(429, { 'retry-after': '30' })])
    const { wait: _, ...real } = options
    const aborting = new AbortController()
    const asked = retryingFetch(real)('http://x/', { signal: aborting.signal })
    setTimeout(() => aborting.abort(new Error('enough')), 20)

    await expect(asked).rejects.toThrow('enough')
  })
})

describe('createConnectClient', () => {
  it('reads a list to its end, from where it is told', async () => {
    const { options, sent } = server([
      Response.json({ data: [{ id: 'a' }, { id: 'b' }], nextCursor: 'n1' }),
      Response.json({ data: [{ id: 'c' }], nextCursor: null }),
    ])
    const client = createConnectClient({ baseUrl: 'http://x', apiKey: 'k', ...options })

    const ids = []
    const query = { limit: 2, cursor: 'n0' }
    for await (const { id } of client.rows('GET /api/v1/items', { query })) ids.push(id)

    expect(ids).toEqual(['a', 'b', 'c'])
    expect(sent.map(({ url }) => url)).toEqual([
      'http://x/api/v1/items?limit=2&cursor=n0',
      'http://x/api/v1/items?limit=2&cursor=n1',
    ])
  })

  it('throws the problem with its code', async () => {
    const { options } = server([refusal(404)])
    const client = createConnectClient({ baseUrl: 'http://x', apiKey: async () => 'k', ...options })

    await expect(
      client('GET /api/v1/items/:id', { params: { id: 'itm_1' } }),
    ).rejects.toMatchObject({ name: 'ApiError', status: 404, code: 'x' })
  })
})

describe('verifyWebhook', () => {
  const secret = `whsec_${btoa('a secret of at least 24 bytes')}`
  const now = Date.parse('2026-11-23T10:00:00Z')
  const body = JSON.stringify({ type: 'webhook.test', timestamp: '2026-11-23T10:00:00Z', data: {} })

  async function headersAt(timestamp = now / 1000, given = secret) {
    const id = 'msg_1'
    return {
      'webhook-id': id,
      'webhook-timestamp': String(timestamp),
      'webhook-signature': await signWebhook({ secret: given, id, timestamp, body }),
    }
  }

  it('answers what a right delivery says', async () => {
    const event = await verifyWebhook({ secret, headers: await headersAt(), body, now })

    expect(event).toMatchObject({ id: 'msg_1', type: 'webhook.test', data: {} })
    expect(event.timestamp).toEqual(new Date(now))
  })

  it('takes Headers, bytes, several secrets and several signatures', async () => {
    const headers = await headersAt()
    const several = new Headers({
      ...headers,
      'webhook-signature': `v1a,abcd v1,AAAA ${headers['webhook-signature']}`,
    })
    const other = `whsec_${btoa('another secret of 24 bytes')}`

    const bytes = new TextEncoder().encode(body)
    const event = await verifyWebhook({
      secret: [other, secret],
      headers: several,
      body: bytes,
      now,
    })

    expect(event.id).toBe('msg_1')
  })

  it.each([
    ['a changed body', { body: body.replace('{}', '{"a":1}') }, 'no_matching_signature'],
    ['another secret', { secret: `whsec_${btoa('x'.repeat(24))}` }, 'no_matching_signature'],
    ['six minutes later', { now: now + 360_000 }, 'too_old'],
    ['six minutes earlier', { now: now - 360_000 }, 'too_new'],
    ['no headers', { headers: {} }, 'missing_header'],
    ['a secret that is none', { secret: 'whsec_*' }, 'invalid_secret'],
  ])('refuses %s', async (_what, change, reason) => {
    const right = { secret, headers: await headersAt(), body, now }

    await expect(verifyWebhook({ ...right, ...change })).rejects.toMatchObject({ reason })
  })

  it('agrees with the reference implementation', async () => {
    const { Webhook } = await import('standardwebhooks')
    const reference = new Webhook(secret)
    const signature = reference.sign('msg_1', new Date(now), body)

    expect((await headersAt())['webhook-signature']).toBe(signature)
  })
})
