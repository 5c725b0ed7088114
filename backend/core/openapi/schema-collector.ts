import { z } from 'zod'
import { namedSchemas } from '../../../shared/api/named-schemas.ts'
import { isJson, type Json, mapObjects } from './json.ts'

type Direction = 'input' | 'output'

const componentsPath = '#/components/schemas/'

/**
 * Turns zod schemas into JSON Schema with one component per shape. A schema that differs between what
 * may be sent and what is answered becomes two: `Thing` is what is answered, `ThingInput` what is sent.
 */
export function createSchemaCollector() {
  nameSchemas()
  const found: Record<Direction, Map<string, Json>> = { input: new Map(), output: new Map() }

  function convert(schema: z.ZodType, io: Direction): Json {
    // Wrapped, so that a named schema at the root becomes a reference as anywhere else.
    const whole = z.toJSONSchema(z.object({ value: schema }), { io, unrepresentable: 'any' })
    const refer = (value: unknown) => mapObjects(value, (object) => referring(object, io))
    for (const [name, definition] of Object.entries(whole.$defs ?? {})) {
      found[io].set(name, refer(definition) as Json)
    }
    return refer(whole.properties?.['value']) as Json
  }

  function component(schema: z.ZodType, io: Direction, name: string): Json {
    const json = convert(schema, io)
    const isShape = 'properties' in json || 'anyOf' in json || 'oneOf' in json
    if (!isShape) return json
    const known = found[io].get(name)
    if (known && JSON.stringify(known) !== JSON.stringify(json)) {
      throw new TypeError(
        `two shapes are called ${name}: export one of them under a name of its own`,
      )
    }
    found[io].set(name, json)
    return referenceTo(name, io)
  }

  return {
    body: (schema: z.ZodType, name: string) => component(schema, 'input', name),
    answer: (schema: z.ZodType, name: string) =>
      component(schema, 'output', listName(schema) ?? name),
    /** Each member of a query or a path, in place. */
    parameters(schema: z.ZodObject): { properties: Record<string, Json>; required: string[] } {
      const properties = Object.entries(schema.shape).map(([name, part]) => [
        name,
        convert(part as z.ZodType, 'input'),
      ])
      const required = Object.entries(schema.shape).filter(
        ([, part]) => !(part as z.ZodType).safeParse(undefined).success,
      )
      return {
        properties: Object.fromEntries(properties),
        required: required.map(([name]) => name),
      }
    },
    /** The components, and a document whose references lead to them. */
    finish(document: unknown): { schemas: Record<string, Json>; document: unknown } {
      const apart = differing(found)
      const nameOf = (name: string, io: Direction) =>
        io === 'input' && apart.has(name) ? `${name}Input` : name
      const settle = (value: unknown) => mapObjects(value, (object) => settled(object, nameOf))
      const schemas = new Map<string, Json>()
      for (const io of ['input', 'output'] as const) {
        for (const [name, json] of found[io]) {
          schemas.set(nameOf(name, io), tolerant(settle(json)) as Json)
        }
      }
      const sorted = [...schemas].sort(([a], [b]) => (a < b ? -1 : 1))
      return { schemas: Object.fromEntries(sorted), document: tolerant(settle(document)) }
    },
  }
}

export type SchemaCollector = ReturnType<typeof createSchemaCollector>

let areNamed = false

/** Zod writes a schema that has an `id` as a definition of its own. */
function nameSchemas(): void {
  if (areNamed) return
  areNamed = true
  for (const [schema, id] of namedSchemas()) {
    z.globalRegistry.add(schema, { ...z.globalRegistry.get(schema), id })
  }
}

/** `ItemPage` for a list of `Item`. */
function listName(schema: z.ZodType): string | undefined {
  const data = schema instanceof z.ZodObject ? schema.shape['data'] : undefined
  const element = data instanceof z.ZodArray ? data.element : undefined
  const id = element && z.globalRegistry.get(element as z.ZodType)?.id
  return id && schema instanceof z.ZodObject && 'nextCursor' in schema.shape
    ? `${id}Page`
    : undefined
}

function referenceTo(name: string, io: Direction): Json {
  return { $ref: `${io}:${name}` }
}

function referring(object: Json, io: Direction): Json {
  const { $ref, id: _id, ...beside } = object
  if (typeof $ref !== 'string') {
    // Zod repeats the name of a definition inside it.
    return typeof object['id'] === 'string' ? beside : object
  }
  return { ...referenceTo($ref.replace('#/$defs/', ''), io), ...beside }
}

function settled(object: Json, nameOf: (name: string, io: Direction) => string): Json {
  const { $ref } = object
  const [, io, name] = (typeof $ref === 'string' && /^(input|output):(.+)$/.exec($ref)) || []
  if (!io || !name) return object
  // The expression allows these two only.
  return { ...object, $ref: componentsPath + nameOf(name, io as Direction) }
}

/** Names whose two directions differ, by themselves or by what they refer to. */
function differing(found: Record<Direction, Map<string, Json>>): Set<string> {
  const apart = new Set<string>()
  const textOf = (json: Json | undefined) =>
    JSON.stringify(tolerant(json)).replace(/"\$ref":"(input|output):(\w+)"/g, (_, io, name) =>
      apart.has(name) ? `${io}:${name}` : name,
    )
  for (let before = -1; before < apart.size; ) {
    before = apart.size
    for (const [name, json] of found.input) {
      if (
        !apart.has(name) &&
        found.output.has(name) &&
        textOf(json) !== textOf(found.output.get(name))
      ) {
        apart.add(name)
      }
    }
  }
  return apart
}

/** Not every reader of JSON Schema knows Unicode classes. */
function portable(object: Json): Json {
  const { pattern } = object
  if (typeof pattern !== 'string') return object
  return { ...object, pattern: pattern.replaceAll('\\p{Cc}', '\\u0000-\\u001f\\u007f-\\u009f') }
}

/** Answers may grow, so the document does not forbid members it does not name; strict bodies stay strict. */
function tolerant(value: unknown): unknown {
  return mapObjects(value, (member) => {
    const object = portable(member)
    if (object['additionalProperties'] !== false || !isJson(object['properties'])) return object
    const { additionalProperties: _, ...rest } = object
    return rest
  })
}
