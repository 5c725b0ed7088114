export type Json = Record<string, unknown>

export function isJson(value: unknown): value is Json {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

/** A copy in which every object was changed by `change`, innermost first. */
export function mapObjects(value: unknown, change: (object: Json) => Json): unknown {
  if (Array.isArray(value)) return value.map((element) => mapObjects(element, change))
  if (!isJson(value)) return value
  const entries = Object.entries(value).map(([name, member]) => [name, mapObjects(member, change)])
  return change(Object.fromEntries(entries))
}
