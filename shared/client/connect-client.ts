import { type Client, createClient, type ReplyOf, type RequestOf } from '../api/client.ts'
import type { Contract } from '../api/contract.ts'
import type { Api } from '../api/index.ts'
import { type RetryOptions, retryingFetch } from './retrying-fetch.ts'

type PageShape = { readonly data: readonly unknown[]; readonly nextCursor: string | null }

/** The routes that answer page by page. */
export type ListKey<A extends Contract = Api> = {
  [K in keyof A & string]: ReplyOf<A[K]> extends PageShape ? K : never
}[keyof A & string]

export type RowOf<A extends Contract, K extends keyof A> =
  ReplyOf<A[K]> extends { data: readonly (infer T)[] } ? T : never

export interface ConnectClientOptions extends Omit<RetryOptions, 'newKey' | 'now'> {
  /** Where the server is, for example `https://connect.example.org`. */
  readonly baseUrl: string
  /** An API key or an OAuth access token, or where to get a fresh one. */
  readonly apiKey: string | (() => string | Promise<string>)
}

export type ConnectClient<A extends Contract = Api> = Client<A> & {
  /** Every page of a list, one request after the other; go on later from `nextCursor`. */
  pages<K extends ListKey<A>>(
    route: K,
    request: NoInfer<RequestOf<A[K]>>,
  ): AsyncGenerator<ReplyOf<A[K]>, void, undefined>
  /** Every object of a list, over all its pages. */
  rows<K extends ListKey<A>>(
    route: K,
    request: NoInfer<RequestOf<A[K]>>,
  ): AsyncGenerator<RowOf<A, K>, void, undefined>
}

/**
 * Calls the API by the names of its operations, tries again where that helps, and reads lists to their end.
 *
 * @example
 * const client = createConnectClient({ baseUrl, apiKey })
 * for await (const item of client.rows('GET /api/v1/items', { query: { q: 'fractions' } })) …
 */
export function createConnectClient<A extends Contract = Api>(
  options: ConnectClientOptions,
): ConnectClient<A> {
  const { baseUrl, apiKey } = options
  const call = createClient<A>({
    baseUrl,
    headers: async () => ({
      authorization: `Bearer ${typeof apiKey === 'string' ? apiKey : await apiKey()}`,
    }),
    fetch: retryingFetch(options),
  })

  async function* pages(route: string, request: object): AsyncGenerator<PageShape> {
    const given = request as { query?: Record<string, unknown> }
    let cursor = given.query?.['cursor']
    do {
      const query = { ...given.query, ...(cursor === undefined ? {} : { cursor }) }
      // The public type allows only routes that answer in pages, with their own queries.
      const page = (await call(route as never, { ...given, query } as never)) as PageShape
      yield page
      cursor = page.nextCursor ?? undefined
    } while (cursor !== undefined)
  }

  async function* rows(route: string, request: object): AsyncGenerator<unknown> {
    for await (const page of pages(route, request)) yield* page.data
  }

  // The two generators are typed by route in the public type alone.
  return Object.assign(call, { pages, rows }) as unknown as ConnectClient<A>
}
