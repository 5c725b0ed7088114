import { z } from 'zod'
import type { Contract, Route } from '../../shared/api/contract.ts'
import { type ErrorCode, errors } from '../../shared/errors.ts'
import { scopes } from '../../shared/scopes.ts'
import { splitKey } from './http/index.ts'
import { titleOf } from './problem.ts'

type Json = Record<string, unknown>

export interface ApiInfo {
  readonly title: string
  readonly version: string
  readonly serverUrl: string
}

/** The OpenAPI 3.1 document of a contract: the same definitions that route, validate and type. */
export function describeApi(contract: Contract, info: ApiInfo): Json {
  const paths: Record<string, Json> = {}
  const tags = new Set<string>()
  for (const [key, route] of Object.entries(contract)) {
    const [method, path] = splitKey(key)
    const template = path.replace(/:(\w+)/g, '{$1}')
    const operations = paths[template] ?? {}
    operations[method.toLowerCase()] = describeOperation(method, path, route)
    paths[template] = operations
    tags.add(tagOf(path))
  }
  return {
    openapi: '3.1.0',
    info: {
      title: info.title,
      version: info.version,
      description:
        'Errors are RFC 9457 problem details with a stable `code`. Lists are read with `limit` and `cursor`.',
      license: { name: 'MIT', identifier: 'MIT' },
    },
    servers: [{ url: info.serverUrl }],
    tags: [...tags].sort((a, b) => a.localeCompare(b)).map((name) => ({ name })),
    paths,
    components: {
      schemas: { Problem: problemSchema },
      securitySchemes: {
        bearer: {
          type: 'http',
          scheme: 'bearer',
          description: `API key, or the token of a launch. Rights: ${Object.keys(scopes).join(', ')}.`,
        },
        session: { type: 'apiKey', in: 'cookie', name: 'edp_session' },
      },
    },
  }
}

const problemSchema = {
  type: 'object',
  required: ['type', 'title', 'status', 'code', 'requestId'],
  properties: {
    type: { type: 'string', format: 'uri' },
    title: { type: 'string' },
    status: { type: 'integer' },
    detail: { type: 'string' },
    instance: { type: 'string' },
    code: { type: 'string', enum: Object.keys(errors) },
    requestId: { type: 'string' },
    errors: {
      type: 'array',
      items: {
        type: 'object',
        required: ['pointer', 'code', 'detail'],
        properties: {
          pointer: { type: 'string' },
          code: { type: 'string' },
          detail: { type: 'string' },
        },
      },
    },
  },
}

const problemResponse = {
  description: 'What went wrong and what to do',
  content: { 'application/problem+json': { schema: { $ref: '#/components/schemas/Problem' } } },
}

function tagOf(path: string): string {
  return path.split('/')[3] ?? 'api'
}

function describeOperation(method: string, path: string, route: Route): Json {
  const parameters = [
    ...describeParameters('path', route.params),
    ...describeParameters('query', route.query),
  ]
  return {
    operationId: operationId(method, path),
    summary: route.summary,
    ...(route.description ? { description: route.description } : {}),
    tags: [tagOf(path)],
    security: securityOf(route),
    ...(route.scope ? { 'x-scope': route.scope } : {}),
    ...(route.shared ? { 'x-shared': true } : {}),
    ...(parameters.length > 0 ? { parameters } : {}),
    ...describeBody(route),
    responses: describeResponses(route),
  }
}

function operationId(method: string, path: string): string {
  const words = path
    .split('/')
    .slice(3)
    .map((part) => (part.startsWith(':') ? `by-${part.slice(1)}` : part))
  const name = [method.toLowerCase(), ...words].join('-')
  return name.replace(/[-.](\w)/g, (_, letter: string) => letter.toUpperCase())
}

function securityOf(route: Route): Json[] {
  if (route.access === 'public') return []
  if (route.access === 'staff') return [{ session: [] }]
  return [{ bearer: route.scope ? [route.scope] : [] }, { session: [] }]
}

function describeBody(route: Route): Json {
  if (route.upload) {
    const content = Object.fromEntries(route.upload.contentTypes.map((type) => [type, {}]))
    return { requestBody: { required: true, content } }
  }
  if (!route.body) return {}
  return { requestBody: { required: true, content: jsonContent(route.body, 'input') } }
}

function describeResponses(route: Route): Json {
  const status = route.status ?? (route.response ? 200 : 204)
  const success: Json = { description: status === 204 ? 'Done' : 'The answer' }
  if (route.response) success['content'] = answerContent(route, route.response)
  const failures = new Map<number, string[]>()
  for (const code of failuresOf(route)) {
    failures.set(errors[code], [...(failures.get(errors[code]) ?? []), titleOf(code)])
  }
  const refusals = [...failures].map(([refusal, titles]) => [
    refusal,
    { ...problemResponse, description: titles.join('; ') },
  ])
  return { [status]: success, ...Object.fromEntries(refusals) }
}

function failuresOf(route: Route): Set<ErrorCode> {
  const codes = new Set<ErrorCode>(['internal', 'too_many_requests'])
  if (route.params || route.query || route.body || route.upload) codes.add('invalid_request')
  if (route.body) codes.add('malformed_json').add('payload_too_large').add('unsupported_media_type')
  if (route.access !== 'public') codes.add('unauthenticated').add('insufficient_scope')
  if (route.params) codes.add('not_found')
  for (const code of route.errors ?? []) codes.add(code)
  return codes
}

function answerContent({ contentType }: Route, schema: z.ZodType): Json {
  const [type] = contentType?.split(';') ?? []
  return type ? { [type]: { schema: jsonSchema(schema, 'output') } } : jsonContent(schema, 'output')
}

function jsonContent(schema: z.ZodType, io: 'input' | 'output'): Json {
  return { 'application/json': { schema: jsonSchema(schema, io) } }
}

function jsonSchema(schema: z.ZodType, io: 'input' | 'output'): Json {
  const { $schema: _, ...rest } = z.toJSONSchema(schema, { io, unrepresentable: 'any' })
  return rest
}

function describeParameters(where: 'path' | 'query', schema: z.ZodObject | undefined): Json[] {
  if (!schema) return []
  const { properties = {}, required = [] } = jsonSchema(schema, 'input') as {
    properties?: Record<string, Json>
    required?: string[]
  }
  return Object.entries(properties).map(([name, property]) => ({
    name,
    in: where,
    required: where === 'path' || required.includes(name),
    schema: property,
  }))
}
