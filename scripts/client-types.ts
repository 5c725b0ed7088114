import { z } from 'zod'
import type { Contract, Route } from '../shared/api/contract.ts'

interface Schema {
  readonly type?: string | readonly string[]
  readonly description?: string
  readonly const?: unknown
  readonly enum?: readonly unknown[]
  readonly anyOf?: readonly Schema[]
  readonly oneOf?: readonly Schema[]
  readonly allOf?: readonly Schema[]
  readonly properties?: Readonly<Record<string, Schema>>
  readonly required?: readonly string[]
  readonly additionalProperties?: boolean | Schema
  readonly items?: Schema | boolean
  readonly prefixItems?: readonly Schema[]
}

/** The contract as one TypeScript interface that needs no other package. */
export function writeApiType(contract: Contract): string {
  const routes = Object.entries(contract).map(([key, route]) => {
    const doc = [route.summary, ...(route.scope ? [`Needs the right \`${route.scope}\`.`] : [])]
    return `${comment(doc.join('\n'), '  ')}  ${quote(key)}: ${routeType(route)}\n`
  })
  return `export interface Api {\n${routes.join('')}}\n`
}

function routeType(route: Route): string {
  const parts = (['params', 'query', 'body'] as const).flatMap((part) => {
    const schema = route[part]
    if (!schema) return []
    const type = typeOf(toSchema(schema, 'input'), '      ')
    return `      ${part}${isOptional(schema) ? '?' : ''}: ${type}\n`
  })
  if (route.upload) parts.push('      file: Blob\n')
  const response =
    route.response && route.status !== 204
      ? typeOf(toSchema(route.response, 'output'), '    ')
      : 'undefined'
  return `{\n    request: {\n${parts.join('')}    }\n    response: ${response}\n  }`
}

/** Whether a part may be left out: where nothing in it is required. */
function isOptional(schema: z.ZodType): boolean {
  return schema.safeParse(undefined).success || schema.safeParse({}).success
}

function toSchema(schema: z.ZodType, io: 'input' | 'output'): Schema {
  // The generator's own type allows every draft; these members are what it writes.
  return z.toJSONSchema(schema, { io, unrepresentable: 'any', reused: 'inline' }) as Schema
}

function typeOf(schema: Schema | boolean | undefined, indent: string): string {
  if (schema === undefined || typeof schema === 'boolean') return 'unknown'
  if (schema.const !== undefined) return JSON.stringify(schema.const)
  if (schema.enum) return schema.enum.map((value) => JSON.stringify(value)).join(' | ')
  const options = schema.anyOf ?? schema.oneOf
  if (options) return [...new Set(options.map((option) => typeOf(option, indent)))].join(' | ')
  if (schema.allOf) return schema.allOf.map((part) => `(${typeOf(part, indent)})`).join(' & ')
  const names = typeof schema.type === 'string' ? [schema.type] : (schema.type ?? [])
  if (names.length === 0) return 'unknown'
  return names.map((name) => namedType(name, schema, indent)).join(' | ')
}

function namedType(name: string, schema: Schema, indent: string): string {
  if (name === 'object') return objectType(schema, indent)
  if (name === 'array') return arrayType(schema, indent)
  if (name === 'integer') return 'number'
  return name
}

function arrayType({ items, prefixItems }: Schema, indent: string): string {
  if (prefixItems) return `[${prefixItems.map((item) => typeOf(item, indent)).join(', ')}]`
  return `Array<${typeOf(items, indent)}>`
}

function objectType(schema: Schema, indent: string): string {
  const { properties = {}, required = [], additionalProperties } = schema
  const inner = `${indent}  `
  const fields = Object.entries(properties).map(([name, field]) => {
    const mark = required.includes(name) ? '' : '?'
    const doc = field.description ? comment(field.description, inner) : ''
    return `${doc}${inner}${quote(name)}${mark}: ${typeOf(field, inner)}\n`
  })
  if (fields.length > 0) return `{\n${fields.join('')}${indent}}`
  if (typeof additionalProperties === 'object') {
    return `Record<string, ${typeOf(additionalProperties, indent)}>`
  }
  return 'Record<string, unknown>'
}

function quote(name: string): string {
  return /^[A-Za-z_$][\w$]*$/.test(name) ? name : `'${name}'`
}

function comment(text: string, indent: string): string {
  const lines = text.replaceAll('*/', '*\\/').split('\n')
  if (lines.length === 1) return `${indent}/** ${lines[0]} */\n`
  return `${indent}/**\n${lines.map((line) => `${indent} * ${line}\n`).join('')}${indent} */\n`
}
