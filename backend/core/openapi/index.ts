import type { Contract } from '../../../shared/api/contract.ts'
import { tagDescriptions } from '../../../shared/api/tags.ts'
import type { ErrorCode } from '../../../shared/errors.ts'
import { guardedPathOf, splitKey } from '../http/index.ts'
import { createExamples } from './examples.ts'
import { failuresOf } from './failures.ts'
import { answerHeaders, requestHeaders } from './headers.ts'
import { isJson, type Json, mapObjects } from './json.ts'
import { describeOperation, tagOf, templateOf } from './operations.ts'
import { problemExamples, problemSchema } from './responses.ts'
import { createSchemaCollector } from './schema-collector.ts'
import { securitySchemes } from './security.ts'
import { describeWebhooks } from './webhooks.ts'

export { answerOpenApi } from './serve.ts'

interface ApiInfo {
  /** The dated version that the document describes. */
  readonly version: string
  readonly serverUrl: string
}

const introduction = [
  'Everything the dashboards do can be done by a program.',
  'Refusals are RFC 9457 problem details with a stable `code`, and a page for each.',
  'Lists are read with `limit` and `cursor`; `ETag`, `If-Match` and `Idempotency-Key` make writes safe to repeat.',
].join(' ')

/** The OpenAPI 3.1 document of a contract: the same definitions that route, validate and type. */
export function describeApi(contract: Contract, { version, serverUrl }: ApiInfo): Json {
  const schemas = createSchemaCollector()
  const refusals = new Map<string, Json>()
  const paths: Record<string, Json> = {}
  for (const [key, route] of Object.entries(contract)) {
    const [method, path] = splitKey(key)
    const isGuarded = method !== 'GET' && guardedPathOf(path, contract) !== undefined
    const operations = paths[templateOf(path)] ?? {}
    operations[method.toLowerCase()] = describeOperation(key, route, schemas, {
      isGuarded,
      refusals,
    })
    paths[templateOf(path)] = operations
  }
  assertUnique(paths)
  const finished = schemas.finish(paths)
  const components = { ...finished.schemas, Problem: problemSchema }
  return {
    openapi: '3.1.0',
    info: {
      title: 'EdPsych Connect',
      version,
      summary: 'Assessment, rosters and events of UK education, by API and webhook',
      description: introduction,
      termsOfService: `${serverUrl}/privacy`,
      contact: { name: 'EdPsych Connect developers', url: `${serverUrl}/developers` },
      license: { name: 'MIT', identifier: 'MIT' },
    },
    externalDocs: { description: 'Developer portal', url: `${serverUrl}/developers` },
    servers: [{ url: serverUrl, description: 'This installation' }],
    security: [{ bearer: [] }],
    tags: tagsOf(contract),
    paths: withExamples(finished.document, components),
    webhooks: describeWebhooks(),
    components: {
      schemas: components,
      parameters: requestHeaders,
      headers: answerHeaders,
      responses: Object.fromEntries([...refusals].sort(([a], [b]) => (a < b ? -1 : 1))),
      examples: problemExamples(codesOf(contract), serverUrl),
      securitySchemes: securitySchemes(serverUrl),
    },
  }
}

function assertUnique(paths: Readonly<Record<string, Json>>): void {
  const seen = new Set<unknown>()
  for (const operation of Object.values(paths).flatMap((item) => Object.values(item))) {
    const id = isJson(operation) ? operation['operationId'] : undefined
    if (seen.has(id)) throw new TypeError(`two operations are called ${String(id)}`)
    seen.add(id)
  }
}

function tagsOf(contract: Contract): Json[] {
  const names = new Set([
    ...Object.keys(contract).map((key) => tagOf(splitKey(key)[1])),
    'event-types',
  ])
  return [...names]
    .sort((a, b) => a.localeCompare(b))
    .map((name) => {
      const description = tagDescriptions[name]
      if (!description) throw new TypeError(`describe the tag ${name} in shared/api/tags.ts`)
      return { name, description }
    })
}

function codesOf(contract: Contract): Set<ErrorCode> {
  const codes = new Set<ErrorCode>()
  for (const [key, route] of Object.entries(contract)) {
    for (const code of failuresOf(...splitKey(key), route)) codes.add(code)
  }
  return codes
}

/** An example beside every schema of a body or an answer. */
function withExamples(paths: unknown, components: Record<string, Json>): unknown {
  const exampleOf = createExamples(components)
  return mapObjects(paths, (object) => {
    const { schema } = object
    const isMedia = isJson(schema) && !('in' in object) && !('examples' in object)
    if (!isMedia || schema['format'] === 'binary') return object
    return { ...object, example: schema['type'] === 'string' ? csvExample : exampleOf(schema) }
  })
}

const csvExample = 'day,count\r\n2026-11-23,42\r\n'
