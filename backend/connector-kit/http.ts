import { setTimeout as wait } from 'node:timers/promises'
import type { z } from 'zod'
import { AppError } from '../../shared/errors.ts'
import type { Outgoing } from '../core/outgoing/index.ts'
import { clockOffset } from './clock-offset.ts'
import { ConnectorError } from './connector-error.ts'
import type {
  Connector,
  ConnectorBase,
  ConnectorHttp,
  ConnectorPage,
  ConnectorRequest,
  QueryValues,
} from './definition.ts'
import type { Gate } from './gate.ts'
import { type Answer, errorOfStatus, linksOf, parseAnswer, readJson } from './read-answer.ts'
import { type Target, targetOf } from './target.ts'

export type Method = 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE'

/** One request as it ended, for the log and the figures. */
export interface HttpExchange {
  readonly method: Method
  readonly host: string
  readonly path: string
  readonly status: number | null
  readonly durationMs: number
  readonly bytes: number
  readonly attempt: number
  readonly errorCode: string | null
  readonly at: Date
  /** By how much the vendor's clock is ahead of ours; null where the answer does not tell. */
  readonly clockOffsetMs: number | null
}

export interface TokenSource {
  get(): Promise<string>
  /** After the vendor refused it; answers another one, or throws. */
  replace(refused: string): Promise<string>
}

export interface HttpParts {
  readonly send: Outgoing['request']
  base(accessToken: string | undefined): ConnectorBase
  readonly looksWrong?: Connector['looksWrong']
  readonly token?: TokenSource
  readonly gate: Gate
  readonly signal: AbortSignal
  readonly purpose: string
  readonly requestId?: string
  /** Values that must not appear in the log. */
  readonly secrets: readonly string[]
  observe(exchange: HttpExchange): void
  now(): number
  readonly timeoutMs?: number
  readonly retries?: number
  readonly random?: () => number
}

const defaultTimeoutMs = 15_000
const maxBytes = 16 * 1024 * 1024
const longestDelayMs = 10_000
const idempotentMethods: ReadonlySet<Method> = new Set(['GET', 'PUT', 'DELETE'])

/** The HTTP client of one open connection. */
export function createConnectorHttp(parts: HttpParts): ConnectorHttp {
  const { gate, now, signal, token, retries = 2, random = Math.random } = parts

  async function exchange(
    method: Method,
    target: Target,
    base: ConnectorBase,
    request: ConnectorRequest,
    run: { readonly attempt: number; readonly timeoutMs: number },
  ): Promise<{ answer: Answer; json: unknown }> {
    const started = now()
    let answer: Answer | undefined
    let errorCode: string | null = null
    try {
      answer = await parts.send(outgoing(method, target, base, request, run.timeoutMs))
      const wrong = errorOfStatus(answer, target.host, now())
      const { status, headers, text } = answer
      const hidden = parts.looksWrong?.({ status, headers, text, json: tryJson(answer) })
      if (hidden) throw hidden
      if (wrong) throw wrong
      return { answer, json: readJson(answer, target.host) }
    } catch (error) {
      const known = asConnectorError(error, target.host, signal)
      errorCode = known instanceof ConnectorError ? known.code : 'aborted'
      throw known
    } finally {
      parts.observe({
        method,
        host: target.host,
        path: masked(target.path, parts.secrets),
        status: answer?.status ?? null,
        durationMs: Math.max(0, now() - started),
        bytes: answer ? Buffer.byteLength(answer.text) : 0,
        attempt: run.attempt,
        errorCode,
        at: new Date(started),
        clockOffsetMs: clockOffset(answer?.headers, started, now()),
      })
    }
  }

  function outgoing(
    method: Method,
    target: Target,
    base: ConnectorBase,
    request: ConnectorRequest,
    timeoutMs: number,
  ): Parameters<Outgoing['request']>[0] {
    const { body, contentType } = bodyOf(request)
    return {
      url: target.url,
      purpose: `connection.${parts.purpose}`,
      method,
      headers: {
        accept: 'application/json',
        ...(contentType && { 'content-type': contentType }),
        ...(target.isBase && !request.isPublic ? base.headers : {}),
        ...request.headers,
      },
      ...(body !== undefined && { body }),
      timeoutMs: Math.max(1, timeoutMs),
      retries: 0,
      maxBytes,
      signal,
      ownBreaker: true,
      ...(parts.requestId !== undefined && { requestId: parts.requestId }),
    }
  }

  async function attempt<S extends z.ZodType>(
    method: Method,
    path: string,
    schema: S,
    request: ConnectorRequest,
    accessToken: string | undefined,
    run: { readonly attempt: number; readonly deadline: number },
  ): Promise<ConnectorPage<z.output<S>>> {
    const base = parts.base(accessToken)
    const target = targetOf(request.isPublic ? { ...base, query: {} } : base, path, request.query)
    const waitMs = gate.enter()
    const leftMs = run.deadline - now()
    if (waitMs > 0 && waitMs >= leftMs) {
      gate.abandoned()
      throw new ConnectorError('retry', `${target.host} asked for a pause that is not over yet.`, {
        code: 'rate_limited',
        retryAfterMs: waitMs,
      })
    }
    try {
      if (waitMs > 0) await wait(waitMs, undefined, { signal })
      const { answer, json } = await exchange(method, target, base, request, {
        attempt: run.attempt,
        timeoutMs: run.deadline - now(),
      })
      gate.succeeded()
      return {
        data: parseAnswer(json, schema, target.host),
        headers: answer.headers,
        links: linksOf(answer.headers['link']),
      }
    } catch (error) {
      tellGate(error)
      throw error
    }
  }

  function tellGate(error: unknown): void {
    if (!(error instanceof ConnectorError)) {
      gate.abandoned()
    } else if (error.code === 'rate_limited') {
      gate.pause(error.retryAfterMs ?? 60_000)
      gate.abandoned()
    } else if (error.kind === 'retry') {
      gate.failed(error.code)
    } else if (error.code === 'refused_address') {
      gate.abandoned()
    } else {
      // It answered, whatever it said: the way there is free.
      gate.succeeded()
    }
  }

  async function call<S extends z.ZodType>(
    method: Method,
    path: string,
    schema: S,
    request: ConnectorRequest = {},
  ): Promise<ConnectorPage<z.output<S>>> {
    const deadline = now() + (request.timeoutMs ?? parts.timeoutMs ?? defaultTimeoutMs)
    const mayRepeat = request.idempotent ?? idempotentMethods.has(method)
    let accessToken = request.isPublic ? undefined : await token?.get()
    let replaced = false

    /** Makes ready for another try, or throws where none is of use. */
    async function prepareNext(error: unknown, tries: number): Promise<void> {
      if (!(error instanceof ConnectorError)) throw error
      if (error.code === 'unauthorised' && token && accessToken !== undefined && !replaced) {
        replaced = true
        accessToken = await token.replace(accessToken)
        return
      }
      const delayMs = delayBefore(error, tries, mayRepeat)
      if (delayMs === null || now() + delayMs >= deadline) throw error
      await wait(delayMs, undefined, { signal })
    }

    for (let tries = 1; ; tries++) {
      signal.throwIfAborted()
      try {
        const run = { attempt: tries, deadline }
        return await attempt(method, path, schema, request, accessToken, run)
      } catch (error) {
        await prepareNext(error, tries)
      }
    }
  }

  /** Null: another try is of no use, or might do the same thing twice. */
  function delayBefore(error: ConnectorError, tries: number, mayRepeat: boolean): number | null {
    const refusedUntouched = error.code === 'rate_limited'
    if (error.kind !== 'retry' || error.code === 'circuit_open' || tries > retries) return null
    if (!mayRepeat && !refusedUntouched) return null
    const backoff = Math.min(longestDelayMs, 250 * 2 ** (tries - 1)) * (0.8 + 0.4 * random())
    return Math.round(Math.max(backoff, error.retryAfterMs ?? 0))
  }

  return {
    get: async (path, schema, options) => (await call('GET', path, schema, options)).data,
    post: async (path, schema, options) => (await call('POST', path, schema, options)).data,
    put: async (path, schema, options) => (await call('PUT', path, schema, options)).data,
    patch: async (path, schema, options) => (await call('PATCH', path, schema, options)).data,
    delete: async (path, schema, options) => (await call('DELETE', path, schema, options)).data,
    page: (path, schema, options) => call('GET', path, schema, options),
  }
}

function bodyOf({ json, form, body }: ConnectorRequest) {
  if (json !== undefined) return { body: JSON.stringify(json), contentType: 'application/json' }
  if (form !== undefined) {
    return { body: formOf(form).toString(), contentType: 'application/x-www-form-urlencoded' }
  }
  return { body, contentType: undefined }
}

function formOf(values: QueryValues): URLSearchParams {
  const form = new URLSearchParams()
  for (const [name, value] of Object.entries(values)) {
    if (value !== undefined) form.set(name, String(value))
  }
  return form
}

function tryJson({ text }: Answer): unknown {
  try {
    return JSON.parse(text)
  } catch {
    // Not every answer is JSON; `readJson` says so where it should be.
    return undefined
  }
}

const unreachable =
  'Check the address; if it is right, the other system is down or does not let us in.'

function asConnectorError(error: unknown, host: string, signal: AbortSignal): unknown {
  if (signal.aborted || !(error instanceof AppError)) return error
  if (error.code === 'upstream_timeout') {
    return new ConnectorError(
      'retry',
      `${host} did not answer in time. Nothing needs to be done here; it is tried again.`,
      { code: 'timeout', cause: error },
    )
  }
  if (error.code === 'upstream_unavailable') {
    return new ConnectorError('retry', `${error.message}. ${unreachable}`, {
      code: 'unreachable',
      cause: error,
    })
  }
  if (error.code === 'url_not_allowed') {
    return new ConnectorError('reject', error.message, { code: 'refused_address', cause: error })
  }
  if (error.code === 'upstream_response_too_large') {
    return new ConnectorError('reject', `${host} answered with more than 16 MiB.`, {
      code: 'too_large',
      cause: error,
    })
  }
  return error
}

/** A path without the credentials that some vendors want in it. */
export function masked(path: string, secrets: readonly string[]): string {
  let text = path
  for (const secret of secrets) {
    if (secret.length < 4) continue
    text = text.replaceAll(secret, '***').replaceAll(encodeURIComponent(secret), '***')
  }
  return text
}
