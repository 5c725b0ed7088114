import type { Method, Route } from '../../../shared/api/contract.ts'
import { errorGuide } from '../../../shared/error-guide.ts'
import { type ErrorCode, errors } from '../../../shared/errors.ts'
import { titleOf } from '../problem.ts'
import { failuresOf, usualFailures } from './failures.ts'
import { headerRefs } from './headers.ts'
import type { Json } from './json.ts'
import { pascal } from './operation-id.ts'
import type { SchemaCollector } from './schema-collector.ts'

const descriptions = {
  200: 'The answer',
  201: 'Made',
  202: 'Accepted; it happens in a moment',
  204: 'Done',
} as const

interface Described {
  readonly method: Method
  readonly path: string
  readonly operationId: string
  readonly route: Route
}

/** Every answer of an operation: the one that is hoped for, and each status of its refusals with their codes. */
export function describeResponses(
  operation: Described,
  schemas: SchemaCollector,
  refusals: Map<string, Json>,
): Json {
  const { method, path, route } = operation
  const status = route.status ?? (route.response ? 200 : 204)
  const success: Json = {
    description: descriptions[status],
    headers: headerRefs(headersOfSuccess(operation)),
  }
  if (route.response) success['content'] = contentOf(operation, schemas)
  const answers: Json = { [status]: success }
  if (method === 'GET' && !route.contentType) {
    answers['304'] = {
      description: 'Not changed since the `ETag` of `If-None-Match`',
      headers: headerRefs(['X-Request-Id', 'EdPsych-Version', 'ETag']),
    }
  }
  const codes = failuresOf(method, path, route)
  for (const refusal of new Set([...codes].map((code) => errors[code]).sort((a, b) => a - b))) {
    const own = [...codes].filter((code) => errors[code] === refusal)
    const name = nameOf(refusal, own, route)
    refusals.set(name, refusalOf(refusal, own, route))
    answers[refusal] = { $ref: `#/components/responses/${name}` }
  }
  return answers
}

function contentOf({ route, operationId }: Described, schemas: SchemaCollector): Json {
  const { contentType, response } = route
  if (!response) return {}
  const [type = 'application/json'] = contentType?.split(';') ?? []
  return { [type]: { schema: schemas.answer(response, `${pascal(operationId)}Answer`) } }
}

const known = ['RateLimit', 'RateLimit-Policy']

function headersOfSuccess({ method, route }: Described): string[] {
  const isList = route.query !== undefined && 'cursor' in route.query.shape
  const shape = route.response && 'shape' in route.response ? Object(route.response.shape) : {}
  const isObject = 'id' in shape && 'updatedAt' in shape
  return [
    'X-Request-Id',
    'EdPsych-Version',
    ...(route.access === 'public' ? [] : known),
    ...(isObject ? ['ETag'] : []),
    ...(isList || route.deprecated ? ['Link'] : []),
    ...(route.access !== 'public' && method !== 'GET' ? ['Idempotent-Replayed'] : []),
    ...(route.deprecated ? ['Deprecation', 'Sunset'] : []),
  ]
}

/** `Error404`, and after it the codes that not every operation has. */
function nameOf(status: number, codes: readonly ErrorCode[], { access }: Route): string {
  const special = codes.filter((code) => !usualFailures.has(code)).map(pascal)
  const lacks = access === 'public' ? ['Public'] : []
  return `Error${status}${[...lacks, ...special].join('')}`
}

function refusalOf(status: number, codes: readonly ErrorCode[], route: Route): Json {
  const waits = status === 429 || status === 503 || codes.includes('idempotency_in_progress')
  return {
    description: codes.map((code) => `\`${code}\`: ${titleOf(code)}`).join('; '),
    headers: headerRefs([
      'X-Request-Id',
      ...(status === 401 ? ['WWW-Authenticate'] : []),
      ...(waits ? ['Retry-After'] : []),
      ...(route.access === 'public' ? [] : known),
    ]),
    content: {
      'application/problem+json': {
        schema: { $ref: '#/components/schemas/Problem' },
        examples: Object.fromEntries(
          codes.map((code) => [code, { $ref: `#/components/examples/${code}` }]),
        ),
      },
    },
    'x-codes': codes,
  }
}

/** RFC 9457, as every refusal is answered. */
export const problemSchema: Json = {
  type: 'object',
  description: 'RFC 9457 problem details: what went wrong and what to do',
  required: ['type', 'title', 'status', 'instance', 'code', 'requestId'],
  properties: {
    type: { type: 'string', format: 'uri', description: 'Page about this kind of problem' },
    title: { type: 'string', description: 'Always the same for one code' },
    status: { type: 'integer', minimum: 400, maximum: 599 },
    detail: { type: 'string', description: 'What is wrong in this case and what to do' },
    instance: { type: 'string', description: 'Names this call' },
    code: {
      type: 'string',
      description: 'Stable name to tell problems apart by; new ones may come',
    },
    requestId: { type: 'string', description: 'As in `X-Request-Id`' },
    errors: {
      type: 'array',
      description: 'Each part of the input that is not accepted',
      items: {
        type: 'object',
        required: ['pointer', 'code', 'detail'],
        properties: {
          pointer: { type: 'string', description: 'JSON Pointer in fragment form' },
          code: { type: 'string' },
          detail: { type: 'string' },
        },
      },
    },
  },
}

/** One example for each of these codes. */
export function problemExamples(codes: ReadonlySet<ErrorCode>, serverUrl: string): Json {
  const requestId = '019ab2c4-7d31-7c5e-9f0a-3b6d8e1f2a4c'
  const entries = [...codes]
    .sort((a, b) => a.localeCompare(b))
    .map((code) => [
      code,
      {
        summary: titleOf(code),
        description: errorGuide[code].meaning,
        value: {
          type: `${serverUrl}/developers/errors/${code}`,
          title: titleOf(code),
          status: errors[code],
          ...(code === 'internal' ? {} : { detail: errorGuide[code].whatToDo }),
          instance: `urn:uuid:${requestId}`,
          code,
          requestId,
          ...(code === 'invalid_request' && {
            errors: [{ pointer: '#/name', code: 'too_small', detail: 'must not be empty' }],
          }),
        },
      },
    ])
  return Object.fromEntries(entries)
}
