import type { z } from 'zod'
import type { FieldError } from '../errors.ts'
import type { Contract } from './contract.ts'
import type { Api } from './index.ts'

type Parts = 'params' | 'query' | 'body'
type Given<R> = { [P in keyof R & Parts]: R[P] extends z.ZodType ? z.input<R[P]> : never }
type Upload<R> = R extends { upload: object } ? { file: Blob } : unknown
type Optional<T> = { [K in keyof T as object extends T[K] ? never : K]: T[K] } & {
  [K in keyof T as object extends T[K] ? K : never]?: T[K]
}

export type RequestOf<R> = Optional<Given<R>> &
  Upload<R> & { signal?: AbortSignal; ifMatch?: string }
export type ReplyOf<R> = R extends { response: infer S extends z.ZodType } ? z.output<S> : undefined

export type Client<A extends Contract = Api> = <K extends keyof A & string>(
  route: K,
  request: NoInfer<RequestOf<A[K]>>,
) => Promise<ReplyOf<A[K]>>

/** A refusal of the API: `code` is stable, `message` says what to do. */
export class ApiError extends Error {
  override readonly name = 'ApiError'
  readonly status: number
  readonly code: string
  readonly requestId: string | undefined
  readonly errors: readonly FieldError[]

  constructor(status: number, problem: Problem) {
    super(problem.detail ?? problem.title ?? `The server answered ${status}`)
    this.status = status
    this.code = problem.code ?? 'unknown'
    this.requestId = problem.requestId
    this.errors = problem.errors ?? []
  }
}

interface Problem {
  code?: string
  title?: string
  detail?: string
  requestId?: string
  errors?: FieldError[]
}

export interface ClientOptions {
  readonly baseUrl: string
  /** Headers of each call: a bearer token, or the CSRF token of a staff session. */
  headers?(): Record<string, string> | Promise<Record<string, string>>
  readonly fetch?: typeof fetch
}

interface AnyRequest {
  params?: Record<string, string>
  query?: Record<string, unknown>
  body?: unknown
  file?: Blob
  signal?: AbortSignal
  ifMatch?: string
}

/** Calls the API by the keys of its contract; types follow from the contract, no schema reaches the browser. */
export function createClient<A extends Contract = Api>(options: ClientOptions): Client<A> {
  const send = options.fetch ?? fetch
  return async (route, request) => {
    // The mapped type cannot be read generically; the contract has already checked the call.
    const given = request as AnyRequest
    const [method = 'GET', template = '/'] = route.split(' ')
    const response = await send(addressOf(options.baseUrl, template, given), {
      method,
      headers: { ...headersOf(given), ...(await options.headers?.()) },
      ...bodyOf(given),
      ...(given.signal ? { signal: given.signal } : {}),
    })
    return (await readReply(response)) as never
  }
}

function addressOf(
  baseUrl: string,
  template: string,
  { params = {}, query = {} }: AnyRequest,
): URL {
  const path = template.replace(/:(\w+)/g, (_, name: string) =>
    encodeURIComponent(params[name] ?? ''),
  )
  const url = new URL(path, baseUrl)
  for (const [name, value] of Object.entries(query)) {
    if (value !== undefined && value !== null) url.searchParams.set(name, String(value))
  }
  return url
}

function headersOf({ body, file, ifMatch }: AnyRequest): Record<string, string> {
  const headers: Record<string, string> = { accept: 'application/json' }
  if (body !== undefined) headers['content-type'] = 'application/json'
  if (file) headers['content-type'] = file.type || 'application/octet-stream'
  if (ifMatch) headers['if-match'] = ifMatch
  return headers
}

function bodyOf({ body, file }: AnyRequest): { body?: string | Blob } {
  if (file) return { body: file }
  return body === undefined ? {} : { body: JSON.stringify(body) }
}

async function readReply(response: Response): Promise<unknown> {
  const isJson = /\bjson\b/.test(response.headers.get('content-type') ?? '')
  const payload: unknown = isJson ? await response.json() : undefined
  if (!response.ok) throw new ApiError(response.status, (payload ?? {}) as Problem)
  return payload
}
