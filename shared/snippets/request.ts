export type JsonValue =
  | string
  | number
  | boolean
  | null
  | readonly JsonValue[]
  | { readonly [name: string]: JsonValue }

/** The call that a snippet makes. */
export interface SnippetRequest {
  readonly method: string
  /** Complete, with its query; percent-encoded. */
  readonly url: string
  readonly headers: readonly (readonly [name: string, value: string])[]
  /** Sent as JSON. */
  readonly json?: JsonValue
  /** Sent as it is: the file beside the program. */
  readonly file?: string
  /** Whether the answer has a body to show. */
  readonly answers: boolean
}

/** Puts values into a path template such as `/items/{id}` and adds the query. */
export function addressOf(
  baseUrl: string,
  template: string,
  values: {
    readonly path?: Readonly<Record<string, string>>
    readonly query?: readonly (readonly [name: string, value: string])[]
  } = {},
): string {
  const path = template.replace(/\{([^}]+)\}/g, (_, name: string) =>
    encodeStrictly(values.path?.[name] ?? name),
  )
  const query = (values.query ?? []).map(
    ([name, value]) => `${encodeStrictly(name)}=${encodeStrictly(value)}`,
  )
  return baseUrl.replace(/\/$/, '') + path + (query.length > 0 ? `?${query.join('&')}` : '')
}

/** Also what `encodeURIComponent` leaves and a shell, a quoted string or a client's globbing could touch. */
function encodeStrictly(text: string): string {
  return encodeURIComponent(wellFormed(text)).replace(
    /[!'()*]/g,
    (character) => `%${character.charCodeAt(0).toString(16).toUpperCase()}`,
  )
}

/** Half of a surrogate pair cannot be written in UTF-8. */
export function wellFormed(text: string): string {
  return text.replace(/\p{Cs}/gu, '\ufffd')
}

/** JSON with every character outside printable ASCII escaped: the same in any file encoding. */
export function asciiJson(value: JsonValue, indent?: number): string {
  return JSON.stringify(value, null, indent).replace(/[^\x20-\x7e\n]/g, escapeUnit)
}

/** A header value may hold no line break and nothing outside Latin-1; what cannot be sent is left out. */
export function headerText(value: string): string {
  return value.replace(/[^\x20-\x7e]/g, '')
}

export function escapeUnit(unit: string): string {
  return `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`
}
