import type { JsonValue } from '../../../shared/snippets/request.ts'
import { type ApiDocument, asJson, asList, asText, type Json } from './api-document.ts'

const deepest = 6

/** An example made from a schema alone, for what the document gives none. */
export function exampleOf(
  api: Pick<ApiDocument, 'resolve'>,
  schema: unknown,
  options: {
    readonly requiredOnly?: boolean
    readonly name?: string
    readonly depth?: number
  } = {},
): JsonValue {
  const { depth = 0 } = options
  const resolved = api.resolve(schema)
  const given = resolved['example'] ?? asList(resolved['examples'])[0] ?? resolved['const']
  // Values of a JSON document are JSON.
  if (given !== undefined) return given as JsonValue
  if (resolved['default'] !== undefined) return resolved['default'] as JsonValue
  const [choice] = asList(resolved['enum'])
  if (choice !== undefined) return choice as JsonValue
  if (depth > deepest) return null
  const variant = [...asList(resolved['anyOf']), ...asList(resolved['oneOf'])].find(
    (option) => api.resolve(option)['type'] !== 'null',
  )
  if (variant) return exampleOf(api, variant, { ...options, depth: depth + 1 })
  return ofType(api, mergeParts(api, resolved), options)
}

/** `allOf` as one object: what all its parts say together. */
export function mergeParts(api: Pick<ApiDocument, 'resolve'>, schema: Json): Json {
  const parts = asList(schema['allOf']).map((part) => mergeParts(api, api.resolve(part)))
  if (parts.length === 0) return schema
  const whole = [...parts, schema]
  return {
    ...Object.assign({}, ...whole),
    properties: Object.assign({}, ...whole.map((part) => asJson(part['properties']))),
    required: whole.flatMap((part) => asList(part['required'])),
  }
}

function ofType(
  api: Pick<ApiDocument, 'resolve'>,
  schema: Json,
  options: { readonly requiredOnly?: boolean; readonly name?: string; readonly depth?: number },
): JsonValue {
  const types = [schema['type']].flat().filter((type) => type !== 'null')
  const depth = (options.depth ?? 0) + 1
  if (types.includes('object') || schema['properties']) {
    const required = new Set(asList(schema['required']))
    const entries = Object.entries(asJson(schema['properties']))
      .filter(([name]) => !options.requiredOnly || required.has(name))
      .map(([name, property]) => [name, exampleOf(api, property, { ...options, name, depth })])
    return Object.fromEntries(entries)
  }
  if (types.includes('array')) return [exampleOf(api, schema['items'], { ...options, depth })]
  if (types.includes('integer') || types.includes('number')) return Number(schema['minimum'] ?? 1)
  if (types.includes('boolean')) return true
  return textOf(schema, options.name ?? '')
}

const webAddress = 'https://school.example/page'

const formats: Record<string, string> = {
  'date-time': '2026-11-23T09:30:00.000Z',
  date: '2026-11-23',
  uri: webAddress,
  email: 'teacher@school.example',
}

function textOf(schema: Json, name: string): string {
  const format = formats[asText(schema['format'])]
  if (format) return format
  if (/(^i|I)d$/.test(name)) return '01kfr3m2c4q8x0v5n7t9b1d6ze'
  if (/url$|uri$|endpoint$/i.test(name)) return webAddress
  if (/cursor/i.test(name)) return 'eyJpZCI6Iml0bV8wMSJ9'
  return name === '' ? 'text' : name.replace(/([A-Z])/g, ' $1').toLowerCase()
}
