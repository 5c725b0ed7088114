import { addressOf, type JsonValue, type SnippetRequest } from '../../../shared/snippets/request.ts'
import type { ApiDocument, Operation, Parameter } from './api-document.ts'
import { exampleOf } from './example-value.ts'
import { placeholders } from './highlight.ts'

/** Values that stand in the place of the document's examples. */
export interface RequestValues {
  readonly path?: Readonly<Record<string, string>>
  readonly query?: readonly (readonly [string, string])[]
  readonly body?: JsonValue
  readonly key?: string
  readonly file?: string
}

function valueFor(api: ApiDocument, parameter: Parameter): string {
  const { example, schema, name } = parameter
  return String(example ?? exampleOf(api, schema, { name }))
}

/** The call of an operation with its required parameters and its example body. */
export function requestOf(
  api: ApiDocument,
  operation: Operation,
  baseUrl: string,
  values: RequestValues = {},
): SnippetRequest {
  const required = operation.parameters.filter(({ required }) => required)
  const path = required
    .filter(({ where }) => where === 'path')
    .map((parameter) => [parameter.name, valueFor(api, parameter)])
  const query = required
    .filter(({ where }) => where === 'query')
    .map((parameter) => [parameter.name, valueFor(api, parameter)] as const)
  const { body } = operation
  const isJson = body !== null && /json/.test(body.contentType)
  const headers: [string, string][] = []
  if (operation.access !== 'public') {
    headers.push(['Authorization', `Bearer ${values.key ?? placeholders.key}`])
  }
  for (const parameter of required) {
    if (parameter.where === 'header') headers.push([parameter.name, valueFor(api, parameter)])
  }
  if (body) headers.push(['Content-Type', body.contentType])
  return {
    method: operation.method,
    url: addressOf(baseUrl, operation.path, {
      path: { ...Object.fromEntries(path), ...values.path },
      query: values.query ?? query,
    }),
    headers,
    ...(isJson ? { json: values.body ?? bodyExample(api, operation) } : {}),
    ...(body && !isJson ? { file: values.file ?? fileNameOf(body.contentType) } : {}),
    answers: operation.answers.some(({ status, content }) => status.startsWith('2') && content),
  }
}

/** The example of the body, made of its required fields where the document has none. */
export function bodyExample(api: ApiDocument, { body }: Operation): JsonValue {
  if (!body) return null
  // Examples of a JSON document are JSON.
  if (body.example !== undefined) return body.example as JsonValue
  return exampleOf(api, body.schema, { requiredOnly: true })
}

function fileNameOf(contentType: string): string {
  return /zip/.test(contentType) ? 'package.zip' : 'item.xml'
}
