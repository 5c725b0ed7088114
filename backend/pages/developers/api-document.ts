/** An OpenAPI 3.1 document or a part of it, read tolerantly: nothing is assumed that the page does not need. */
export type Json = Readonly<Record<string, unknown>>

export interface Parameter {
  readonly name: string
  readonly where: string
  readonly required: boolean
  readonly description: string
  readonly schema: Json
  readonly example: unknown
}

export interface Body {
  readonly contentType: string
  readonly schema: Json
  readonly example: unknown
}

export interface Answer {
  readonly status: string
  readonly description: string
  readonly content: Body | null
  /** Stable codes of a refusal, where the document names them. */
  readonly codes: readonly string[]
}

export interface Operation {
  readonly id: string
  readonly tag: string
  readonly method: string
  readonly path: string
  readonly summary: string
  readonly description: string
  readonly deprecated: boolean
  /** `key`: a program may call it; `session`: only somebody signed in; `launch`: only a launch from an LMS; `public`: anybody. */
  readonly access: 'key' | 'session' | 'launch' | 'public'
  readonly scopes: readonly string[]
  readonly parameters: readonly Parameter[]
  readonly body: Body | null
  readonly answers: readonly Answer[]
}

export interface Tag {
  readonly name: string
  readonly slug: string
  readonly title: string
  readonly description: string
  readonly operations: readonly Operation[]
}

export interface ApiDocument {
  readonly tags: readonly Tag[]
  readonly operations: readonly Operation[]
  /** Follows `$ref`s until something else is there. */
  resolve(value: unknown): Json
}

const methods = ['get', 'post', 'put', 'patch', 'delete'] as const

export function asJson(value: unknown): Json {
  return value !== null && typeof value === 'object' && !Array.isArray(value)
    ? (value as Json) // Checked just before: an object, not an array.
    : {}
}

export function asList(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : []
}

export function asText(value: unknown): string {
  return typeof value === 'string' ? value : ''
}

export function slugOf(text: string): string {
  return text
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '-')
    .replace(/^-|-$/g, '')
}

function titleOfTag(name: string): string {
  if (/[A-Z ]/.test(name)) return name
  const words = name
    .replaceAll('-', ' ')
    .replace(/^(lti|oauth|api)\b/, (word) => acronyms[word] ?? word)
  return words.charAt(0).toUpperCase() + words.slice(1)
}

const acronyms: Record<string, string> = { lti: 'LTI', oauth: 'OAuth', api: 'API' }

/** The parts of an OpenAPI document that its pages are made of. */
export function readApiDocument(document: Json): ApiDocument {
  const resolve = (value: unknown): Json => resolveRef(document, value)
  const operations: Operation[] = []
  for (const [path, item] of Object.entries(asJson(document['paths']))) {
    const shared = asList(resolve(item)['parameters'])
    for (const method of methods) {
      const operation = resolve(item)[method]
      if (operation)
        operations.push(readOperation(resolve, path, method, asJson(operation), shared))
    }
  }
  return { tags: readTags(document, operations), operations, resolve }
}

function resolveRef(document: Json, value: unknown): Json {
  let found = asJson(value)
  for (let hops = 0; typeof found['$ref'] === 'string' && hops < 20; hops += 1) {
    const { $ref, ...beside } = found
    let target: unknown = document
    for (const part of String($ref).replace(/^#\//, '').split('/')) {
      target = asJson(target)[decodeURIComponent(part).replaceAll('~1', '/').replaceAll('~0', '~')]
    }
    found = { ...asJson(target), ...beside }
  }
  return found
}

function readTags(document: Json, operations: readonly Operation[]): Tag[] {
  const described = new Map(
    asList(document['tags']).map((tag) => [asText(asJson(tag)['name']), asJson(tag)]),
  )
  const names = new Set([...described.keys(), ...operations.map(({ tag }) => tag)])
  return [...names]
    .map((name) => ({
      name,
      slug: slugOf(name),
      title: asText(described.get(name)?.['x-displayName']) || titleOfTag(name),
      description: asText(described.get(name)?.['description']),
      operations: operations.filter(({ tag }) => tag === name),
    }))
    .filter((tag) => tag.operations.length > 0)
}

type Resolve = (value: unknown) => Json

function readOperation(
  resolve: Resolve,
  path: string,
  method: string,
  operation: Json,
  shared: readonly unknown[],
): Operation {
  return {
    id: asText(operation['operationId']) || slugOf(`${method} ${path}`),
    tag: asText(asList(operation['tags'])[0]) || 'api',
    method: method.toUpperCase(),
    path,
    summary: asText(operation['summary']),
    description: asText(operation['description']),
    deprecated: operation['deprecated'] === true,
    ...readSecurity(operation),
    parameters: [...shared, ...asList(operation['parameters'])].map((parameter) =>
      readParameter(resolve, parameter),
    ),
    body: readContent(resolve, resolve(operation['requestBody'])['content']),
    answers: Object.entries(asJson(operation['responses'])).map(([status, answer]) =>
      readAnswer(resolve, status, answer),
    ),
  }
}

function readSecurity(operation: Json): Pick<Operation, 'access' | 'scopes'> {
  const schemes = asList(operation['security']).map(asJson)
  if (schemes.every((scheme) => Object.keys(scheme).length === 0)) {
    return { access: 'public', scopes: [] }
  }
  const names = new Set<string>()
  const ways = new Set<string>()
  for (const scheme of schemes) {
    for (const [name, scopes] of Object.entries(scheme)) {
      ways.add(name)
      for (const scope of asList(scopes)) names.add(asText(scope))
    }
  }
  const scope = asText(operation['x-scope'])
  if (scope) names.add(scope)
  return { access: accessBy(ways), scopes: [...names] }
}

/** A key is also taken where an application's token is; the token of a launch stands alone. */
function accessBy(ways: ReadonlySet<string>): Operation['access'] {
  if (ways.has('oauth')) return 'key'
  return ways.has('bearer') ? 'launch' : 'session'
}

function readParameter(resolve: Resolve, value: unknown): Parameter {
  const parameter = resolve(value)
  const schema = resolve(parameter['schema'])
  return {
    name: asText(parameter['name']),
    where: asText(parameter['in']),
    required: parameter['required'] === true,
    description: asText(parameter['description']) || asText(schema['description']),
    schema,
    example:
      parameter['example'] ?? firstExample(resolve, parameter['examples']) ?? schemaExample(schema),
  }
}

function readContent(resolve: Resolve, content: unknown): Body | null {
  const entries = Object.entries(asJson(content))
  const [contentType, media] = entries.find(([type]) => /json/.test(type)) ?? entries[0] ?? []
  if (!contentType) return null
  const described = asJson(media)
  const resolved = resolve(described['schema'])
  return {
    contentType,
    schema: resolved,
    example:
      described['example'] ??
      firstExample(resolve, described['examples']) ??
      schemaExample(resolved),
  }
}

function firstExample(resolve: Resolve, examples: unknown): unknown {
  const first = Object.values(asJson(examples))[0]
  return first === undefined ? undefined : resolve(first)['value']
}

function schemaExample(schema: Json): unknown {
  return schema['example'] ?? asList(schema['examples'])[0]
}

function readAnswer(resolve: Resolve, status: string, value: unknown): Answer {
  const answer = resolve(value)
  const content = readContent(resolve, answer['content'])
  const codes = new Set<string>()
  for (const code of [
    ...asList(answer['x-error-codes']),
    ...asList(answer['x-codes']),
    ...asList(asJson(asJson(content?.schema['properties'])['code'])['enum']),
    ...codesOfParts(resolve, content),
    ...codesOfExamples(resolve, answer),
  ]) {
    codes.add(asText(code))
  }
  return { status, description: asText(answer['description']), content, codes: [...codes] }
}

/** A problem narrowed to some codes: `allOf: [Problem, { properties: { code: { enum } } }]`. */
function codesOfParts(resolve: Resolve, content: Body | null): unknown[] {
  return asList(content?.schema['allOf']).flatMap((part) => {
    const code = asJson(asJson(resolve(part)['properties'])['code'])
    return code['const'] === undefined ? [...asList(code['enum'])] : [code['const']]
  })
}

function codesOfExamples(resolve: Resolve, answer: Json): unknown[] {
  return Object.values(asJson(answer['content'])).flatMap((media) => {
    const { example, examples } = asJson(media)
    const values = Object.values(asJson(examples)).map((entry) => resolve(entry)['value'])
    return [example, ...values].map((entry) => asJson(entry)['code']).filter(Boolean)
  })
}
