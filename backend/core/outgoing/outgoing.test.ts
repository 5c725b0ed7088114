import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterEach, describe, expect, it } from 'vitest'
import { z } from 'zod'
import { createLogger } from '../logging.ts'
import type { Address } from './definition.ts'
import { createOutgoing, type OutgoingOptions } from './outgoing.ts'

const log = createLogger({ level: 'silent' })
const closers: (() => Promise<unknown>)[] = []

afterEach(async () => {
  for (const close of closers.splice(0)) await close()
})

interface TestServer {
  readonly origin: string
  readonly port: number
  readonly seen: IncomingMessage[]
}

type Answer = (req: IncomingMessage, res: ServerResponse, call: number) => void

async function serve(answer: Answer): Promise<TestServer> {
  const seen: IncomingMessage[] = []
  const server = createServer((req, res) => {
    seen.push(req)
    answer(req, res, seen.length)
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  // listen() on TCP always yields an AddressInfo.
  const { port } = server.address() as AddressInfo
  closers.push(async () => {
    server.closeAllConnections()
    await new Promise((resolve) => server.close(resolve))
  })
  return { origin: `http://127.0.0.1:${port}`, port, seen }
}

function client(options: Partial<OutgoingOptions> = {}) {
  const outgoing = createOutgoing({
    allowPrivateNetworks: true,
    allowedPrivateUrlPrefixes: [],
    log,
    ...options,
  })
  closers.push(() => outgoing.close())
  return outgoing
}

const purpose = 'test'
const loopback: readonly Address[] = [{ address: '127.0.0.1', family: 4 }]

describe('request', () => {
  it('sends what it is given and reads the answer', async () => {
    const server = await serve((req, res) => {
      res.setHeader('set-cookie', ['a=1', 'b=2'])
      req.setEncoding('utf8')
      req.on('data', (body: string) => res.end(JSON.stringify({ got: body, path: req.url })))
    })

    const answer = await client().request({
      url: `${server.origin}/token?x=1`,
      purpose,
      method: 'POST',
      headers: { 'content-type': 'text/plain', authorization: 'Bearer t' },
      body: 'hello',
    })

    expect(answer.status).toBe(200)
    expect(answer.headers['set-cookie']).toBe('a=1, b=2')
    expect(answer.json(z.object({ got: z.string(), path: z.string() }))).toEqual({
      got: 'hello',
      path: '/token?x=1',
    })
    expect(server.seen[0]?.headers).toMatchObject({
      authorization: 'Bearer t',
      'user-agent': 'EdPsych-Connect',
    })
  })

  it('says what was wrong with an answer that does not parse', async () => {
    const server = await serve((req, res) => res.end(req.url === '/html' ? '<p>' : '{"keys":1}'))
    const outgoing = client()
    const html = await outgoing.request({ url: `${server.origin}/html`, purpose })
    const json = await outgoing.request({ url: `${server.origin}/json`, purpose })

    expect(() => html.json(z.object({}))).toThrow(/did not answer with JSON/)
    expect(() => json.json(z.object({ keys: z.array(z.string()) }))).toThrow(/at "keys"/)
  })

  it('never logs query, headers or bodies', async () => {
    let text = ''
    const destination = {
      write(line: string) {
        text += line
      },
    }
    const server = await serve((_req, res) => res.end('planted'))
    const outgoing = client({ log: createLogger({ level: 'debug', destination }) })

    await outgoing.request({
      url: `${server.origin}/scores?u=planted`,
      purpose: 'lti.scores',
      method: 'POST',
      headers: { authorization: 'planted' },
      body: 'planted',
    })

    expect(text).not.toContain('planted')
    expect(JSON.parse(text)).toMatchObject({
      msg: 'outgoing request',
      purpose: 'lti.scores',
      method: 'POST',
      path: '/scores',
      status: 200,
    })
  })
})

describe('redirects', () => {
  it.each([301, 302, 303, 307, 308])('returns a %i and does not follow it', async (status) => {
    const inside = await serve((_req, res) => res.end('secret'))
    const server = await serve((_req, res) => {
      res.writeHead(status, { location: `${inside.origin}/admin` }).end()
    })

    const answer = await client().request({ url: server.origin, purpose })

    expect(answer.status).toBe(status)
    expect(answer.headers['location']).toBe(`${inside.origin}/admin`)
    expect(inside.seen).toHaveLength(0)
    expect(server.seen).toHaveLength(1)
  })
})

describe('names', () => {
  it('connects to the very address that was checked', async () => {
    const server = await serve((req, res) => res.end(req.headers.host))
    let lookups = 0
    const outgoing = client({
      lookup: async () => {
        lookups++
        return loopback
      },
    })

    const answer = await outgoing.request({
      url: `http://lms.example.org:${server.port}/`,
      purpose,
    })

    expect(answer.text).toBe(`lms.example.org:${server.port}`)
    expect(lookups).toBe(1)
  })

  it.each([
    ['one private address', ['10.0.0.1']],
    ['loopback', ['127.0.0.1']],
    ['v6 loopback', ['::1']],
    ['mapped loopback', ['::ffff:127.0.0.1']],
    ['cloud metadata', ['169.254.169.254']],
    ['a public address and then a private one', ['93.184.216.34', '192.168.0.1']],
    ['a public address and then a v6 private one', ['93.184.216.34', 'fd00::1']],
    ['no address', []],
  ])('refuses a name that leads to %s', async (_what, addresses) => {
    const outgoing = client({
      allowPrivateNetworks: false,
      lookup: async () =>
        addresses.map((address) => ({ address, family: address.includes(':') ? 6 : 4 })),
    })

    const refused = outgoing.request({ url: 'https://lms.example.org/', purpose, retries: 0 })

    await expect(refused).rejects.toMatchObject({
      code: addresses.length === 0 ? 'upstream_unavailable' : 'url_not_allowed',
    })
  })

  it('is not fooled by a name that turns forbidden after its first answer', async () => {
    const server = await serve((_req, res) => {
      res.setHeader('connection', 'close')
      res.end('ok')
    })
    const answers = ['127.0.0.1', '169.254.169.254']
    let lookups = 0
    const outgoing = client({
      lookup: async () => [{ address: answers[lookups++] ?? '', family: 4 }],
    })
    const ask = () =>
      outgoing.request({ url: `http://lms.example.org:${server.port}/`, purpose, retries: 0 })

    expect((await ask()).text).toBe('ok')
    await expect(ask()).rejects.toMatchObject({ code: 'url_not_allowed' })

    expect(lookups).toBe(2)
    expect(server.seen).toHaveLength(1)
  })

  it('refuses a private literal before any socket is opened', async () => {
    const inside = await serve((_req, res) => res.end('secret'))
    const outgoing = client({ allowPrivateNetworks: false })

    await expect(outgoing.request({ url: inside.origin, purpose })).rejects.toMatchObject({
      code: 'url_not_allowed',
    })
    expect(inside.seen).toHaveLength(0)
  })

  it('reaches a trusted address and nothing beside it', async () => {
    const server = await serve((_req, res) => res.end('ok'))
    const outgoing = client({
      allowPrivateNetworks: false,
      allowedPrivateUrlPrefixes: [`${server.origin}/sandbox/lms`],
    })

    const answer = await outgoing.request({ url: `${server.origin}/sandbox/lms/jwks`, purpose })

    expect(answer.text).toBe('ok')
    await expect(
      outgoing.request({ url: `${server.origin}/admin`, purpose }),
    ).rejects.toMatchObject({ code: 'url_not_allowed' })
    expect(server.seen).toHaveLength(1)
  })
})

describe('limits', () => {
  it('gives up on a server that does not answer in time', async () => {
    const server = await serve(() => {})

    const slow = client().request({ url: server.origin, purpose, timeoutMs: 80 })

    await expect(slow).rejects.toMatchObject({ code: 'upstream_timeout', status: 504 })
  })

  it('gives up on a server that trickles its body', async () => {
    const server = await serve((_req, res) => {
      const timer = setInterval(() => res.write('.'), 10)
      res.on('close', () => clearInterval(timer))
    })

    const slow = client().request({ url: server.origin, purpose, timeoutMs: 120 })

    await expect(slow).rejects.toMatchObject({ code: 'upstream_timeout' })
  })

  it.each([
    ['announced', (res: ServerResponse) => res.setHeader('content-length', 5_000_000)],
    ['not announced', () => {}],
  ])('stops reading a huge body that is %s', async (_what, prepare) => {
    const server = await serve((_req, res) => {
      prepare(res)
      res.write(Buffer.alloc(2_000_000))
    })

    const huge = client().request({ url: server.origin, purpose, timeoutMs: 2000 })

    await expect(huge).rejects.toMatchObject({ code: 'upstream_response_too_large' })
  })

  it('reads a body of exactly the limit', async () => {
    const server = await serve((_req, res) => res.end('x'.repeat(100)))

    const answer = await client().request({ url: server.origin, purpose, maxBytes: 100 })

    expect(answer.text).toHaveLength(100)
  })

  it('stops when its caller does', async () => {
    const server = await serve(() => {})
    const stop = new AbortController()
    const running = client().request({ url: server.origin, purpose, signal: stop.signal })

    setTimeout(() => stop.abort(new Error('left')), 20)

    await expect(running).rejects.toThrow('left')
  })
})

describe('retries', () => {
  it.each([429, 503])('repeats an idempotent request after %i', async (status) => {
    const server = await serve((_req, res, call) => {
      res.statusCode = call < 3 ? status : 200
      res.end()
    })

    const answer = await client().request({ url: server.origin, purpose })

    expect(answer.status).toBe(200)
    expect(server.seen).toHaveLength(3)
  })

  it('repeats after a connection that broke', async () => {
    const server = await serve((req, res, call) => {
      if (call === 1) req.socket.destroy()
      else res.end('ok')
    })

    expect((await client().request({ url: server.origin, purpose })).text).toBe('ok')
  })

  it('does not repeat a POST unless told that it may', async () => {
    const server = await serve((_req, res) => {
      res.statusCode = 503
      res.end()
    })
    const outgoing = client()
    const post = { url: server.origin, purpose, method: 'POST' as const, retries: 1 }

    expect((await outgoing.request(post)).status).toBe(503)
    expect(server.seen).toHaveLength(1)

    expect((await outgoing.request({ ...post, idempotent: true })).status).toBe(503)
    expect(server.seen).toHaveLength(3)
  })

  it('does not repeat a request that the other side calls wrong', async () => {
    const server = await serve((_req, res) => {
      res.statusCode = 404
      res.end()
    })

    expect((await client().request({ url: server.origin, purpose })).status).toBe(404)
    expect(server.seen).toHaveLength(1)
  })

  it('waits as long as Retry-After asks', async () => {
    const server = await serve((_req, res, call) => {
      if (call === 1) res.writeHead(429, { 'retry-after': '1' })
      res.end()
    })
    const started = Date.now()

    const answer = await client().request({ url: server.origin, purpose })

    expect(answer.status).toBe(200)
    expect(Date.now() - started).toBeGreaterThanOrEqual(990)
  })

  it('returns at once, saying how long to wait, when that is longer than it may take', async () => {
    const server = await serve((_req, res) => {
      res.writeHead(503, { 'retry-after': '120' }).end()
    })

    const answer = await client().request({ url: server.origin, purpose })

    expect(answer.status).toBe(503)
    expect(answer.retryAfterMs).toBe(120_000)
    expect(server.seen).toHaveLength(1)
  })

  it('says why nothing could be reached', async () => {
    const gone = await serve(() => {})
    await closers.shift()?.()

    const failed = client().request({ url: gone.origin, purpose, retries: 0 })

    await expect(failed).rejects.toMatchObject({
      code: 'upstream_unavailable',
      message: expect.stringContaining('nothing answers at that address'),
    })
  })
})

describe('circuit breaker', () => {
  it('stops asking a failing origin, tries it once after a while, and closes when it is well', async () => {
    const server = await serve((_req, res, call) => {
      res.statusCode = call <= 4 ? 503 : 200
      res.end()
    })
    const other = await serve((_req, res) => res.end('fine'))
    const outgoing = client({ breaker: { failures: 3, openMs: 150 } })
    const ask = () => outgoing.request({ url: server.origin, purpose, retries: 0 })
    for (let i = 0; i < 3; i++) expect((await ask()).status).toBe(503)

    await expect(ask()).rejects.toMatchObject({
      code: 'upstream_unavailable',
      retryAfterSeconds: 1,
    })
    expect(server.seen).toHaveLength(3)
    expect((await outgoing.request({ url: other.origin, purpose })).text).toBe('fine')

    await new Promise((resolve) => setTimeout(resolve, 180))
    expect((await ask()).status).toBe(503)
    await expect(ask()).rejects.toMatchObject({ code: 'upstream_unavailable' })
    expect(server.seen).toHaveLength(4)

    await new Promise((resolve) => setTimeout(resolve, 180))
    expect((await ask()).status).toBe(200)
    expect((await ask()).status).toBe(200)
  })

  it('does not open for refusals, for 4xx or for callers that leave', async () => {
    const server = await serve((req, res) => {
      if (req.url === '/slow') return
      res.statusCode = 404
      res.end()
    })
    const outgoing = client({ breaker: { failures: 2, openMs: 60_000 } })
    for (let i = 0; i < 4; i++) {
      await outgoing.request({ url: server.origin, purpose })
      const leaving = outgoing.request({
        url: `${server.origin}/slow`,
        purpose,
        signal: AbortSignal.timeout(10),
      })
      await expect(leaving).rejects.toThrow()
    }

    expect((await outgoing.request({ url: server.origin, purpose })).status).toBe(404)
  })
})
