import { once } from 'node:events'
import { request } from 'node:http'
import { connect } from 'node:net'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { z } from 'zod'
import type { Route } from '../../shared/api/contract.ts'
import { api } from '../../shared/api/index.ts'
import { startTestApp, type TestApp, type TestTenant } from '../support/app.ts'

let app: TestApp
let tenant: TestTenant
let resourceId = ''

const routes = Object.entries(api) as [string, Route][]
const reads = routes.filter(
  ([key, route]) => key.startsWith('GET ') && !key.includes(':') && route.access === 'tenant',
)
const writes = routes.filter(
  ([key, route]) =>
    /^(POST|PATCH|PUT) /.test(key) && !key.includes(':') && route.body && route.access === 'tenant',
)

const resource = {
  name: 'A resource',
  learningResourceType: 'guidance',
  license: { name: 'CC BY 4.0', url: null },
  attribution: 'Us',
}

beforeAll(async () => {
  app = await startTestApp()
  tenant = await app.addTenant('Abused')
  resourceId = (await send('POST', '/api/v1/resources', JSON.stringify(resource))).body.id
})

afterAll(async () => {
  await app.stop()
})

interface Answer {
  readonly status: number
  readonly headers: Headers
  readonly body: { code: string; id: string; data: unknown[] } & Record<string, unknown>
}

async function send(
  method: string,
  path: string,
  body?: string | Buffer,
  headers: Record<string, string> = {},
): Promise<Answer> {
  const response = await fetch(app.url + path, {
    method,
    headers: {
      authorization: `Bearer ${tenant.key}`,
      ...(body === undefined ? {} : { 'content-type': 'application/json' }),
      ...headers,
    },
    ...(body === undefined ? {} : { body: typeof body === 'string' ? body : new Uint8Array(body) }),
  })
  const text = await response.text()
  return {
    status: response.status,
    headers: response.headers,
    body: text === '' ? undefined : JSON.parse(text),
  }
}

function pathOf(key: string): string {
  return key.slice(key.indexOf(' ') + 1)
}

function expectProblem(answer: Answer, status: number, code: string): void {
  expect(answer.headers.get('content-type')).toContain('application/problem+json')
  expect({ status: answer.status, code: answer.body.code }).toEqual({ status, code })
  expect(answer.body['requestId']).toBe(answer.headers.get('x-request-id'))
}

describe('operators of the database in a query are refused', () => {
  const parameters = reads.flatMap(([key, route]) =>
    Object.keys(route.query?.shape ?? {}).map((name) => [key, name] as const),
  )

  it.each(parameters)('%s %s', async (key, name) => {
    for (const operator of ['$gt', '$ne', '$where', '$regex']) {
      const answer = await send('GET', `${pathOf(key)}?${name}[${operator}]=`)

      expectProblem(answer, 400, 'invalid_request')
    }
  })

  it('covers every list', () => {
    expect(parameters.length).toBeGreaterThan(60)
  })
})

describe('operators of the database in a body are refused', () => {
  it.each(writes.map(([key]) => key))('%s', async (key) => {
    const { body: schema } = api[key as keyof typeof api] as Route
    const bare = schema instanceof z.ZodPrefault ? schema.unwrap() : schema
    const names = Object.keys(bare instanceof z.ZodObject ? bare.shape : { name: 1 })
    const body = Object.fromEntries(names.map((name) => [name, { $gt: '' }]))

    const answer = await send(key.slice(0, key.indexOf(' ')), pathOf(key), JSON.stringify(body))

    expect(answer.status).toBeGreaterThanOrEqual(400)
    expect(answer.status).toBeLessThan(500)
  })

  it('stores nothing of an operator that a tolerant field lets through', async () => {
    const answer = await send(
      'POST',
      '/api/v1/resources',
      JSON.stringify({ ...resource, name: '$where', $set: { tenantId: 'ten_other' } }),
    )

    expect(answer.status).toBe(201)
    expect(answer.body).not.toHaveProperty('$set')
    expect((await send('GET', `/api/v1/resources/${answer.body.id}`)).body['name']).toBe('$where')
  })

  it('takes an operator in a path for an id that does not exist', async () => {
    const answer = await send('GET', `/api/v1/resources/${encodeURIComponent('{"$gt":""}')}`)

    expectProblem(answer, 404, 'not_found')
  })
})

describe('a body that is no sound JSON is refused', () => {
  const path = '/api/v1/resources'

  it.each([
    ['is cut', '{"name":', 'malformed_json'],
    [
      'is not UTF-8',
      Buffer.from([0x7b, 0x22, 0xff, 0xfe, 0x22, 0x3a, 0x31, 0x7d]),
      'malformed_json',
    ],
    ['is UTF-16', Buffer.from(JSON.stringify(resource), 'utf16le'), 'malformed_json'],
    ['holds a member twice', '{"name":"a","name":"b"}', 'duplicate_key'],
    ['holds one twice, once escaped', '{"name":"a","n\\u0061me":"b"}', 'duplicate_key'],
    ['is nested 1,000 deep', `${'['.repeat(1000)}${']'.repeat(1000)}`, 'invalid_request'],
    ['is nested 100,000 deep and never ends', '{"a":'.repeat(100_000), 'invalid_request'],
    ['pollutes prototypes', '{"__proto__":{"admin":true}}', 'invalid_request'],
    ['pollutes prototypes inside', '{"license":{"__proto__":{"a":1}}}', 'invalid_request'],
    ['is a bare value', '"text"', 'invalid_request'],
    ['is empty', '', 'invalid_request'],
  ])('because it %s', async (_why, body, code) => {
    expectProblem(await send('POST', path, body), 400, code)
    expect(({} as { admin?: boolean }).admin).toBeUndefined()
  })

  it('because it is larger than 1 MiB', async () => {
    const body = JSON.stringify({ ...resource, description: 'x'.repeat(1024 * 1024) })

    expectProblem(await send('POST', path, body), 413, 'payload_too_large')
  })

  it.each([
    ['text/plain'],
    ['application/x-www-form-urlencoded'],
    ['application/xml'],
    ['application/json; charset=utf-16'],
    ['multipart/form-data; boundary=x'],
  ])('because its type is %s', async (type) => {
    const answer = await send('POST', path, JSON.stringify(resource), { 'content-type': type })

    expectProblem(answer, 415, 'unsupported_media_type')
  })

  it('because its encoding is unknown', async () => {
    const answer = await send('POST', path, JSON.stringify(resource), {
      'content-encoding': 'rot13',
    })

    expectProblem(answer, 415, 'unsupported_media_type')
  })

  it('because it grows beyond 1 MiB when it is unpacked', async () => {
    const { gzipSync } = await import('node:zlib')
    const bomb = gzipSync(Buffer.alloc(20 * 1024 * 1024, 0x20))

    const answer = await send('POST', path, bomb, { 'content-encoding': 'gzip' })

    expectProblem(answer, 413, 'payload_too_large')
  })
})

describe('an address that is not sound is refused', () => {
  it('when a parameter stands twice', async () => {
    expectProblem(await send('GET', '/api/v1/resources?q=a&q=b'), 400, 'invalid_request')
    expectProblem(await send('GET', '/api/v1/resources?limit=1&limit=2'), 400, 'invalid_request')
  })

  it('when it holds a parameter that the operation does not know', async () => {
    const answer = await send('GET', '/api/v1/resources?statsu=open')

    expectProblem(answer, 400, 'invalid_request')
    expect(answer.body['errors']).toMatchObject([{ pointer: '#/query/statsu' }])
  })

  it('when a parameter would pollute prototypes', async () => {
    for (const name of ['__proto__', 'constructor', '__proto__[admin]']) {
      expectProblem(await send('GET', `/api/v1/resources?${name}=1`), 400, 'invalid_request')
    }
  })

  it('when it is longer than 8,000 characters', async () => {
    const answer = await send('GET', `/api/v1/resources?q=${'x'.repeat(8000)}`)

    expectProblem(answer, 414, 'uri_too_long')
  })

  it('when a percent-encoding is broken', async () => {
    expectProblem(await send('GET', '/api/v1/resources/%E0%A4%A'), 400, 'invalid_request')
  })

  it.each(['0', '201', '-1', '1e3', 'ten', '', '1.5', 'Infinity'])(
    'when limit is %j',
    async (limit) => {
      const answer = await send('GET', `/api/v1/resources?limit=${limit}`)

      if (limit === '1e3') expect(answer.status).toBe(400)
      else expectProblem(answer, 400, 'invalid_request')
    },
  )
})

describe('headers', () => {
  it('cannot be injected through a cursor, a field or a name', async () => {
    const evil = encodeURIComponent('x\r\nset-cookie: a=b')
    const answers = [
      await send('GET', `/api/v1/resources?cursor=${evil}`),
      await send('GET', `/api/v1/resources?fields=${evil}`),
      await send('GET', `/api/v1/resources/${evil}`),
      await send('GET', `/api/v1/resources?${evil}=1`),
    ]

    for (const answer of answers) {
      expect(answer.status).toBeGreaterThanOrEqual(400)
      expect(answer.headers.get('set-cookie')).toBeNull()
    }
  })

  it('with a raw line break end the connection before any of our code', async () => {
    const { port } = new URL(app.url)
    const socket = connect(Number(port), '127.0.0.1')
    socket.write(`GET /api/v1/resources HTTP/1.1\r\nHost: x\r\nX-A: b\nc: d\r\nBad Header\r\n\r\n`)

    const [data] = (await once(socket, 'data')) as [Buffer]
    socket.destroy()

    expect(data.toString()).toMatch(/^HTTP\/1\.1 400/)
  })

  it('larger than the server takes are refused with 431', async () => {
    const status = await new Promise<number | undefined>((resolve, reject) => {
      const call = request(
        `${app.url}/api/v1/resources`,
        { headers: { 'x-large': 'x'.repeat(40_000) } },
        (response) => {
          response.resume()
          resolve(response.statusCode)
        },
      )
      call.once('error', reject)
      call.end()
    })

    expect(status).toBe(431)
  })
})

describe('methods', () => {
  it('HEAD answers as GET does, without a body', async () => {
    const get = await send('GET', `/api/v1/resources/${resourceId}`)
    const head = await send('HEAD', `/api/v1/resources/${resourceId}`)

    expect(head.status).toBe(200)
    expect(head.body).toBeUndefined()
    expect(head.headers.get('etag')).toBe(get.headers.get('etag'))
  })

  it('OPTIONS needs no credential and names what is allowed', async () => {
    const response = await fetch(`${app.url}/api/v1/resources/${resourceId}`, {
      method: 'OPTIONS',
      headers: { origin: 'https://elsewhere.example', 'access-control-request-method': 'PATCH' },
    })

    expect(response.status).toBe(204)
    expect(response.headers.get('allow')).toBe('GET, PATCH, DELETE, HEAD, OPTIONS')
    expect(response.headers.get('access-control-allow-headers')).toContain('idempotency-key')
  })

  it.each(['PUT', 'TRACE', 'PURGE'])('%s is refused where there is none', async (method) => {
    const status = await new Promise<number | undefined>((resolve, reject) => {
      const call = request(`${app.url}/api/v1/resources`, { method }, (response) => {
        response.resume()
        resolve(response.statusCode)
      })
      call.once('error', reject)
      call.end()
    })

    expect(status).toBe(405)
  })

  it('any site may read with a bearer token, none with cookies', async () => {
    const answer = await send('GET', '/api/v1/resources', undefined, {
      origin: 'https://elsewhere.example',
    })

    expect(answer.headers.get('access-control-allow-origin')).toBe('*')
    expect(answer.headers.get('access-control-allow-credentials')).toBeNull()
    expect(answer.headers.get('access-control-expose-headers')).toContain('x-request-id')
  })
})
