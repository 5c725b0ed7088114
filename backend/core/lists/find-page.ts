import type { Page } from '../../../shared/api/contract.ts'
import type { TimeBounds } from '../../../shared/api/list-query.ts'
import { afterPosition, orderOf, positionOf, type SortField, sortOf } from './position.ts'

const mostCounted = 10_000

/** What a list's query holds beside its filters. */
export interface PageQuery {
  readonly limit: number
  readonly cursor?: string | undefined
  /** Absent only for callers inside the server, who get the default order. */
  readonly sort?: string | undefined
  readonly include?: 'count' | undefined
}

/** The query of a list that is also bounded in time. */
export type TimedQuery = PageQuery & TimeBounds

export interface FoundPage<Row> {
  readonly rows: Row[]
  readonly nextCursor: string | null
  readonly count?: { readonly value: number; readonly capped: boolean }
}

/** The part of a mongoose model that is used, whatever its document. */
interface ListedModel {
  find(
    filter: object,
    projection: object,
    options: { sort: Record<string, 1 | -1>; limit: number; acrossTenants?: string },
  ): { lean(): PromiseLike<unknown> }
  countDocuments(
    filter: object,
    options: { limit: number; acrossTenants?: string },
  ): PromiseLike<number>
}

interface FindPageOptions {
  readonly filter: object
  readonly query: PageQuery
  readonly sortFields: Readonly<Record<string, SortField>>
  readonly projection?: object
  readonly defaultSort?: string
  /** Why the list is not of one tenant, where it is not. */
  readonly acrossTenants?: string
}

/** One page of a collection in the order that was asked for; the extra row only shows that there is more. */
export async function findPage<Row extends { readonly _id: string }>(
  model: ListedModel,
  {
    filter,
    query,
    sortFields,
    projection = {},
    defaultSort = '-createdAt',
    acrossTenants,
  }: FindPageOptions,
): Promise<FoundPage<Row>> {
  const order = orderOf(query.sort ?? defaultSort, sortFields)
  const after = afterPosition(query.cursor, order)
  const reach = acrossTenants === undefined ? {} : { acrossTenants }
  const [found, counted] = await Promise.all([
    model
      .find(
        after.length === 0 ? filter : { ...filter, $and: [...andOf(filter), ...after] },
        projection,
        {
          sort: sortOf(order),
          limit: query.limit + 1,
          ...reach,
        },
      )
      .lean(),
    query.include === 'count'
      ? model.countDocuments(filter, { limit: mostCounted + 1, ...reach })
      : undefined,
  ])
  // The rows of the model, as its schema stored them.
  const rows = found as Row[]
  const shown = rows.slice(0, query.limit)
  const last = rows.length > query.limit ? shown.at(-1) : undefined
  return {
    rows: shown,
    nextCursor: last ? positionOf(last, order) : null,
    ...(counted === undefined
      ? {}
      : { count: { value: Math.min(counted, mostCounted), capped: counted > mostCounted } }),
  }
}

function andOf(filter: object): object[] {
  const { $and = [] } = filter as { readonly $and?: object[] }
  return $and
}

/** The filter of a list's time bounds on these fields. */
export function timeFilter(
  { from, to, updatedFrom, updatedTo }: TimeBounds,
  { made = 'createdAt', changed = 'updatedAt' }: { made?: string; changed?: string } = {},
): object {
  return { ...bounds(made, from, to), ...bounds(changed, updatedFrom, updatedTo) }
}

function bounds(path: string, from: string | undefined, to: string | undefined): object {
  if (from === undefined && to === undefined) return {}
  return {
    [path]: {
      ...(from === undefined ? {} : { $gte: new Date(from) }),
      ...(to === undefined ? {} : { $lte: new Date(to) }),
    },
  }
}

/** Exact filters: those that are given. */
export function given<T extends Readonly<Record<string, unknown>>>(filters: T): Partial<T> {
  const entries = Object.entries(filters).filter(([, value]) => value !== undefined)
  // Only members without a value are left out.
  return Object.fromEntries(entries) as Partial<T>
}

/** As `showPage`, where an object is shown with what has to be read first. */
export async function showEach<Row, Shown>(
  page: FoundPage<Row>,
  show: (row: Row) => Promise<Shown>,
): Promise<Page<Shown>> {
  return showPage({ ...page, rows: await Promise.all(page.rows.map(show)) }, (shown) => shown)
}

/** The page as the API answers it. */
export function showPage<Row, Shown>(
  { rows, nextCursor, count }: FoundPage<Row>,
  show: (row: Row) => Shown,
): Page<Shown> {
  return { data: rows.map(show), nextCursor, ...(count ? { count } : {}) }
}
