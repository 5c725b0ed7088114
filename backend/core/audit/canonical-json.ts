export type Canonical =
  | string
  | number
  | boolean
  | null
  | readonly Canonical[]
  | { readonly [name: string]: Canonical | undefined }

/** The one JSON text of a value: members sorted by name, none undefined, no white space (as RFC 8785, for what an audit entry holds). */
export function canonicalJson(value: Canonical): string {
  if (value === null || typeof value !== 'object') return scalar(value)
  // A type guard on readonly arrays is missing in the library's types.
  if (Array.isArray(value))
    return `[${(value as readonly Canonical[]).map(canonicalJson).join(',')}]`
  const members = Object.entries(value as { readonly [name: string]: Canonical | undefined })
    .filter((member): member is [string, Canonical] => member[1] !== undefined)
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([name, member]) => `${JSON.stringify(name)}:${canonicalJson(member)}`)
  return `{${members.join(',')}}`
}

function scalar(value: string | number | boolean | null): string {
  if (typeof value === 'number' && !Number.isFinite(value)) {
    throw new TypeError(`${value} has no JSON form`)
  }
  return JSON.stringify(value)
}
