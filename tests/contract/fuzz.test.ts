import fc from 'fast-check'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { isJson, type Json } from '../../backend/core/openapi/json.ts'
import type { Route } from '../../shared/api/contract.ts'
import { api } from '../../shared/api/index.ts'
import { operationOf, resolved, validatorOf } from '../support/answer-check.ts'
import { startTestApp, type TestApp, type TestTenant } from '../support/app.ts'
import { arbitraryOf, mutationOf } from './schema-arbitrary.ts'
import { seedObjects } from './seed-objects.ts'

const seed = Number(process.env['FUZZ_SEED'] ?? Date.now() % 2 ** 31)
/** For each of the two phases that make up values. */
const budgetMs = Number(process.env['FUZZ_BUDGET_MS'] ?? 14_000)
const atOnce = 8
const validRuns = 12
const mutatedRuns = 30

/** They end the credential that calls, or are measured in passwords and whole schools. */
const costly = new Set([
  'DELETE /api/v1/extension/pairings/current',
  'PUT /api/v1/limits',
  'POST /api/v1/sandboxes',
  'POST /api/v1/people',
  'POST /api/v1/session',
  'POST /api/v1/extension/pairings',
])

/** What deletes comes last, so that everything else has something to work on. */
function isFuzzed(operation: string, { access }: Route): boolean {
  return !costly.has(operation) && access !== 'staff' && !operation.startsWith('DELETE ')
}

const operations = Object.entries<Route>(api)
const counts: Record<string, number> = {}
let app: TestApp
let tenant: TestTenant
let stranger: TestTenant
let ids: Readonly<Record<string, string>>

beforeAll(async () => {
  app = await startTestApp()
  tenant = await app.addTenant('Fuzzed school')
  stranger = await app.addTenant('Strange school')
  ids = await seedObjects(tenant)
})

afterAll(async () => {
  const outcomes = Object.entries(counts).map(
    ([name, count]) => `${count.toLocaleString('en')} ${name}`,
  )
  process.stdout.write(
    `fuzz: ${operations.length} operations, ${outcomes.join(', ')}; ${app.answers.checked.toLocaleString('en')} answers held to the document; seed ${seed}\n`,
  )
  await app.stop()
})

interface Call {
  readonly params?: Json
  readonly query?: Json
  readonly body?: unknown
  readonly key?: string | undefined
}

async function send(operation: string, { params = {}, query = {}, body, key }: Call) {
  const [method = '', template = ''] = operation.split(' ')
  const path = template.replace(
    /:(\w+)/g,
    (_, name: string) =>
      encodeURIComponent(String(params[name] ?? 'none')).replaceAll('.', '%2E') || 'none',
  )
  const url = new URL(path, app.url)
  for (const [name, value] of Object.entries(query)) {
    if (value !== undefined)
      url.searchParams.append(
        name,
        typeof value === 'object' ? JSON.stringify(value) : String(value),
      )
  }
  const isUpload = 'upload' in (operations.find(([one]) => one === operation)?.[1] ?? {})
  const response = await fetch(url, {
    method,
    headers: {
      ...(key === undefined ? {} : { authorization: `Bearer ${key}` }),
      ...(body === undefined
        ? {}
        : { 'content-type': isUpload ? 'application/xml' : 'application/json' }),
    },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  })
  const text = await response.text()
  return { status: response.status, text, type: response.headers.get('content-type') ?? '' }
}

function count(name: string): void {
  counts[name] = (counts[name] ?? 0) + 1
}

/** A real id of the seeded objects for `:id`, where the collection has one. */
function paramsOf(operation: string): Json {
  const [, path = ''] = operation.split(' ')
  const collection = path.slice('/api/v1/'.length).split('/:', 1)[0] ?? ''
  return {
    id: ids[collection] ?? 'none',
    deploymentId: '1',
    version: '1',
    certificationId: 'none',
    lineItemId: ids['line-items'],
  }
}

function partsOf(operation: string) {
  const described = operationOf(operation)
  const parameters = (described['parameters'] as unknown[]).map(resolved)
  const queries = parameters.filter((one) => one['in'] === 'query')
  const properties = Object.fromEntries(
    queries.map((one) => [
      one['name'],
      one['name'] === 'fields'
        ? { const: 'id' }
        : one['name'] === 'cursor'
          ? { const: undefined }
          : one['schema'],
    ]),
  )
  const required = queries.filter((one) => one['required'] === true).map((one) => one['name'])
  const media = resolved(described['requestBody'])['content']
  const json = isJson(media) ? resolved(media['application/json']) : {}
  return {
    query: arbitraryOf({ type: 'object', properties, required }) as fc.Arbitrary<Json>,
    bodySchema: isJson(json['schema']) ? json['schema'] : null,
  }
}

/** Runs tasks a few at a time until none is left or the time is up. */
async function runAll(tasks: readonly (() => Promise<void>)[], untilMs = Number.POSITIVE_INFINITY) {
  let next = 0
  const work = async () => {
    while (next < tasks.length && performance.now() < untilMs) await tasks[next++]?.()
  }
  await Promise.all(Array.from({ length: atOnce }, work))
}

/** Every operation in turn, so that a short budget still reaches all of them. */
function interleaved(perOperation: readonly (readonly (() => Promise<void>)[])[]) {
  const longest = Math.max(...perOperation.map((tasks) => tasks.length))
  return Array.from({ length: longest }, (_, round) =>
    perOperation.flatMap((tasks) => tasks[round] ?? []),
  ).flat()
}

/** Whether what was sent was met as it should be: what the document forbids is refused, as a problem. */
function isHandled(status: number, type: string, isWrong: boolean): boolean {
  const isRefused = status >= 400 && status < 500
  count(isRefused ? 'mutated and refused' : 'odd but allowed')
  if (isRefused) return type.startsWith('application/problem+json')
  return status < 400 && !isWrong
}

it('answers 401 without a credential and 403 without the right', async () => {
  const wrong: string[] = []
  const { key } = await tenant.client('POST /api/v1/keys', {
    body: { name: 'Narrow', scopes: ['embeds.read'] },
  })
  const { key: otherKey } = await tenant.client('POST /api/v1/keys', {
    body: { name: 'Other', scopes: ['jobs.read'] },
  })

  await runAll(
    operations
      .filter(([, route]) => route.access !== 'public')
      .map(([operation, route]) => async () => {
        const params = paramsOf(operation)
        const anonymous = await send(operation, { params })
        count('without credential')
        if (anonymous.status !== 401) wrong.push(`${operation}: ${anonymous.status}, not 401`)
        if (!route.scope) return
        const narrow = await send(operation, {
          params,
          key: route.scope === 'embeds.read' ? otherKey : key,
        })
        count('without right')
        if (narrow.status !== 403) wrong.push(`${operation}: ${narrow.status}, not 403`)
      }),
  )

  expect(wrong).toEqual([])
})

it('answers 404 for what belongs to another organisation', async () => {
  const wrong: string[] = []
  await runAll(
    operations
      .filter(
        ([operation, route]) =>
          operation.includes('/:id') &&
          paramsOf(operation)['id'] !== 'none' &&
          route.shared !== true &&
          route.access !== 'staff',
      )
      .map(([operation]) => async () => {
        const { bodySchema, query } = partsOf(operation)
        const [body] = bodySchema ? fc.sample(arbitraryOf(bodySchema), { numRuns: 1, seed }) : []
        const [asked] = fc.sample(query, { numRuns: 1, seed })
        const { status, text } = await send(operation, {
          params: paramsOf(operation),
          query: asked ?? {},
          body,
          key: stranger.key,
        })
        count('of another organisation')
        if (status !== 404) wrong.push(`${operation}: ${status}, not 404 ${text.slice(0, 200)}`)
      }),
  )

  expect(wrong, `FUZZ_SEED=${seed}`).toEqual([])
})

it('answers valid calls as the document says, and never with a failure of its own', async () => {
  const wrong: string[] = []
  const tasks = operations
    .filter(([operation, route]) => isFuzzed(operation, route))
    .map(([operation, route]) => {
      const { query, bodySchema } = partsOf(operation)
      const body = bodySchema
        ? arbitraryOf(bodySchema)
        : fc.constant(route.upload ? 'file' : undefined)
      return fc
        .sample(fc.record({ query, body }), { numRuns: validRuns, seed })
        .map((made) => async () => {
          const sent = { params: paramsOf(operation), ...made, key: tenant.key }
          const { status, text } = await send(operation, sent)
          count(status < 300 ? 'valid' : 'valid but refused')
          if (status >= 500)
            wrong.push(
              `${operation}: ${status} ${text.slice(0, 200)} ${JSON.stringify(made).slice(0, 300)}`,
            )
        })
    })
  await runAll(interleaved(tasks), performance.now() + budgetMs)

  expect(wrong, `FUZZ_SEED=${seed}`).toEqual([])
})

it('refuses mutated calls as problems with a status of 4xx', async () => {
  const wrong: string[] = []
  const tasks = operations
    .filter(([operation, route]) => isFuzzed(operation, route) && !operation.endsWith('/bulk'))
    .map(([operation, route]) => {
      const { query, bodySchema } = partsOf(operation)
      const validate = bodySchema ? validatorOf(bodySchema, 'published') : null
      const bodies = bodySchema ? arbitraryOf(bodySchema).chain(mutationOf) : fc.constant(undefined)
      const queries = bodySchema && !route.query ? query : query.chain(mutationOf)
      return fc
        .sample(fc.record({ query: queries, body: bodies }), {
          numRuns: bodySchema || route.query ? mutatedRuns : 2,
          seed,
        })
        .map((made) => async () => {
          const sent = {
            params: paramsOf(operation),
            query: isJson(made.query) ? made.query : {},
            body: made.body,
            key: tenant.key,
          }
          const { status, text, type } = await send(operation, sent)
          const isWrong = validate !== null && made.body !== undefined && !validate(made.body)
          if (!isHandled(status, type, isWrong)) {
            wrong.push(
              `${operation}: ${status} ${text.slice(0, 160)} ${JSON.stringify(made).slice(0, 300)}`,
            )
          }
        })
    })
  await runAll(interleaved(tasks), performance.now() + budgetMs)

  expect(wrong, `FUZZ_SEED=${seed}`).toEqual([])
})

it('deletes as the document says, and what is gone is not found', async () => {
  const wrong: string[] = []
  const deletions = operations.filter(
    ([operation, { access }]) =>
      operation.startsWith('DELETE ') && !costly.has(operation) && access !== 'staff',
  )
  for (const [operation] of deletions) {
    const { status } = await send(operation, { params: paramsOf(operation), key: tenant.key })
    count(status < 300 ? 'deleted' : 'not to be deleted')
    if (status >= 500) wrong.push(`${operation}: ${status}`)
  }

  expect(wrong).toEqual([])
})

it('gave no answer that the document does not allow', () => {
  expect(app.answers.violations, `FUZZ_SEED=${seed}`).toEqual([])
})
