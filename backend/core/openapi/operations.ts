import type { Method, Route } from '../../../shared/api/contract.ts'
import { splitKey } from '../http/index.ts'
import type { Json } from './json.ts'
import { operationIdOf, pascal } from './operation-id.ts'
import { describeResponses } from './responses.ts'
import type { SchemaCollector } from './schema-collector.ts'
import { securityOf } from './security.ts'

export function templateOf(path: string): string {
  return path.replace(/:(\w+)/g, '{$1}')
}

export function tagOf(path: string): string {
  return (path.split('/')[3] ?? 'api').split('.', 1)[0] ?? 'api'
}

/** One operation of the document; `isGuarded` says that `If-Match` is looked at, `refusals` gathers the answers shared. */
export function describeOperation(
  key: string,
  route: Route,
  schemas: SchemaCollector,
  { isGuarded, refusals }: { isGuarded: boolean; refusals: Map<string, Json> },
): Json {
  const [method, path] = splitKey(key)
  const operationId = operationIdOf(key, route)
  return {
    operationId,
    summary: route.summary,
    ...describeText(route),
    tags: [tagOf(path)],
    security: securityOf(route),
    ...(route.scope ? { 'x-scope': route.scope } : {}),
    ...(route.shared ? { 'x-shared': true } : {}),
    ...describeEnd(route),
    parameters: parametersOf(method, route, schemas, isGuarded),
    ...describeBody(route, operationId, schemas),
    responses: describeResponses({ method, path, operationId, route }, schemas, refusals),
  }
}

function describeText({ description, deprecated }: Route): Json {
  const end = deprecated
    ? `Deprecated since ${deprecated.since.slice(0, 10)}, ends ${deprecated.sunset.slice(0, 10)}: ${deprecated.reason} Call \`${deprecated.successor}\` instead.`
    : undefined
  const text = [description, end].filter(Boolean).join('\n\n')
  return text ? { description: text } : {}
}

function describeEnd({ deprecated }: Route): Json {
  if (!deprecated) return {}
  const { since, sunset, successor, brownOuts = [] } = deprecated
  return {
    deprecated: true,
    'x-deprecated-since': since,
    'x-sunset': sunset,
    'x-successor': successor,
    ...(brownOuts.length > 0 ? { 'x-brown-outs': brownOuts } : {}),
  }
}

function parametersOf(
  method: Method,
  route: Route,
  schemas: SchemaCollector,
  isGuarded: boolean,
): Json[] {
  const headers = [
    'EdPsychVersion',
    ...(route.access !== 'public' && method !== 'GET' ? ['IdempotencyKey'] : []),
    ...(isGuarded ? ['IfMatch'] : []),
    ...(method === 'GET' && !route.contentType ? ['IfNoneMatch'] : []),
  ]
  return [
    ...ofPart('path', route, schemas),
    ...ofPart('query', route, schemas),
    ...headers.map((name) => ({ $ref: `#/components/parameters/${name}` })),
  ]
}

function ofPart(where: 'path' | 'query', route: Route, schemas: SchemaCollector): Json[] {
  const part = where === 'path' ? route.params : route.query
  if (!part) return []
  const { properties, required } = schemas.parameters(part)
  return Object.entries(properties).map(([name, { description, ...schema }]) => ({
    name,
    in: where,
    required: where === 'path' || required.includes(name),
    description:
      description ??
      (where === 'path' ? 'Id, as it was answered' : `Only what has this \`${name}\``),
    schema,
  }))
}

function describeBody(route: Route, operationId: string, schemas: SchemaCollector): Json {
  if (route.upload) {
    const file = { schema: { type: 'string', format: 'binary' } }
    const content = Object.fromEntries(route.upload.contentTypes.map((type) => [type, file]))
    return { requestBody: { required: true, description: 'The file itself', content } }
  }
  if (!route.body) return {}
  const schema = schemas.body(route.body, `${pascal(operationId)}Body`)
  const required = !route.body.safeParse(undefined).success
  return { requestBody: { required, content: { 'application/json': { schema } } } }
}
