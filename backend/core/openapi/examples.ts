import { fieldExamples, idExamples } from '../../../shared/api/field-examples.ts'
import { isJson, type Json } from './json.ts'

const deepest = 20

/** Makes examples from schemas: those that stand in them, then what a field of that name usually holds. */
export function createExamples(components: Readonly<Record<string, Json>>) {
  function exampleOf(schema: unknown, name = '', owner = '', depth = 0): unknown {
    if (!isJson(schema) || depth > deepest) return null
    const { $ref } = schema
    if (typeof $ref === 'string' && schema['examples'] === undefined) {
      const component = $ref.split('/').at(-1) ?? ''
      return exampleOf(components[component], name, component, depth + 1)
    }
    const given = [
      firstOf(schema['examples']),
      schema['const'],
      usualFor(schema, name, owner),
      schema['default'],
    ]
    const value = given.find((one) => one !== undefined)
    if (value !== undefined) return value
    const variants = [schema['enum'], schema['anyOf'], schema['oneOf']].find(Array.isArray)
    if (variants) return ofVariants(schema, variants, name, owner, depth)
    return ofType(schema, name, owner, depth)
  }

  function ofVariants(
    schema: Json,
    variants: readonly unknown[],
    name: string,
    owner: string,
    depth: number,
  ): unknown {
    if (schema['enum']) return variants[0]
    const one = variants.find((variant) => !isJson(variant) || variant['type'] !== 'null')
    return exampleOf(one, name, owner, depth + 1)
  }

  function ofType(schema: Json, name: string, owner: string, depth: number): unknown {
    const { properties } = schema
    if (isJson(properties)) return ofProperties(properties, owner, depth)
    const type = [schema['type']].flat().find((one) => one !== 'null')
    if (type === 'array') return [exampleOf(schema['items'], singularOf(name), owner, depth + 1)]
    if (type === 'string') return textOf(schema, name)
    if (type === 'integer' || type === 'number') return Number(schema['minimum'] ?? 1)
    return simple[String(type)] ?? {}
  }

  function ofProperties(properties: Json, owner: string, depth: number): Json {
    // A page is counted only where that is asked for.
    const members = Object.entries(properties).filter(
      ([member]) => member !== 'count' || !owner.endsWith('Page'),
    )
    return Object.fromEntries(
      members.map(([member, property]) => [member, exampleOf(property, member, owner, depth + 1)]),
    )
  }

  return exampleOf
}

const simple: Readonly<Record<string, unknown>> = { boolean: true, null: null }

function firstOf(list: unknown): unknown {
  return Array.isArray(list) ? list[0] : undefined
}

/** `id` is told by what it belongs to, everything else by its name. */
function usualFor(schema: Json, name: string, owner: string): unknown {
  const types = acceptedTypes(schema)
  if (name === 'id') return idExamples[owner] ?? idExamples['']
  const usual = fieldExamples[name]
  if (usual === undefined || (isJson(schema) && 'enum' in schema)) return undefined
  const type = usual === null ? 'null' : Array.isArray(usual) ? 'array' : typeof usual
  const fits = types.includes(type) || (type === 'number' && types.includes('integer'))
  return fits && meets(schema, usual) ? usual : undefined
}

function acceptedTypes(schema: Json): readonly unknown[] {
  const own = [schema['type']].flat()
  const variants = Array.isArray(schema['anyOf']) ? schema['anyOf'] : []
  // References may hold anything; a usual value does not know which.
  if (variants.some((variant) => isJson(variant) && '$ref' in variant)) return ['null']
  return [...own, ...variants.flatMap((variant) => (isJson(variant) ? [variant['type']] : []))]
}

function meets(schema: Json, value: unknown): boolean {
  if (typeof value === 'number') {
    return (
      value >= Number(schema['minimum'] ?? value) && value <= Number(schema['maximum'] ?? value)
    )
  }
  if (Array.isArray(value)) {
    const items = schema['items']
    return (
      isJson(items) && !('$ref' in items) && !('enum' in items) && typeof value[0] === items['type']
    )
  }
  return true
}

function singularOf(name: string): string {
  return name.endsWith('ies') ? `${name.slice(0, -3)}y` : name.replace(/s$/, '')
}

const formats: Readonly<Record<string, string>> = {
  'date-time': '2026-11-23T09:30:00.000Z',
  date: '2026-11-23',
  uri: 'https://school.example/page',
  email: 'teacher@school.example',
}

const webhookSecret = 'whsec_C2FVsBQIhrscChlQIMV+b5sSYspob7oD'

function textOf(schema: Json, name: string): string {
  const format = formats[String(schema['format'] ?? '')]
  if (format) return format
  if (String(schema['pattern']).startsWith('^whsec_')) return webhookSecret
  if (/Id$/.test(name)) return idExamples['']
  if (/ur[li]$|endpoint$/i.test(name)) return 'https://school.example/page'
  const words = name.replace(/([A-Z])/g, ' $1').toLowerCase()
  return words.padEnd(Number(schema['minLength'] ?? 0), '-') || 'text'
}
