import {
  asJson,
  asList,
  type Comparison,
  compareSchemas,
  type Json,
  resolve,
} from './compare-schemas.ts'

const methods = ['get', 'post', 'put', 'patch', 'delete']

/** Everything in the present document that breaks a caller written against the one before. */
export function findBreaks(before: Json, after: Json): string[] {
  const found: string[] = []
  const report = (what: string) => found.push(what)
  for (const [path, item] of Object.entries(asJson(before['paths']))) {
    const now = asJson(asJson(after['paths'])[path])
    for (const method of methods) {
      const operation = asJson(item)[method]
      if (!operation) continue
      const key = `${method.toUpperCase()} ${path}`
      if (!now[method]) report(`${key}: removed`)
      else compareOperations({ before, after, report }, asJson(operation), asJson(now[method]), key)
    }
  }
  compareEvents({ before, after, report })
  return [...new Set(found)]
}

type Documents = Omit<Comparison, 'direction'>

function compareOperations(documents: Documents, old: Json, now: Json, key: string): void {
  const { report } = documents
  if (old['operationId'] !== now['operationId']) {
    report(`${key}: operationId ${String(old['operationId'])} became ${String(now['operationId'])}`)
  }
  compareRights(documents, old, now, key)
  compareParameters(documents, old, now, key)
  compareBodies(documents, old, now, key)
  compareAnswers(documents, old, now, key)
}

/** Each way to call it that there was, must still do: with the same rights or fewer. */
function compareRights({ report }: Documents, old: Json, now: Json, key: string): void {
  const ways = asList(now['security']).map(asJson)
  const isOpen = ways.length === 0
  if (asList(old['security']).length === 0 && !isOpen) report(`${key}: now needs a credential`)
  for (const way of asList(old['security']).map(asJson)) {
    const [scheme = ''] = Object.keys(way)
    const same = ways.find((candidate) => (Object.keys(candidate)[0] ?? '') === scheme)
    if (!same) {
      if (!isOpen) report(`${key}: no longer takes the credential ${scheme || 'none'}`)
      continue
    }
    for (const scope of asList(same[scheme])) {
      if (!asList(way[scheme]).includes(scope))
        report(`${key}: now needs the right ${String(scope)}`)
    }
  }
}

function parametersOf(document: Json, operation: Json): Map<string, Json> {
  return new Map(
    asList(operation['parameters'])
      .map((one) => resolve(document, one))
      .map((one) => [`${String(one['in'])} ${String(one['name'])}`, one]),
  )
}

function compareParameters(documents: Documents, old: Json, now: Json, key: string): void {
  const before = parametersOf(documents.before, old)
  const after = parametersOf(documents.after, now)
  const comparison: Comparison = { ...documents, direction: 'sent' }
  for (const [name, parameter] of before) {
    const same = after.get(name)
    if (!same) {
      documents.report(`${key}: ${name} removed`)
      continue
    }
    compareSchemas(comparison, parameter['schema'], same['schema'], `${key}: ${name}`)
    const [was, is] = [parameter, same].map(({ schema }) => asJson(schema)['default'])
    if (JSON.stringify(was) !== JSON.stringify(is)) {
      documents.report(`${key}: ${name}: default ${String(was)} became ${String(is)}`)
    }
  }
  for (const [name, { required }] of after) {
    if (required === true && before.get(name)?.['required'] !== true) {
      documents.report(`${key}: ${name} now required`)
    }
  }
}

function compareBodies(documents: Documents, old: Json, now: Json, key: string): void {
  const [before, after] = [asJson(old['requestBody']), asJson(now['requestBody'])]
  if (after['required'] === true && before['required'] !== true) {
    documents.report(`${key}: body now required`)
  }
  const comparison: Comparison = { ...documents, direction: 'sent' }
  compareContents(comparison, before, after, `${key}: body`)
}

function compareContents(comparison: Comparison, old: Json, now: Json, at: string): void {
  const after = asJson(now['content'])
  for (const [type, media] of Object.entries(asJson(old['content']))) {
    if (!(type in after)) comparison.report(`${at}: ${type} removed`)
    else compareSchemas(comparison, asJson(media)['schema'], asJson(after[type])['schema'], at)
  }
}

function compareAnswers(documents: Documents, old: Json, now: Json, key: string): void {
  const after = asJson(now['responses'])
  for (const [status, answer] of Object.entries(asJson(old['responses']))) {
    const before = resolve(documents.before, answer)
    const same = status in after ? resolve(documents.after, after[status]) : null
    const isSuccess = /^[23]/.test(status)
    if (isSuccess && !same) documents.report(`${key}: status ${status} removed`)
    if (!same || !isSuccess) continue
    for (const name of Object.keys(asJson(before['headers']))) {
      if (!(name in asJson(same['headers']))) {
        documents.report(`${key}: header ${name} of ${status} removed`)
      }
    }
    const comparison: Comparison = { ...documents, direction: 'answered' }
    compareContents(comparison, before, same, `${key}: ${status}`)
  }
}

function compareEvents({ before, after, report }: Documents): void {
  const now = asJson(after['webhooks'])
  for (const [type, item] of Object.entries(asJson(before['webhooks']))) {
    if (!(type in now)) {
      report(`event ${type}: removed`)
      continue
    }
    const bodyOf = (entry: unknown) => asJson(asJson(asJson(entry)['post'])['requestBody'])
    compareContents(
      { before, after, report, direction: 'answered' },
      bodyOf(item),
      bodyOf(now[type]),
      `event ${type}`,
    )
  }
}
