import { subscribe, unsubscribe } from 'node:diagnostics_channel'
import type { IncomingMessage, ServerResponse } from 'node:http'
import { Ajv2020, type ValidateFunction } from 'ajv/dist/2020.js'
import formats from 'ajv-formats'
import type { KnownCall } from '../../backend/core/http/index.ts'
import { describeApi } from '../../backend/core/openapi/index.ts'
import { isJson, type Json, mapObjects } from '../../backend/core/openapi/json.ts'
import { api } from '../../shared/api/index.ts'
import { latestVersion } from '../../shared/api/versions.ts'

/** Answers of the API that the document does not allow, as sentences. */
export interface AnswerCheck {
  readonly violations: readonly string[]
  readonly checked: number
  stop(): void
}

const document = describeApi(api, { version: latestVersion, serverUrl: 'http://localhost' })

/** The published document lets answers grow; here every member must be one it names. */
const strict = mapObjects(document, (object) =>
  isJson(object['properties']) && !('additionalProperties' in object) && !('allOf' in object)
    ? { ...object, additionalProperties: false }
    : object,
) as Json

const ajv = new Ajv2020({
  strict: false,
  validateSchema: false,
  allErrors: false,
  unicodeRegExp: true,
})
formats.default(ajv)
ajv.addSchema(strict, 'api')

ajv.addSchema(document, 'published')

const compiled = new Map<unknown, ValidateFunction>()

/** A validator of a schema that stands in the document; what is sent may hold members it does not name. */
export function validatorOf(schema: Json, source: 'api' | 'published' = 'api'): ValidateFunction {
  const known = compiled.get(schema)
  if (known) return known
  const made = ajv.compile(
    mapObjects(schema, (object) =>
      typeof object['$ref'] === 'string' && object['$ref'].startsWith('#')
        ? { ...object, $ref: `${source}${object['$ref']}` }
        : object,
    ) as Json,
  )
  compiled.set(schema, made)
  return made
}

/** Follows a reference of the document. */
export function resolved(value: unknown): Json {
  const object = isJson(value) ? value : {}
  const { $ref } = object
  if (typeof $ref !== 'string') return object
  let target: unknown = strict
  for (const part of $ref.slice(2).split('/')) target = isJson(target) ? target[part] : undefined
  return resolved(target)
}

/** The description of an operation, by its key in the contract. */
export function operationOf(key: string): Json {
  const [method = '', path = ''] = key.split(' ')
  const paths = strict['paths'] as Record<string, Record<string, Json>>
  return paths[path.replace(/:(\w+)/g, '{$1}')]?.[method.toLowerCase()] ?? {}
}

interface Answer {
  readonly status: number
  readonly headers: Readonly<Record<string, unknown>>
  readonly text: string
}

/** What is wrong with an answer by the document; null where nothing is. */
export function faultOf(call: KnownCall, answer: Answer): string | null {
  const { status, headers, text } = answer
  const answers = operationOf(call.operation)['responses']
  const described = resolved(isJson(answers) ? answers[String(status)] : undefined)
  if (Object.keys(described).length === 0) return `status is not documented: ${text.slice(0, 300)}`
  const missing = missingHeader(call, described, answer)
  if (missing) return `header ${missing} is missing`
  if (call.req.method === 'HEAD' || !isJson(described['content'])) {
    return text === '' || call.req.method === 'HEAD' ? null : 'a body that is not documented'
  }
  const type = String(headers['content-type']).split(';')[0] ?? ''
  const media = described['content'][type]
  if (!isJson(media)) return `content type ${type} is not documented`
  if (!type.endsWith('json')) return null
  return bodyFault(call, media, described, JSON.parse(text), headers)
}

function bodyFault(
  { req }: KnownCall,
  media: Json,
  described: Json,
  body: Json,
  headers: Answer['headers'],
): string | null {
  const codes = described['x-codes']
  if (Array.isArray(codes) && !codes.includes(body['code'])) {
    return `code ${String(body['code'])} is not documented`
  }
  const isReduced = 'fields' in req.query || headers['edpsych-version'] !== latestVersion
  if (isReduced && !Array.isArray(codes)) return null
  const validate = validatorOf(media['schema'] as Json)
  if (validate(body)) return null
  const [error] = validate.errors ?? []
  return `${error?.instancePath ?? ''} ${error?.message ?? ''} ${JSON.stringify(error?.params)}`
}

const unmetered = ['POST /api/v1/session', 'POST /api/v1/extension/pairings']

function missingHeader(call: KnownCall, described: Json, { status, headers }: Answer) {
  const isMetered =
    call.ctx !== null && call.route.access !== 'public' && !unmetered.includes(call.operation)
  const needed = [
    'X-Request-Id',
    ...(isMetered ? ['RateLimit', 'RateLimit-Policy'] : []),
    ...(status === 401 ? ['WWW-Authenticate'] : []),
    ...(status === 429 ? ['Retry-After'] : []),
    ...(status < 300 ? Object.keys(resolved(described['headers'])).filter(isAlways) : []),
  ]
  return needed.find((name) => headers[name.toLowerCase()] === undefined)
}

function isAlways(name: string): boolean {
  return ['ETag', 'EdPsych-Version', 'Deprecation', 'Sunset'].includes(name)
}

/** Holds every answer of the API that a server on this port gives to the document. */
export function checkAnswers(port: number): AnswerCheck {
  const violations = new Set<string>()
  const seen = { checked: 0 }

  function onRequest(message: unknown): void {
    const { request, response } = message as { request: IncomingMessage; response: ServerResponse }
    if (request.socket.localPort !== port || !request.url?.startsWith('/api/v1/')) return
    const chunks: Buffer[] = []
    const end = response.end
    response.end = function capture(this: ServerResponse, ...args: unknown[]) {
      const [last] = args
      if (typeof last === 'string') chunks.push(Buffer.from(last))
      else if (last instanceof Uint8Array) chunks.push(Buffer.from(last))
      return Reflect.apply(end, this, args)
    } as typeof response.end
    response.once('finish', () => judge(response, Buffer.concat(chunks).toString()))
  }

  function judge(response: ServerResponse, text: string): void {
    const call = (response as { locals?: { call?: KnownCall } }).locals?.call
    const headers = response.getHeaders()
    // What a developer asked to go wrong is not held to the document.
    if (!call || headers['edpsych-sandbox-fault'] !== undefined) return
    // Modules that a test made up are in no document.
    if (!(call.operation in api)) return
    seen.checked++
    const fault = faultOf(call, { status: response.statusCode, headers, text })
    if (fault) violations.add(`${call.operation} → ${response.statusCode}: ${fault}`)
  }

  subscribe('http.server.request.start', onRequest)
  return {
    get violations() {
      return [...violations]
    },
    get checked() {
      return seen.checked
    },
    stop: () => unsubscribe('http.server.request.start', onRequest),
  }
}
