import { type Html, html } from '../../core/html.ts'
import { type ApiDocument, asJson, asList, asText, type Json } from './api-document.ts'
import { mergeParts } from './example-value.ts'
import { inlineCode } from './inline-code.ts'

type Resolver = Pick<ApiDocument, 'resolve'>

const deepest = 6

/** The fields of a schema as a list; objects inside objects open on demand. */
export function schemaTree(api: Resolver, schema: Json): Html {
  return fieldsOf(api, schema, 0) ?? html`<p>${describeType(api, schema)}</p>`
}

function fieldsOf(api: Resolver, value: unknown, depth: number): Html | null {
  const schema = mergeParts(api, api.resolve(value))
  const inner = withoutNull(api, schema)
  if (inner.length > 1) {
    const trees = inner.map((option) => fieldsOf(api, option, depth + 1))
    if (depth >= deepest || trees.every((tree) => tree === null)) return null
    return html`<ul class="schema">${inner.map(
      (option, index) =>
        html`<li><span class="type">${describeType(api, option)}${nameOfVariant(api, option)}</span>${trees[index]}</li>`,
    )}</ul>`
  }
  const [only] = inner
  if (only !== schema) return fieldsOf(api, only, depth)
  if ([schema['type']].flat().includes('array')) return fieldsOf(api, schema['items'], depth)
  const properties = Object.entries(asJson(schema['properties']))
  if (properties.length === 0 || depth >= deepest) return null
  const required = new Set(asList(schema['required']))
  return html`<ul class="schema">${properties.map(([name, property]) =>
    field(api, name, property, required.has(name), depth),
  )}</ul>`
}

/** A discriminated variant is called by the value of its constant field. */
function nameOfVariant(api: Resolver, option: Json): Html | '' {
  for (const [name, property] of Object.entries(asJson(option['properties']))) {
    const { const: value } = api.resolve(property)
    if (typeof value === 'string') return html` with <code>${name}</code> <code>${value}</code>`
  }
  return ''
}

function field(
  api: Resolver,
  name: string,
  value: unknown,
  required: boolean,
  depth: number,
): Html {
  const schema = api.resolve(value)
  const children = fieldsOf(api, schema, depth + 1)
  const description = asText(schema['description']) || asText(schema['title'])
  return html`<li><code class="name">${name}</code> <span class="type">${describeType(api, schema)}</span>${required ? html` <span class="required">required</span>` : ''}
      ${description ? html`<p>${inlineCode(description)}</p>` : ''}
      ${constraints(api, schema)}
      ${children ? html`<details><summary>Fields of <code>${name}</code></summary>${children}</details>` : ''}</li>`
}

/** The schemas a value may have besides `null`; the schema itself where there is no choice. */
function withoutNull(api: Resolver, schema: Json): Json[] {
  const options = [...asList(schema['anyOf']), ...asList(schema['oneOf'])].map(api.resolve)
  if (options.length === 0) return [schema]
  return options.filter((option) => option['type'] !== 'null')
}

/** The type in a few words: `array of string`, `integer or null`. */
export function describeType(api: Resolver, value: unknown): string {
  const schema = api.resolve(value)
  const options = [...asList(schema['anyOf']), ...asList(schema['oneOf'])]
  if (options.length > 0) {
    return [...new Set(options.map((option) => describeType(api, option)))].join(' or ')
  }
  if (schema['const'] !== undefined) return JSON.stringify(schema['const'])
  const types = [schema['type']].flat().map(asText).filter(Boolean)
  if (types.length === 0) {
    if (asList(schema['allOf']).length > 0 || schema['properties']) return 'object'
    return schema['enum'] ? 'string' : 'any value'
  }
  return types
    .map((type) => {
      if (type === 'array' && schema['items']) {
        return `array of ${describeType(api, schema['items'])}`
      }
      const format = asText(schema['format'])
      return type === 'string' && format ? `${type} (${format})` : type
    })
    .join(' or ')
}

/** Numbers at the limits of whole numbers say nothing to a reader. */
function isTelling(value: unknown): boolean {
  return typeof value !== 'number' || Math.abs(value) < Number.MAX_SAFE_INTEGER
}

const limits = [
  ['minimum', 'at least', ''],
  ['maximum', 'at most', ''],
  ['minLength', 'at least', ' characters'],
  ['maxLength', 'at most', ' characters'],
  ['minItems', 'at least', ' entries'],
  ['maxItems', 'at most', ' entries'],
] as const

/** What a value must keep to: limits, allowed values, default. */
export function constraints(api: Resolver, value: unknown): Html | '' {
  const [schema] = withoutNull(api, api.resolve(value))
  if (!schema) return ''
  const said: Html[] = []
  const values = asList(schema['enum'] ?? api.resolve(schema['items'])['enum'])
  if (values.length > 0 && values.length <= 40) {
    said.push(
      html`one of ${values.map((entry, index) => html`${index > 0 ? ', ' : ''}<code>${String(entry)}</code>`)}`,
    )
  }
  for (const [name, words, unit] of limits) {
    const limit = schema[name]
    if (limit !== undefined && isTelling(limit)) {
      said.push(html`${words} ${String(limit)}${unit}`)
    }
  }
  if (schema['default'] !== undefined) {
    said.push(html`default <code>${JSON.stringify(schema['default'])}</code>`)
  }
  if (said.length === 0) return ''
  return html`<p class="limits">${said.map((part, index) => html`${index > 0 ? '; ' : ''}${part}`)}</p>`
}
