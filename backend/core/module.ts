import type { Router } from 'express'
import type { z } from 'zod'
import type { Contract } from '../../shared/api/contract.ts'
import type { SweptModel } from './database/ttl-sweeper.ts'
import type { TenantContext } from './tenancy.ts'

type Parts = 'params' | 'query' | 'body'
type Parsed<R> = { [P in keyof R & Parts]: R[P] extends z.ZodType ? z.output<R[P]> : never }

/** What a handler may read of the request beyond its parsed parts. */
export interface RequestInfo {
  readonly remoteAddress: string
  readonly userAgent: string
  readonly ifMatch: string | undefined
  /** Dated version by which the call is answered. */
  readonly version: string
  readonly cookies: Readonly<Record<string, string | undefined>>
  /** Present on routes that declare `upload`. */
  readonly upload: Buffer
  /** Sets a response header, for cookies. */
  setHeader(name: string, value: string | string[]): void
}

export type Answer<R> = R extends { response: infer S extends z.ZodType } ? z.input<S> : undefined

export type Handlers<C extends Contract> = {
  readonly [K in keyof C]: (
    ctx: TenantContext,
    input: Parsed<C[K]>,
    request: RequestInfo,
  ) => Promise<Answer<C[K]>>
}

/** What the start of the server needs of a mongoose model. */
export interface StoredModel extends SweptModel {
  readonly modelName: string
  createIndexes(): Promise<void>
}

/** A module as the server mounts it, whatever its contract. */
export interface AnyModule {
  readonly name: string
  readonly contract: Contract
  readonly handlers: Readonly<Record<string, unknown>>
  /** Mongoose models whose indexes are made at start and whose expired documents are swept. */
  readonly models?: readonly StoredModel[]
  /** Routes that are not part of the REST API (LTI endpoints, pages). */
  readonly router?: Router
}

/** One part of the domain: its routes, pages, collections and what must run at start. */
export interface Module<C extends Contract = Contract> extends AnyModule {
  readonly contract: C
  readonly handlers: Handlers<C>
}

export function defineModule<C extends Contract>(module: Module<C>): Module<C> {
  return module
}
