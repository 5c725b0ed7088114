import { decodeJwt, decodeProtectedHeader } from 'jose'

/** One step of the protocol as the log page shows it; secrets are already gone. */
export interface LoggedRequest {
  readonly at: number
  readonly step: string
  readonly from: 'tool' | 'browser' | 'lms'
  readonly method: string
  readonly url: string
  readonly status: number | undefined
  readonly details: Readonly<Record<string, unknown>>
}

export interface RequestLog {
  add(entry: LoggedRequest): void
  /** Newest first. */
  list(): readonly LoggedRequest[]
  clear(): void
}

const capacity = 100

/** Keeps the last hundred protocol requests in memory. */
export function createRequestLog(): RequestLog {
  let entries: LoggedRequest[] = []
  return {
    add: (entry) => {
      entries = [entry, ...entries].slice(0, capacity)
    },
    list: () => entries,
    clear: () => {
      entries = []
    },
  }
}

const jwtFields = new Set(['id_token', 'JWT', 'client_assertion'])
const secretFields = new Set(['access_token'])

/** Readable parameters: tokens are shown as their claims without signature, bearer tokens not at all. */
export function redact(params: Readonly<Record<string, unknown>>): Record<string, unknown> {
  const shown: Record<string, unknown> = {}
  for (const [name, value] of Object.entries(params)) {
    if (secretFields.has(name)) shown[name] = '…'
    else shown[name] = jwtFields.has(name) ? claimsOnly(value) : value
  }
  return shown
}

function claimsOnly(token: unknown): unknown {
  try {
    return {
      header: decodeProtectedHeader(String(token)),
      claims: decodeJwt(String(token)),
      signature: '…',
    }
  } catch {
    // Whatever was sent in place of a token may still be a secret: its length says enough.
    return `not a JWT (${String(token).length} characters)`
  }
}
