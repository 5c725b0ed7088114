import { z } from 'zod'
import type { ErrorCode } from '../errors.ts'
import type { Scope } from '../scopes.ts'

export type Method = 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE'

/** Which credentials a route accepts: an API key or a staff session (`tenant`), also a launch or embed (`launch`), a staff session alone (`staff`), or none. */
export type Access = 'tenant' | 'launch' | 'staff' | 'public'

export interface Route {
  readonly summary: string
  readonly description?: string
  readonly access: Access
  /** A `public` route that still wants to know who calls, where a credential is given. */
  readonly recognises?: true
  /** Right the caller needs; absent only where `access` is `public` or `staff`. */
  readonly scope?: Scope
  readonly params?: z.ZodObject
  readonly query?: z.ZodObject
  readonly body?: z.ZodType
  /** Raw request body of these content types instead of JSON, for file uploads. */
  readonly upload?: { readonly contentTypes: readonly string[]; readonly maxBytes: number }
  readonly response?: z.ZodType
  /** Where the answer is not JSON: its type; the handler then answers the text itself. */
  readonly contentType?: string
  /** 200 where absent; 204 carries no body. */
  /** A person must have signed in, or given the password again, not long ago; programs are not asked. */
  readonly sensitive?: true
  readonly status?: 200 | 201 | 202 | 204
  readonly errors?: readonly ErrorCode[]
  /** The collection is the same for all tenants. */
  readonly shared?: true
  readonly deprecated?: Deprecation
}

/** The announced end of an operation: headers, document and refusals all follow from it. */
export interface Deprecation {
  /** When it was announced, RFC 3339. */
  readonly since: string
  /** From then on it answers 410; twelve months after `since` at the earliest. */
  readonly sunset: string
  /** What to call instead. */
  readonly successor: RouteKey
  readonly reason: string
  /** Announced times in which it is refused, so that a forgotten caller is noticed before the end. */
  readonly brownOuts?: readonly { readonly from: string; readonly to: string }[]
}

export type RouteKey = `${Method} /${string}`
export type Contract = Readonly<Record<RouteKey, Route>>

export const Timestamps = {
  createdAt: z.iso.datetime().meta({ description: 'RFC 3339, UTC' }),
  updatedAt: z.iso.datetime().meta({ description: 'RFC 3339, UTC' }),
}

export const Id = z.string().min(1).max(64)
export const IdParams = z.object({ id: Id })

export const ListQuery = z.object({
  limit: z.coerce
    .number()
    .int()
    .min(1)
    .max(200)
    .default(50)
    .meta({ description: 'How many at most on one page' }),
  cursor: z.string().max(2000).optional().meta({
    description: '`nextCursor` of the page before, with the same filters and the same order',
  }),
  fields: z
    .string()
    .max(500)
    .optional()
    .meta({
      description: 'Only these members of each object, by commas; `id` always comes along',
      examples: ['id,name'],
    }),
})
export type ListQuery = z.output<typeof ListQuery>

export const Count = z.object({
  value: z.number().int(),
  capped: z.boolean().meta({ description: 'There are more; counting stops at 10,000' }),
})

export function listOf<T extends z.ZodType>(item: T) {
  return z.object({
    data: z.array(item),
    nextCursor: z.string().nullable(),
    count: Count.optional().meta({ description: 'Where `include=count` asked for it' }),
  })
}

export interface Page<T> {
  readonly data: T[]
  readonly nextCursor: string | null
  readonly count?: z.output<typeof Count> | undefined
}

/** A web address; which schemes and hosts are allowed depends on the installation and is checked by the server. */
export const WebAddress = z.url({ protocol: /^https?$/ }).max(2000)
