export type Json = Readonly<Record<string, unknown>>

export function isJson(value: unknown): value is Json {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

export function asJson(value: unknown): Json {
  return isJson(value) ? value : {}
}

export function asList(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : []
}

/** Follows references of a document. */
export function resolve(document: Json, value: unknown): Json {
  let found = asJson(value)
  for (let hops = 0; typeof found['$ref'] === 'string' && hops < 20; hops++) {
    let target: unknown = document
    for (const part of found['$ref'].slice(2).split('/')) {
      target = asJson(target)[part.replaceAll('~1', '/').replaceAll('~0', '~')]
    }
    found = asJson(target)
  }
  return found
}

export interface Comparison {
  readonly before: Json
  readonly after: Json
  /** What is sent may only be accepted more widely; what is answered may only be promised more narrowly. */
  readonly direction: 'sent' | 'answered'
  report(what: string): void
}

/** Reports each way in which a schema asks more of callers, or promises them less, than before. */
export function compareSchemas(
  comparison: Comparison,
  before: unknown,
  after: unknown,
  at: string,
  depth = 0,
): void {
  if (depth > 12) return
  const old = resolve(comparison.before, before)
  const now = resolve(comparison.after, after)
  compareTypes(comparison, old, now, at)
  compareEnums(comparison, old, now, at)
  compareMembers(comparison, old, now, at, depth)
  if (comparison.direction === 'sent') compareBounds(comparison, old, now, at)
  if ('items' in old) {
    compareSchemas(comparison, old['items'], now['items'], `${at}[]`, depth + 1)
  }
  compareVariants(comparison, old, now, at, depth)
}

function typesOf(schema: Json): Set<string> {
  return new Set([schema['type']].flat().filter((type) => typeof type === 'string'))
}

function compareTypes({ direction, report }: Comparison, old: Json, now: Json, at: string): void {
  const [before, after] = [typesOf(old), typesOf(now)]
  if (before.size === 0 && after.size === 0) return
  const wide = direction === 'sent' ? after : before
  const narrow = direction === 'sent' ? before : after
  const fits = (type: string) => wide.has(type) || (type === 'integer' && wide.has('number'))
  const anything = wide.size === 0 && !('anyOf' in (direction === 'sent' ? now : old))
  if (anything || [...narrow].every(fits)) return
  report(`${at}: type ${[...before].join('|') || 'any'} became ${[...after].join('|') || 'any'}`)
}

function compareEnums({ direction, report }: Comparison, old: Json, now: Json, at: string): void {
  const before = valuesOf(old)
  const after = valuesOf(now)
  // New values in answers are additions; see the guide on versions.
  if (direction === 'answered' || after === null) return
  if (before === null) report(`${at}: only ${after.join(', ')} accepted`)
  else {
    for (const value of before) {
      if (!after.includes(value)) report(`${at}: value ${value} no longer accepted`)
    }
  }
}

function valuesOf(schema: Json): string[] | null {
  if ('const' in schema) return [JSON.stringify(schema['const'])]
  return Array.isArray(schema['enum']) ? schema['enum'].map((one) => JSON.stringify(one)) : null
}

function compareMembers(
  comparison: Comparison,
  old: Json,
  now: Json,
  at: string,
  depth: number,
): void {
  const { direction, report } = comparison
  const before = asJson(old['properties'])
  const after = asJson(now['properties'])
  const [required, requires] = [asList(old['required']), asList(now['required'])]
  for (const [name, schema] of Object.entries(before)) {
    const place = `${at}.${name}`
    if (!(name in after)) {
      report(`${place}: removed`)
      continue
    }
    compareSchemas(comparison, schema, after[name], place, depth + 1)
    if (direction === 'answered' && required.includes(name) && !requires.includes(name)) {
      report(`${place}: no longer always there`)
    }
  }
  if (direction === 'answered') return
  for (const name of requires) {
    if (!required.includes(name)) report(`${at}.${String(name)}: now required`)
  }
}

const lowerBounds = ['minimum', 'exclusiveMinimum', 'minLength', 'minItems', 'minProperties']
const upperBounds = ['maximum', 'exclusiveMaximum', 'maxLength', 'maxItems', 'maxProperties']

function compareBounds({ report }: Comparison, old: Json, now: Json, at: string): void {
  for (const name of lowerBounds) {
    if (name in now && !(Number(old[name]) >= Number(now[name]))) tell(name)
  }
  for (const name of upperBounds) {
    if (name in now && !(Number(old[name]) <= Number(now[name]))) tell(name)
  }
  for (const name of ['pattern', 'format']) if (name in now && old[name] !== now[name]) tell(name)
  if (now['additionalProperties'] === false && old['additionalProperties'] !== false) {
    tell('additionalProperties')
  }

  function tell(name: string): void {
    report(`${at}: ${name} ${String(old[name] ?? 'none')} became ${String(now[name])}`)
  }
}

function compareVariants(
  comparison: Comparison,
  old: Json,
  now: Json,
  at: string,
  depth: number,
): void {
  for (const word of ['anyOf', 'oneOf']) {
    const before = asList(old[word])
    const after = asList(now[word])
    if (before.length === 0) {
      if (after.length > 0 && !('type' in old)) comparison.report(`${at}: became one of several`)
      continue
    }
    if (comparison.direction === 'sent' && after.length < before.length) {
      comparison.report(`${at}: accepts fewer variants`)
    }
    // Variants keep their order; what is added comes last.
    before.slice(0, after.length).forEach((variant, index) => {
      compareSchemas(comparison, variant, after[index], `${at}<${index}>`, depth + 1)
    })
  }
}
