import { z } from 'zod'
import { ConnectorError, type RosterKind } from '../../connector-kit/index.ts'
import type { OneRosterContext } from './settings.ts'

export interface CollectionPage {
  readonly rows: readonly unknown[]
  /** How many there are in all, where the vendor counts them. */
  readonly total: number | undefined
  /** Where the next page begins; undefined after the last one. */
  readonly next: number | undefined
  /** The vendor's own clock: times it is asked for later are read by it. */
  readonly at: Date | undefined
}

interface Range {
  readonly offset: number
  readonly limit: number
  /** Only what changed since. */
  readonly changedSince?: string | undefined
}

/** One page of a collection. */
export async function readCollection(
  { http }: OneRosterContext,
  name: RosterKind,
  { offset, limit, changedSince }: Range,
): Promise<CollectionPage> {
  const answer = await http.page(name, z.object({ [name]: z.array(z.unknown()) }), {
    query: {
      limit,
      offset,
      // Without an order a moving set skips some and repeats others.
      sort: 'sourcedId',
      orderBy: 'asc',
      filter: changedSince && `dateLastModified>='${changedSince}'`,
    },
  })
  const { [name]: rows = [] } = answer.data
  const total = totalOf(answer)
  const next = nextOf(answer, { offset, count: rows.length, total })
  if (next !== undefined && next <= offset) {
    throw new ConnectorError(
      'reject',
      `The next page of the ${name} is said to begin before this one. Its maker has to mend this; nothing more was taken over.`,
      { code: 'not_what_it_says' },
    )
  }
  const headers: Names = answer.headers
  const date = Date.parse(headers['date'] ?? '')
  return { rows, total, next, at: Number.isNaN(date) ? undefined : new Date(date) }
}

/** Any name may be missing. */
type Names = Readonly<Partial<Record<string, string>>>

function totalOf({ headers }: { readonly headers: Names }): number | undefined {
  const text = headers['x-total-count'] ?? headers['x-count']
  return text !== undefined && /^\d{1,9}$/.test(text) ? Number(text) : undefined
}

function nextOf(
  { links }: { readonly links: Names },
  page: { readonly offset: number; readonly count: number; readonly total: number | undefined },
): number | undefined {
  const nextLink = links['next']
  if (nextLink === undefined && Object.keys(links).length > 0) return undefined
  const linked = nextLink && new URL(nextLink, 'http://relative').searchParams.get('offset')
  if (linked && /^\d{1,9}$/.test(linked)) return Number(linked)
  // Not all send links, and some give fewer than they are asked for: only an empty page is the end then.
  const reached = page.offset + page.count
  return page.count === 0 || reached === page.total ? undefined : reached
}
