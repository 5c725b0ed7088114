import type { Request, Response } from 'express'
import type { Route } from '../../../shared/api/contract.ts'
import type { ErrorCode, FieldError } from '../../../shared/errors.ts'
import type { TokenSealer } from '../secrets/index.ts'
import type { TenantContext } from '../tenancy.ts'

/** What a credential check may see of the request. */
export interface RequestFacts {
  readonly requestId: string
  readonly method: string
  /** As it was asked for, without the query. */
  readonly path: string
  readonly remoteAddress: string
  readonly cookies: Readonly<Record<string, string | undefined>>
  header(name: string): string | undefined
}

/** Recognises bearer tokens by their prefix. */
export interface BearerAuthenticator {
  readonly prefix: string
  authenticate(token: string, request: RequestFacts): Promise<TenantContext | undefined>
}

/** One call of one operation, from the moment its route is known. */
export interface ApiCall {
  /** `METHOD /path/:id` of the contract. */
  readonly operation: string
  readonly route: Route
  readonly req: Request
  readonly requestId: string
  /** `performance.now()` when the route was found. */
  readonly startedAt: number
  /** Null until the caller is known, and for good where nobody is. */
  ctx: TenantContext | null
}

export interface EndedCall extends ApiCall {
  readonly status: number
  readonly durationMs: number
  /** Why it was refused; null when it was not. */
  readonly code: ErrorCode | null
  /** The sentence of the refusal. */
  readonly detail: string | null
  /** What was wrong with which part of the input. */
  readonly errors: readonly FieldError[]
}

/** Runs once caller and right are known and before the body is read; refuses by throwing, may set headers. */
export type Gate = (call: KnownCall, res: Response) => void | Promise<void>
export type KnownCall = ApiCall & { readonly ctx: TenantContext }

/** An answer before it is sent. */
export interface Reply {
  readonly status: number
  readonly headers: Readonly<Record<string, string>>
  /** JSON text; null where the answer has no body. */
  readonly text: string | null
}

/** Wraps the handling of an unsafe call whose input is parsed: runs it, or answers what was answered before. */
export type Around = (
  call: KnownCall,
  input: object,
  run: () => Promise<Reply>,
  res: Response,
) => Promise<Reply>

export interface HttpOptions {
  readonly bearer: readonly BearerAuthenticator[]
  /** The staff session of the request's cookie; throws `csrf_failed`. */
  session?(request: RequestFacts): Promise<TenantContext | undefined>
  /** Parse every answer by its schema, so that a leaked field fails in tests and development. */
  readonly checkAnswers: boolean
  readonly publicUrl: string
  /** Seals the cursors of lists; absent: with a key that ends with the process. */
  readonly cursors?: TokenSealer
  /**
   * Runs as soon as it is known who calls, before rights are looked at, so that refusals count too;
   * `ctx` is null where nobody was recognised. Refuses by throwing, sets headers.
   */
  readonly limit?: (call: ApiCall, res: Response) => void | Promise<void>
  readonly gates?: readonly Gate[]
  readonly around?: Around
  /** Told of every call that ended, refused ones included; must neither wait nor throw. */
  readonly observers?: readonly ((call: EndedCall) => void)[]
}
