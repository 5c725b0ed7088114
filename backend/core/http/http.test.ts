import type { AddressInfo } from 'node:net'
import express from 'express'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { z } from 'zod'
import { type Contract, IdParams, ListQuery, listOf } from '../../../shared/api/contract.ts'
import { AppError } from '../../../shared/errors.ts'
import { etagOf } from '../etag.ts'
import { defineModule } from '../module.ts'
import { problemHandler } from '../problem.ts'
import { systemContext } from '../tenancy.ts'
import { mountContract } from './index.ts'

const Thing = z.object({ id: z.string(), size: z.number(), updatedAt: z.string() })

const contract = {
  'GET /api/v1/things': {
    summary: 'List things',
    access: 'tenant',
    scope: 'items.read',
    query: ListQuery,
    response: listOf(Thing),
  },
  'GET /api/v1/things/:id': {
    summary: 'Get a thing',
    access: 'launch',
    scope: 'items.read',
    params: IdParams,
    response: Thing,
  },
  'PATCH /api/v1/things/:id': {
    summary: 'Change a thing',
    access: 'tenant',
    scope: 'items.write',
    params: IdParams,
    body: z.object({ size: z.number().int() }),
    response: Thing,
  },
  'POST /api/v1/things/:id/grow': {
    summary: 'Make a thing larger',
    access: 'tenant',
    scope: 'items.write',
    params: IdParams,
    response: Thing,
  },
  'POST /api/v1/things/upload': {
    summary: 'Send a file',
    access: 'tenant',
    scope: 'items.write',
    upload: { contentTypes: ['application/zip'], maxBytes: 10 },
    response: z.object({ bytes: z.number() }),
    status: 201,
  },
  'GET /api/v1/broken': { summary: 'Fails', access: 'public', response: z.object({}) },
} satisfies Contract

const thing = { id: 'thg_1', size: 1, updatedAt: '2026-01-01T00:00:00.000Z' }

const module = defineModule({
  name: 'things',
  contract,
  handlers: {
    'GET /api/v1/things': async (_ctx, { query }) => ({
      data: [{ ...thing, size: query.cursor === 'abc' ? 2 : 1 }],
      nextCursor: 'abc',
    }),
    'GET /api/v1/things/:id': async (_ctx, { params }) => {
      if (params.id !== thing.id) throw new AppError('not_found', `${params.id} does not exist`)
      return thing
    },
    'PATCH /api/v1/things/:id': async (_ctx, { body }) => ({ ...thing, size: body.size }),
    'POST /api/v1/things/:id/grow': async () => ({ ...thing, size: thing.size + 1 }),
    'POST /api/v1/things/upload': async (_ctx, _input, request) => ({
      bytes: request.upload.length,
    }),
    'GET /api/v1/broken': async () => {
      throw new Error('secret database password')
    },
  },
})

const unexpected: unknown[] = []
let base = ''
let server: ReturnType<express.Application['listen']>

beforeAll(async () => {
  const app = express()
  app.use((_req, res, next) => {
    res.locals['requestId'] = '6f1c0b52-0000-4000-8000-000000000000'
    next()
  })
  app.use(
    mountContract(module, {
      checkAnswers: true,
      publicUrl: 'https://connect.test',
      bearer: [
        {
          prefix: 'edp_',
          authenticate: async (token) => {
            if (token === 'edp_all') return systemContext('ten_1', 'test')
            if (token === 'edp_other') return systemContext('ten_2', 'test')
            if (token === 'edp_none') return { ...systemContext('ten_1', 'x'), scopes: new Set() }
            if (token !== 'edp_launch') return undefined
            return {
              ...systemContext('ten_1', 'x'),
              principal: { kind: 'launch', id: 'ses_1', userId: 'u' },
            }
          },
        },
      ],
    }),
  )
  app.use(
    problemHandler({
      publicUrl: 'https://connect.test',
      onUnexpected: (error) => unexpected.push(error),
    }),
  )
  await new Promise<void>((resolve) => {
    server = app.listen(0, '127.0.0.1', () => resolve())
  })
  base = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
})

afterAll(() => {
  server.close()
})

async function call(method: string, path: string, init: RequestInit & { token?: string } = {}) {
  const headers = new Headers(init.headers)
  if (init.token !== '') headers.set('authorization', `Bearer ${init.token ?? 'edp_all'}`)
  const response = await fetch(base + path, { ...init, method, headers })
  const text = await response.text()
  return { response, body: text === '' ? undefined : JSON.parse(text) }
}

const json = { 'content-type': 'application/json' }

it('answers a list with the Link of its next page', async () => {
  const { response, body } = await call('GET', '/api/v1/things?limit=1')

  expect(body).toEqual({ data: [thing], nextCursor: expect.stringMatching(/^cur_/) })
  expect(response.headers.get('link')).toBe(
    `<https://connect.test/api/v1/things?limit=1&cursor=${body.nextCursor}>; rel="next"`,
  )
  expect(response.headers.get('cache-control')).toBe('private, no-store')
})

it('hands the cursor of a list back to its module as it was written', async () => {
  const first = await call('GET', '/api/v1/things?limit=1')

  const { body } = await call('GET', `/api/v1/things?limit=2&cursor=${first.body.nextCursor}`)

  expect(body.data[0].size).toBe(2)
})

it.each([
  ['made up', () => 'YWJj'],
  ['changed', (cursor: string) => `${cursor.slice(0, -2)}${cursor.endsWith('AA') ? 'BB' : 'AA'}`],
  ['cut', (cursor: string) => cursor.slice(0, 40)],
])('refuses a cursor that was %s', async (_what, change) => {
  const first = await call('GET', '/api/v1/things')

  const { response, body } = await call(
    'GET',
    `/api/v1/things?cursor=${change(first.body.nextCursor)}`,
  )

  expect(response.status).toBe(400)
  expect(body.code).toBe('invalid_cursor')
})

it('refuses a cursor of another tenant', async () => {
  const first = await call('GET', '/api/v1/things')

  const { body } = await call('GET', `/api/v1/things?cursor=${first.body.nextCursor}`, {
    token: 'edp_other',
  })

  expect(body.code).toBe('invalid_cursor')
})

it('answers only the members that are asked for', async () => {
  const { body } = await call('GET', '/api/v1/things?fields=size')

  expect(body.data).toEqual([{ id: 'thg_1', size: 1 }])
})

it.each([
  'fields=secret',
  'fields=',
  'unknown=1',
  'limit[$gt]=1',
  'limit=1&limit=2',
  '__proto__=1',
])('refuses the parameters %s', async (query) => {
  const { response, body } = await call('GET', `/api/v1/things?${query}`)

  expect(response.status).toBe(400)
  expect(body.code).toBe('invalid_request')
})

it('answers HEAD as GET without a body, and OPTIONS without a credential', async () => {
  const head = await call('HEAD', '/api/v1/things/thg_1')
  const options = await call('OPTIONS', '/api/v1/things/thg_1', { token: '' })

  expect(head.response.status).toBe(200)
  expect(head.response.headers.get('etag')).toBeTruthy()
  expect(head.body).toBeUndefined()
  expect(options.response.status).toBe(204)
  expect(options.response.headers.get('allow')).toBe('GET, PATCH, HEAD, OPTIONS')
})

it('answers 304 to the tag it gave out', async () => {
  const { response } = await call('GET', '/api/v1/things/thg_1')
  const etag = response.headers.get('etag') ?? ''

  const again = await call('GET', '/api/v1/things/thg_1', { headers: { 'if-none-match': etag } })

  expect(etag).toMatch(/^"[\w-]{27}"$/)
  expect(again.response.status).toBe(304)
})

it('writes when If-Match is absent or right and refuses when it is not', async () => {
  const { response } = await call('GET', '/api/v1/things/thg_1')
  const change = (ifMatch?: string) =>
    call('PATCH', '/api/v1/things/thg_1', {
      body: '{"size":2}',
      headers: { ...json, ...(ifMatch ? { 'if-match': ifMatch } : {}) },
    })

  expect((await change()).response.status).toBe(200)
  expect((await change(response.headers.get('etag') ?? '')).response.status).toBe(200)
  expect((await change('"old"')).body).toMatchObject({ status: 412, code: 'precondition_failed' })
})

it('compares If-Match of an action with the object that the action is for', async () => {
  const { response } = await call('GET', '/api/v1/things/thg_1')
  const grow = (ifMatch: string) =>
    call('POST', '/api/v1/things/thg_1/grow', { headers: { 'if-match': ifMatch } })

  expect((await grow(response.headers.get('etag') ?? '')).response.status).toBe(200)
  expect((await grow('"old"')).body).toMatchObject({ status: 412, code: 'precondition_failed' })
})

it.each([
  ['no credential', 'GET', '/api/v1/things', { token: '' }, 401, 'unauthenticated'],
  ['an unknown key', 'GET', '/api/v1/things', { token: 'edp_wrong' }, 401, 'unauthenticated'],
  ['a foreign token', 'GET', '/api/v1/things', { token: 'xyz' }, 401, 'unauthenticated'],
  ['a missing scope', 'GET', '/api/v1/things', { token: 'edp_none' }, 403, 'insufficient_scope'],
  ['a launch', 'GET', '/api/v1/things', { token: 'edp_launch' }, 403, 'insufficient_scope'],
  ['an unknown object', 'GET', '/api/v1/things/thg_2', {}, 404, 'not_found'],
  ['a wrong method', 'DELETE', '/api/v1/things', {}, 405, 'method_not_allowed'],
  ['a limit out of range', 'GET', '/api/v1/things?limit=201', {}, 400, 'invalid_request'],
  [
    'broken JSON',
    'PATCH',
    '/api/v1/things/thg_1',
    { body: '{', headers: json },
    400,
    'malformed_json',
  ],
  ...['gzip', 'deflate', 'br'].map(
    (encoding) =>
      [
        `a body that is no ${encoding}`,
        'PATCH',
        '/api/v1/things/thg_1',
        { body: '{"size":1}', headers: { ...json, 'content-encoding': encoding } },
        400,
        'invalid_request',
      ] as const,
  ),
  [
    'a wrong type',
    'PATCH',
    '/api/v1/things/thg_1',
    { body: 'a', headers: { 'content-type': 'text/plain' } },
    415,
    'unsupported_media_type',
  ],
  [
    'a huge body',
    'PATCH',
    '/api/v1/things/thg_1',
    { body: `"${'x'.repeat(1_100_000)}"`, headers: json },
    413,
    'payload_too_large',
  ],
  [
    'a huge file',
    'POST',
    '/api/v1/things/upload',
    { body: 'x'.repeat(11), headers: { 'content-type': 'application/zip' } },
    413,
    'payload_too_large',
  ],
  ['a broken escape', 'GET', '/api/v1/things/%E0%A4%A', {}, 400, 'invalid_request'],
] as const)('refuses %s as a problem', async (_what, method, path, init, status, code) => {
  const { response, body } = await call(method, path, init)

  expect(response.status).toBe(status)
  expect(response.headers.get('content-type')).toBe('application/problem+json; charset=utf-8')
  expect(body).toMatchObject({
    type: `https://connect.test/developers/errors/${code}`,
    status,
    code,
    requestId: '6f1c0b52-0000-4000-8000-000000000000',
    instance: 'urn:uuid:6f1c0b52-0000-4000-8000-000000000000',
  })
})

it('points at each invalid field', async () => {
  const { body } = await call('PATCH', '/api/v1/things/thg_1', {
    body: '{"size":"large"}',
    headers: json,
  })

  expect(body.errors).toEqual([
    { pointer: '#/size', code: 'invalid_type', detail: expect.stringContaining('number') },
  ])
})

it('takes a file as bytes', async () => {
  const { response, body } = await call('POST', '/api/v1/things/upload', {
    body: 'PK',
    headers: { 'content-type': 'application/zip' },
  })

  expect(response.status).toBe(201)
  expect(body).toEqual({ bytes: 2 })
})

it('says nothing about what it did not expect', async () => {
  const { response, body } = await call('GET', '/api/v1/broken', { token: '' })

  expect(response.status).toBe(500)
  expect(body.detail).toBeUndefined()
  expect(JSON.stringify(body)).not.toContain('secret')
  expect(unexpected).toHaveLength(1)
})

it('names the scope that is missing', async () => {
  const { response } = await call('GET', '/api/v1/things', { token: 'edp_none' })

  expect(response.headers.get('www-authenticate')).toBe(
    'Bearer error="insufficient_scope", scope="items.read"',
  )
})

it('gives the same tag to an object whatever the order of its members', () => {
  expect(etagOf({ id: 'a', list: [{ x: 1, y: 2 }] })).toBe(
    etagOf({ list: [{ y: 2, x: 1 }], id: 'a' }),
  )
  expect(etagOf({ id: 'a', list: [1, 2] })).not.toBe(etagOf({ id: 'a', list: [2, 1] }))
})
