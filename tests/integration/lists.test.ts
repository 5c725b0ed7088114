import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { z } from 'zod'
import { systemContext } from '../../backend/core/tenancy.ts'
import type { Route } from '../../shared/api/contract.ts'
import { api } from '../../shared/api/index.ts'
import { startTestApp, type TestApp, type TestTenant } from '../support/app.ts'
import { addListRows, addOwnRows } from '../support/list-rows.ts'
import { createStaffBrowser, type StaffBrowser } from '../support/staff-browser.ts'

interface Listed {
  readonly id: string
  readonly [field: string]: unknown
}

interface Answer {
  readonly status: number
  readonly body: {
    readonly code?: string
    readonly data: readonly Listed[]
    readonly nextCursor: string | null
    readonly count?: { readonly value: number; readonly capped: boolean }
  }
}

let app: TestApp
let ours: TestTenant
let theirs: TestTenant
let staff: StaffBrowser
let parents: Record<string, string>
/** Reading is on record too; nothing made after this counts. */
let until = ''

const lists = Object.entries<Route>(api)
  .filter(([, { query }]) => query && 'cursor' in query.shape)
  .map(([operation, { access, query }]) => ({ operation, access, query: query ?? z.object({}) }))

function ordersOf(query: z.ZodObject): readonly string[] {
  const sort = query.shape['sort']
  const orders = sort instanceof z.ZodDefault ? sort.unwrap() : undefined
  return orders instanceof z.ZodEnum ? orders.options.map(String) : []
}

function pathOf(operation: string): string {
  return operation
    .slice('GET '.length)
    .replace(/\/api\/v1\/(.+)\/:id/, (_, parent: string) => `/api/v1/${parent}/${parents[parent]}`)
}

async function read(
  { operation, access }: { operation: string; access: Route['access'] },
  query: Record<string, string>,
  tenant = ours,
): Promise<Answer> {
  const path = `${pathOf(operation)}?${new URLSearchParams(query)}`
  if (access === 'staff') return staff.call(`GET ${path}`)
  const response = await fetch(app.url + path, {
    headers: { authorization: `Bearer ${tenant.key}` },
  })
  // Every list answers such a body, or a problem with its code.
  return { status: response.status, body: (await response.json()) as Answer['body'] }
}

async function walk(
  list: (typeof lists)[number],
  sort: string,
  limit: string,
): Promise<{ rows: Listed[]; pages: number }> {
  const rows: Listed[] = []
  let cursor: string | null = null
  let pages = 0
  do {
    const query = { sort, limit, ...boundsOf(list), ...(cursor === null ? {} : { cursor }) }
    const { status, body }: Answer = await read(list, query)
    expect(status, `${sort}: ${body.code}`).toBe(200)
    rows.push(...body.data)
    cursor = body.nextCursor
    pages += 1
  } while (cursor !== null)
  return { rows, pages }
}

beforeAll(async () => {
  app = await startTestApp()
  ours = await app.addTenant('Listed school')
  theirs = await app.addTenant('Other school')
  parents = await addListRows(ours)
  staff = createStaffBrowser(app.url)
  await staff.signIn('admin@test.example', 'a long test passphrase')
  const { user, tenant } = (await staff.call('GET /api/v1/session')).body
  await addOwnRows(systemContext(tenant.id, 'test'), user.id)
  until = new Date().toISOString()
})

afterAll(async () => {
  await app.stop()
})

describe.each(lists)('$operation', (list) => {
  const orders = ordersOf(list.query)

  it.each(orders)('comes page by page in the order %s, without loss or repeat', async (sort) => {
    const { body } = await read(list, { limit: '200', ...boundsOf(list) })
    const expected = body.data.map(({ id }) => id)
    const limit = Math.max(2, Math.ceil(expected.length / 4))

    const { rows, pages } = await walk(list, sort, String(limit))

    const ids = rows.map(({ id }) => id)
    expect(expected.length).toBeGreaterThanOrEqual(3)
    expect(ids).toHaveLength(expected.length)
    expect(new Set(ids)).toEqual(new Set(expected))
    expect(pages).toBe(Math.ceil(expected.length / limit))
    const values = rows.map((row) => row[sort.replace('-', '')] as string | number)
    const sorted = values.toSorted((a, b) => (a < b ? -1 : a > b ? 1 : 0))
    expect(values).toEqual(sort.startsWith('-') ? sorted.toReversed() : sorted)
  })

  it('shows the default order where none is asked for', async () => {
    const [unasked, asked] = await Promise.all([
      read(list, { limit: '3', ...boundsOf(list) }),
      read(list, { limit: '3', ...boundsOf(list), sort: defaultOf(list) }),
    ])

    expect(orders).toContain(defaultOf(list))
    const [ids, sorted] = [unasked, asked].map(({ body }) => body.data.map(({ id }) => id))
    expect(ids).toEqual(sorted)
  })

  it('leaves out members that were not asked for, counts and bounds', async () => {
    const all = await read(list, { limit: '200', ...boundsOf(list) })
    const named = await read(list, {
      fields: 'id',
      limit: '2',
      ...boundsOf(list),
      include: 'count',
    })

    expect(named.body.data.map((row) => Object.keys(row))).toEqual([['id'], ['id']])
    expect(named.body.count).toEqual({ value: all.body.data.length, capped: false })
    if ('to' in list.query.shape) {
      const before = await read(list, { to: '2020-01-01T00:00:00Z' })
      expect(before.body.data).toEqual([])
    }
  })

  it.each([
    { sort: 'nonsense' },
    { fields: 'id,nonsense' },
    { limit: '0' },
    { limit: '201' },
    { include: 'nonsense' },
    { nonsense: '1' },
  ])('refuses %j', async (query) => {
    const { status, body } = await read(list, query as unknown as Record<string, string>)

    expect({ status, code: body.code }).toEqual({ status: 400, code: 'invalid_request' })
  })

  it('refuses a cursor of another order, filter, operation or organisation', async () => {
    const [sort = '', other = ''] = orders
    const page = await read(list, { sort, limit: '1', ...boundsOf(list) })
    const cursor = page.body.nextCursor ?? ''
    const elsewhere = lists.find(
      ({ operation, access }) => operation !== list.operation && access === list.access,
    )
    const same = { sort, ...boundsOf(list), cursor }

    const answers = await Promise.all([
      read(list, { ...same, sort: other }),
      ...('to' in list.query.shape ? [read(list, { ...same, to: new Date(0).toISOString() })] : []),
      read(list, { ...same, cursor: tampered(cursor) }),
      read(elsewhere ?? list, { ...boundsOf(elsewhere ?? list), cursor }),
      ...(list.access === 'staff' ? [] : [read(list, same, theirs)]),
    ])

    expect(cursor).not.toBe('')
    expect(await read(list, same)).toMatchObject({ status: 200 })
    for (const { status, body } of answers) {
      expect({ status, code: body.code }).toEqual({ status: 400, code: 'invalid_cursor' })
    }
  })
})

/** What does not come about with time, such as the connectors, is not bounded by it. */
function boundsOf({ query }: (typeof lists)[number]): { readonly to?: string } {
  return 'to' in query.shape ? { to: until } : {}
}

function defaultOf({ query }: (typeof lists)[number]): string {
  return z.object({ sort: z.string() }).parse(query.parse({})).sort
}

/** Not at its end, of which some bits may mean nothing. */
function tampered(cursor: string): string {
  const at = cursor.length >> 1
  return `${cursor.slice(0, at)}${cursor[at] === 'A' ? 'B' : 'A'}${cursor.slice(at + 1)}`
}
