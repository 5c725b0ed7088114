import { createHash } from 'node:crypto'
import { z } from 'zod'
import type { Route } from '../../../shared/api/contract.ts'
import { AppError, type FieldError } from '../../../shared/errors.ts'
import type { TokenSealer } from '../secrets/index.ts'
import type { KnownCall } from './definition.ts'

type Query = Readonly<Record<string, unknown>>

interface ListAnswer {
  readonly data: readonly object[]
  readonly nextCursor: string | null
}

/** What every list does at the border, so that no module does it: seal its cursors and leave out members. */
export interface ListBorder {
  /** The query with its cursor as the module wrote it. */
  enter(call: KnownCall, query: Query): Query
  leave(call: KnownCall, query: Query, answer: unknown): unknown
}

const bindingLength = 22

/** Null where the route is no list. */
export function listBorder(route: Route, cursors: TokenSealer): ListBorder | null {
  if (!route.query || !('cursor' in route.query.shape)) return null
  const names = namesOf(route)
  return {
    enter(call, query) {
      wantedNames(query, names)
      const { cursor } = query
      if (typeof cursor !== 'string') return query
      return { ...query, cursor: openCursor(cursors, cursor, bindingOf(call, query)) }
    },
    leave(call, query, answer) {
      // Every list answers by `listOf`.
      const { data, nextCursor, ...rest } = answer as ListAnswer
      const wanted = wantedNames(query, names)
      return {
        data: wanted ? data.map((object) => pick(object, wanted)) : data,
        nextCursor:
          nextCursor === null ? null : sealCursor(cursors, bindingOf(call, query) + nextCursor),
        ...rest,
      }
    },
  }
}

const sealedPrefix = 'edp_sealed_'
const cursorPrefix = 'cur_'

/** Stands in addresses, where whatever looks like a credential of ours is refused. */
function sealCursor(cursors: TokenSealer, text: string): string {
  return cursorPrefix + cursors.seal(text).slice(sealedPrefix.length)
}

function openCursor(cursors: TokenSealer, cursor: string, binding: string): string {
  const sealed = cursor.startsWith(cursorPrefix) ? cursor.slice(cursorPrefix.length) : ''
  const text = cursors.open(sealedPrefix + sealed)
  if (text?.slice(0, bindingLength) === binding) return text.slice(bindingLength)
  throw new AppError(
    'invalid_cursor',
    'The cursor is not one that this list gave out for these filters and this order; start again without it',
  )
}

/** Differs for another organisation, list, order or filter; the size and shape of a page may change between pages. */
function bindingOf({ ctx, operation, req }: KnownCall, query: Query): string {
  const { cursor: _cursor, limit: _limit, fields: _fields, include: _include, ...filters } = query
  const sorted = Object.entries(filters)
    .filter(([, value]) => value !== undefined)
    .sort(([a], [b]) => (a < b ? -1 : 1))
  const bound = [ctx.tenantId, operation, Object.values(req.params), sorted]
  return createHash('sha256')
    .update(JSON.stringify(bound))
    .digest('base64url')
    .slice(0, bindingLength)
}

/** Members of the listed objects, where their schema tells them. */
function namesOf({ response }: Route): ReadonlySet<string> | null {
  const data = response instanceof z.ZodObject ? response.shape['data'] : undefined
  const element = data instanceof z.ZodArray ? data.element : undefined
  return element instanceof z.ZodObject ? new Set(Object.keys(element.shape)) : null
}

function wantedNames(
  { fields }: Query,
  names: ReadonlySet<string> | null,
): ReadonlySet<string> | null {
  if (typeof fields !== 'string') return null
  const wanted = fields.split(',').map((name) => name.trim())
  const unknown = wanted.filter((name) => !names?.has(name))
  if (unknown.length > 0) {
    throw new AppError(
      'invalid_request',
      `fields: ${unknown.join(', ')} is not among ${[...(names ?? [])].join(', ')}`,
      { errors: [{ pointer: '#/query/fields', code: 'invalid_value', detail: 'is not known' }] },
    )
  }
  return new Set(['id', ...wanted])
}

function pick(object: object, wanted: ReadonlySet<string>): object {
  return Object.fromEntries(Object.entries(object).filter(([name]) => wanted.has(name)))
}

/** Refuses parameters an operation does not know: a mistyped filter must not answer everything. */
export function refuseUnknown(known: ReadonlySet<string>, query: object): void {
  refuseNul(query)
  const errors: FieldError[] = Object.keys(query)
    .filter((name) => !known.has(name))
    .map((name) => ({
      pointer: `#/query/${encodeURIComponent(name)}`,
      code: 'unrecognized_keys',
      detail: 'is not a parameter of this operation',
    }))
  if (errors.length === 0) return
  throw new AppError(
    'invalid_request',
    `This operation knows the parameters ${[...known].join(', ')}`,
    { errors },
  )
}

/** No value holds one, and what searches for it may take it for the end of a text. */
function refuseNul(query: object): void {
  for (const [name, value] of Object.entries(query)) {
    if (typeof value !== 'string' || !value.includes('\0')) continue
    const detail = 'holds the character NUL'
    throw new AppError('invalid_request', `The parameter ${name} ${detail}`, {
      errors: [{ pointer: `#/query/${encodeURIComponent(name)}`, code: 'invalid_value', detail }],
    })
  }
}
