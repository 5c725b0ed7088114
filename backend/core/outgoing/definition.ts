import type { z } from 'zod'

export interface OutgoingRequest {
  readonly url: string
  /** What it is for, in the log: `lti.jwks`. */
  readonly purpose: string
  readonly method?: 'GET' | 'HEAD' | 'POST' | 'PUT' | 'PATCH' | 'DELETE'
  readonly headers?: Readonly<Record<string, string>>
  /** A stream of pieces is sent once, as it comes: `content-length` is the caller's. */
  readonly body?: string | Uint8Array | AsyncIterable<Uint8Array>
  /** For the whole call with its retries and waits; default 10 s. */
  readonly timeoutMs?: number
  /** Further tries on 429, 5xx and network errors, for idempotent requests only; default 2. */
  readonly retries?: number
  /** Default 1 MiB. */
  readonly maxBytes?: number
  /** Default: true for all methods but POST and PATCH. */
  readonly idempotent?: boolean
  readonly signal?: AbortSignal
  /** Of the request or job it is made for, for the log. */
  readonly requestId?: string
}

export interface OutgoingResponse {
  readonly status: number
  /** Lower-case names; repeated headers joined with a comma. */
  readonly headers: Readonly<Record<string, string>>
  readonly text: string
  /** What `Retry-After` asks for. */
  readonly retryAfterMs: number | null
  json<S extends z.ZodType>(schema: S): z.output<S>
}

export interface Address {
  readonly address: string
  readonly family: 4 | 6
}

export type LookupAll = (hostname: string) => Promise<readonly Address[]>

export interface Outgoing {
  /** Resolves for every HTTP status, 3xx included: redirects are never followed. */
  request(request: OutgoingRequest): Promise<OutgoingResponse>
  /** Refuses an address that `request` would refuse by its text alone; resolves and contacts nothing. */
  checkUrl(url: string, purpose: string): void
  close(): Promise<void>
}
