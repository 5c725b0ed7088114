import type { z } from 'zod'
import {
  type Connector,
  type ConnectorContext,
  createConnectorHttp,
  createGate,
  createTokenCache,
  type HttpExchange,
  type TokenSource,
} from '../../backend/connector-kit/index.ts'
import type { Outgoing, OutgoingResponse } from '../../backend/core/outgoing/index.ts'

export interface OpenedConnector<Config, Credentials> {
  readonly ctx: ConnectorContext<Config, Credentials>
  readonly exchanges: readonly HttpExchange[]
}

export interface OpenConnectorOptions<C extends z.ZodObject, S extends z.ZodObject> {
  readonly config: z.output<C>
  readonly credentials: z.output<S>
  readonly send: Outgoing['request']
  /** Of a consent that was given before. */
  readonly accessToken?: string
  readonly timeoutMs?: number
  readonly retries?: number
  readonly signal?: AbortSignal
  readonly now?: () => number
}

/** A connector with the kit's HTTP around it, as an open connection has it. */
export function openConnector<C extends z.ZodObject, S extends z.ZodObject>(
  connector: Connector<C, S>,
  options: OpenConnectorOptions<C, S>,
): OpenedConnector<z.output<C>, z.output<S>> {
  const { config, credentials, send, accessToken, now = Date.now } = options
  const signal = options.signal ?? new AbortController().signal
  const exchanges: HttpExchange[] = []
  const gate = createGate({ now })
  const cache = createTokenCache({ now })

  function contextWith(token: TokenSource | undefined) {
    const http = createConnectorHttp({
      send,
      base: (current) => connector.base({ config, credentials, accessToken: current }),
      ...(connector.looksWrong && { looksWrong: connector.looksWrong }),
      ...(token && { token }),
      gate,
      signal,
      purpose: 'test',
      secrets: Object.values<unknown>(credentials).map(String),
      observe: (exchange) => exchanges.push(exchange),
      now,
      ...(options.timeoutMs !== undefined && { timeoutMs: options.timeoutMs }),
      ...(options.retries !== undefined && { retries: options.retries }),
    })
    const log = { info: () => undefined, warn: () => undefined }
    return {
      tenantId: 'ten_test',
      connectionId: 'con_test',
      config,
      credentials,
      http,
      signal,
      log,
      now: () => new Date(now()),
    }
  }

  function tokenSource(): TokenSource | undefined {
    const { token } = connector
    if (token) {
      const get = () => cache.get('token', () => token.fetch(contextWith(undefined)))
      return {
        get,
        replace: async (refused) => {
          cache.forget('token', refused)
          return await get()
        },
      }
    }
    if (accessToken === undefined) return undefined
    return { get: async () => accessToken, replace: async () => accessToken }
  }

  return { ctx: contextWith(tokenSource()), exchanges }
}

/** One request as the fake vendor sees it. */
export interface SeenRequest {
  readonly method: string
  readonly url: URL
  readonly headers: Readonly<Record<string, string>>
  readonly form: URLSearchParams
  /** What was sent, as text. */
  readonly body: string
}

type FakeAnswer = {
  status?: number
  headers?: Record<string, string>
  json?: unknown
  text?: string
}

/** A vendor that answers what `answer` says; keeps what it was asked. */
export function fakeVendor(answer: (request: SeenRequest) => FakeAnswer) {
  const seen: SeenRequest[] = []
  const send: Outgoing['request'] = async ({ url, method = 'GET', headers = {}, body }) => {
    const text = typeof body === 'string' ? body : ''
    const form = new URLSearchParams(text)
    const request = { method, url: new URL(url), headers, form, body: text }
    seen.push(request)
    const given = answer(request)
    const answered = given.text ?? JSON.stringify(given.json)
    const response: OutgoingResponse = {
      status: given.status ?? 200,
      headers: { 'content-type': 'application/json', ...given.headers },
      text: answered,
      retryAfterMs: null,
      json: (schema) => schema.parse(JSON.parse(answered)),
    }
    return response
  }
  return { send, seen }
}

/** Everything an iterable gives. */
export async function collect<T>(pages: AsyncIterable<T>): Promise<T[]> {
  const all: T[] = []
  for await (const page of pages) all.push(page)
  return all
}
