/** One request as the log page shows it; secrets are left out. */
export interface LoggedRequest {
  readonly at: string
  readonly method: string
  /** Path and query below the vendor. */
  readonly path: string
  readonly status: number
  readonly durationMs: number
  /** The dial that decided the answer, if one did. */
  readonly dial: string | null
}

export interface RequestLog {
  add(entry: LoggedRequest): void
  /** Newest first. */
  list(): readonly LoggedRequest[]
  count(): number
  clear(): void
}

const capacity = 200

/** Keeps the last requests in memory and counts all of them. */
export function createRequestLog(): RequestLog {
  let entries: LoggedRequest[] = []
  let total = 0
  return {
    add(entry) {
      total += 1
      entries = [entry, ...entries].slice(0, capacity)
    },
    list: () => entries,
    count: () => total,
    clear() {
      entries = []
      total = 0
    },
  }
}

const secretParameters = new Set(['wstoken', 'access_token', 'client_secret', 'code', 'state'])

/** The path with the values of secret parameters left out. */
export function withoutSecrets(path: string): string {
  const [bare = '', query] = path.split('?', 2)
  if (query === undefined) return bare
  const shown = query.split('&').map((pair) => {
    const [name = '', value] = pair.split('=', 2)
    return value !== undefined && secretParameters.has(name) ? `${name}=…` : pair
  })
  return `${bare}?${shown.join('&')}`
}
