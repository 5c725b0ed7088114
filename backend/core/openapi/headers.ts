import { apiVersions, latestVersion } from '../../../shared/api/versions.ts'
import type { Json } from './json.ts'

const text = { type: 'string' }

/** Headers of answers, as components. */
export const answerHeaders: Readonly<Record<string, Json>> = {
  'X-Request-Id': {
    description: 'Names this call in logs and to support',
    required: true,
    schema: text,
    example: '019ab2c4-7d31-7c5e-9f0a-3b6d8e1f2a4c',
  },
  'EdPsych-Version': {
    description: 'The dated version by which the answer was made',
    schema: { type: 'string', format: 'date' },
    example: latestVersion,
  },
  RateLimit: {
    description: 'What is left of the tightest limit, and the seconds until it is whole again',
    schema: text,
    example: '"key";r=597;t=42',
  },
  'RateLimit-Policy': {
    description: 'The limits that apply: calls `q` in `w` seconds',
    schema: text,
    example: '"key";q=600;w=60, "tenant";q=6000;w=60',
  },
  ETag: {
    description: 'Names this state of the object; send it in `If-Match` or `If-None-Match`',
    schema: text,
    example: '"m1Jv0bU2Zk7pXqR4sT9wY3aC6dE"',
  },
  Link: {
    description: 'RFC 8288: the next page of a list, or the successor of a deprecated operation',
    schema: text,
    example: '<https://connect.example/api/v1/items?cursor=cur_…>; rel="next"',
  },
  'Retry-After': {
    description: 'Seconds to wait before the next attempt',
    schema: { type: 'integer', minimum: 0 },
    example: 12,
  },
  'WWW-Authenticate': {
    description: 'RFC 6750, RFC 9449: what was wrong with the credential',
    schema: text,
    example: 'Bearer realm="EdPsych Connect"',
  },
  'Idempotent-Replayed': {
    description: 'The answer to an earlier call with the same `Idempotency-Key`',
    schema: { type: 'string', enum: ['true'] },
    example: 'true',
  },
  Deprecation: {
    description: 'RFC 9745: since when the operation is deprecated, as `@` and Unix seconds',
    schema: { type: 'string', pattern: '^@\\d+$' },
    example: '@1793491200',
  },
  Sunset: {
    description: 'RFC 8594: when the operation ends, as an HTTP date',
    schema: text,
    example: 'Mon, 01 Nov 2027 00:00:00 GMT',
  },
}

/** Headers of requests, as components. */
export const requestHeaders: Readonly<Record<string, Json>> = {
  EdPsychVersion: {
    name: 'EdPsych-Version',
    in: 'header',
    required: false,
    description:
      'Dated version for this call; absent: the one the key or client is pinned to since its first call',
    schema: { type: 'string', enum: [...apiVersions] },
    example: latestVersion,
  },
  IdempotencyKey: {
    name: 'Idempotency-Key',
    in: 'header',
    required: false,
    description: 'Makes a repetition within 24 hours answer what the first call was answered',
    schema: { type: 'string', minLength: 1, maxLength: 257 },
    example: '"8e03978e-40d5-43dd-bc93-6894a57f9324"',
  },
  IfMatch: {
    name: 'If-Match',
    in: 'header',
    required: false,
    description: 'Write only if the object still has this `ETag`; otherwise 412',
    schema: text,
    example: '"m1Jv0bU2Zk7pXqR4sT9wY3aC6dE"',
  },
  IfNoneMatch: {
    name: 'If-None-Match',
    in: 'header',
    required: false,
    description: 'Answers 304 without a body if the object still has this `ETag`',
    schema: text,
    example: '"m1Jv0bU2Zk7pXqR4sT9wY3aC6dE"',
  },
}

export function headerRefs(names: readonly string[]): Json {
  return Object.fromEntries(names.map((name) => [name, { $ref: `#/components/headers/${name}` }]))
}
