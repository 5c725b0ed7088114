import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import express from 'express'
import { afterEach, expect, it } from 'vitest'
import { z } from 'zod'
import type { Contract } from '../../../shared/api/contract.ts'
import { AppError } from '../../../shared/errors.ts'
import type { LimitKind } from '../../../shared/plans.ts'
import { mountContract } from '../http/index.ts'
import { problemHandler } from '../problem.ts'
import type { TenantContext } from '../tenancy.ts'
import type { Policies, TokenRequest, TokenStore } from './definition.ts'
import { createLimiter } from './limiter.ts'

const contract = {
  'GET /api/v1/things': { summary: 'Things', access: 'tenant', response: z.object({}) },
  'GET /api/v1/open': { summary: 'Open', access: 'public', response: z.object({}) },
  'GET /api/v1/throttled': { summary: 'Throttled', access: 'public', response: z.object({}) },
} satisfies Contract

const module = {
  name: 'things',
  contract,
  handlers: {
    'GET /api/v1/things': async () => ({}),
    'GET /api/v1/open': async () => ({}),
    'GET /api/v1/throttled': async () => ({}),
  },
}

const caller: TenantContext = {
  tenantId: 'ten_1',
  principal: { kind: 'api-key', id: 'key_1' },
  scopes: new Set(['*']),
  requestId: '',
}

function policiesOf(limits: Partial<Record<LimitKind, number>>): Policies {
  return {
    revision: 0,
    planOf: () => 'standard',
    limitOf: (_tenant, _isTest, kind) => ({
      perMinute: 60,
      burst: limits[kind] ?? 1000,
      source: 'plan',
    }),
  }
}

let server: Server | undefined
let clock = 0

async function serve(store: TokenStore, limits: Partial<Record<LimitKind, number>>) {
  const warnings: string[] = []
  const note = (_data: object, message: string) => warnings.push(message)
  const limiter = createLimiter({
    store,
    policies: policiesOf(limits),
    log: { warn: note as never, info: ((message: string) => warnings.push(message)) as never },
    exempt: new Set(['GET /api/v1/throttled']),
    now: () => clock,
  })
  const app = express()
  app.use((_req, res, next) => {
    res.locals['requestId'] = 'req_1'
    next()
  })
  const bearer = [{ prefix: '', authenticate: async () => caller }]
  const publicUrl = 'http://test.example'
  app.use(mountContract(module, { bearer, checkAnswers: true, publicUrl, limit: limiter.limit }))
  app.use(problemHandler({ publicUrl, onUnexpected: () => undefined }))
  const listening = createServer(app)
  server = listening
  await new Promise<void>((resolve) => listening.listen(0, '127.0.0.1', resolve))
  // Only a Unix socket has no port.
  const { port } = listening.address() as AddressInfo
  const get = (path: string) =>
    fetch(`http://127.0.0.1:${port}${path}`, { headers: { authorization: 'Bearer x' } })
  return { get, warnings, figures: limiter.figures }
}

afterEach(async () => {
  clock = 0
  await new Promise((resolve) => server?.close(resolve))
})

/** A pool that works or fails as told, and keeps what it was asked. */
function pool(size: number) {
  const asked: TokenRequest[] = []
  const state: { left: number; isDown: boolean } = { left: size, isDown: false }
  const store: TokenStore = {
    async take(request) {
      asked.push(request)
      if (state.isDown) throw new AppError('database_unavailable', 'gone')
      const left = request.id === 'ten_1' ? 1000 : state.left
      const granted = Math.min(left, request.wanted)
      if (request.id !== 'ten_1') state.left -= granted
      return { granted, poolLeft: left - granted }
    },
  }
  return { store, asked, state }
}

async function statuses(get: (path: string) => Promise<Response>, calls: number, path: string) {
  const seen: number[] = []
  for (let call = 0; call < calls; call++) seen.push((await get(path)).status)
  return seen
}

it('asks the pool once for several calls and refuses from memory once it is empty', async () => {
  const { store, asked } = pool(10)
  const { get } = await serve(store, { key: 10 })

  const seen = await statuses(get, 30, '/api/v1/things')

  expect(seen.filter((status) => status === 200)).toHaveLength(10)
  expect(seen.slice(10)).toEqual(Array(20).fill(429))
  expect(asked.filter(({ id }) => id === 'ten_1:key_1').length).toBeLessThanOrEqual(4)
})

it('tells a refused caller when to come back', async () => {
  const { store } = pool(0)
  const { get } = await serve(store, { key: 10 })

  const answer = await get('/api/v1/things')

  expect(answer.status).toBe(429)
  expect(answer.headers.get('retry-after')).toBe('1')
  expect(answer.headers.get('ratelimit')).toBe('"key";r=0;t=1')
  expect(await answer.json()).toMatchObject({
    code: 'too_many_requests',
    detail: 'The limit "key" of 60 requests a minute is used up; try again in 1 second',
  })
})

it('serves on with limits of its own while the store is away, and says so once', async () => {
  const { store, state } = pool(1000)
  state.isDown = true
  const { get, warnings, figures } = await serve(store, { key: 5 })

  const seen = await statuses(get, 8, '/api/v1/things')

  expect(seen).toEqual([200, 200, 200, 200, 200, 429, 429, 429])
  expect(warnings).toEqual(['no shared rate limits: this process limits by itself'])
  clock = 2000
  expect(await statuses(get, 3, '/api/v1/things')).toEqual([200, 200, 429])
  const failures = await figures.storeFailures.get()
  expect(failures.values[0]?.value).toBeGreaterThan(0)
})

it('keeps to what it knew of a bucket when the store goes away', async () => {
  const { store, state } = pool(6)
  const { get } = await serve(store, { key: 6 })
  expect(await statuses(get, 4, '/api/v1/things')).toEqual([200, 200, 200, 200])

  state.isDown = true

  expect(await statuses(get, 4, '/api/v1/things')).toEqual([200, 200, 429, 429])
})

it('goes back to the shared pool as soon as the store answers again', async () => {
  const { store, state } = pool(100)
  const { get, warnings } = await serve(store, { key: 2 })
  state.isDown = true
  await statuses(get, 3, '/api/v1/things')

  state.isDown = false
  clock = 1500
  await statuses(get, 1, '/api/v1/things')

  expect(warnings.at(-1)).toBe('rate limits are shared again')
  expect(await statuses(get, 5, '/api/v1/things')).toEqual([200, 200, 200, 200, 200])
})

it('limits public routes by address, except those with a throttle of their own', async () => {
  const { store, asked } = pool(0)
  const { get } = await serve(store, { address: 3 })

  expect(await statuses(get, 5, '/api/v1/open')).toEqual([200, 200, 200, 429, 429])
  expect(await statuses(get, 5, '/api/v1/throttled')).toEqual(Array(5).fill(200))
  expect(asked).toEqual([])
})
