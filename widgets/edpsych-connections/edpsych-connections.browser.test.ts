import { afterEach, beforeEach, expect, it } from 'vitest'
import { page } from 'vitest/browser'
import type { Connection } from '../../shared/api/connections.ts'
import { expectAccessible } from '../core/testing/accessibility.ts'
import { type FakeApi, fakeApi, networkFailure } from '../core/testing/fake-api.ts'
import { press, tabTo } from '../core/testing/keyboard.ts'
import { show, textIn } from '../core/testing/show.ts'
import { handedNews, moodle, ourMoodle } from '../dashboard/testing/connection-fixtures.ts'
import type { DataTableElement } from '../data-table/data-table.ts'
import { ConnectionsElement } from './edpsych-connections.ts'

const states: readonly Connection['state'][] = ['active', 'degraded', 'action-needed', 'paused']

const many = Array.from({ length: 1000 }, (_, index) => ({
  ...ourMoodle,
  id: `con_${index}`,
  name: `School ${index}`,
  state: states[index % 4] ?? 'active',
  openProblems: index % 4 === 2 ? 1 : 0,
}))

/** A server with these connections, that filters by state and counts. */
function serve(all: readonly Connection[]): FakeApi {
  return fakeApi({
    'GET /api/v1/connectors': () => ({ data: [moodle], nextCursor: null }),
    'GET /api/v1/connections/summary': () => ({
      total: all.length,
      byState: Object.fromEntries(
        states.map((name) => [name, all.filter(({ state }) => state === name).length]),
      ),
      byHealth: {},
      openProblems: all.filter(({ openProblems }) => openProblems > 0).length,
    }),
    'GET /api/v1/connections': ({ url }) => {
      const state = url.searchParams.get('state')
      const found = state === null ? all : all.filter((connection) => connection.state === state)
      return {
        data: found.slice(0, 50),
        nextCursor: found.length > 50 ? '50' : null,
        count: { value: found.length, capped: false },
      }
    },
  })
}

const tableIn = (element: ConnectionsElement) =>
  element.renderRoot.querySelector('edpsych-data-table') as DataTableElement<Connection>

async function open(api: FakeApi, more: Partial<ConnectionsElement> = {}) {
  const news = handedNews()
  const element = await show(ConnectionsElement, { client: api.client, live: news.source, ...more })
  await expect
    .poll(() => tableIn(element).renderRoot.querySelector('table, .empty, .notice'))
    .not.toBeNull()
  return { element, news, table: tableIn(element), calls: api.calls }
}

beforeEach(() => history.replaceState(null, '', location.pathname))
afterEach(() => page.viewport(1280, 800))

it('has nothing that axe objects to, at 1280 and at 320 pixels, without sideways scrolling', async () => {
  await page.viewport(1280, 800)
  await open(serve(many))
  await expectAccessible()

  await page.viewport(320, 800)
  await expectAccessible()
  expect(document.documentElement.scrollWidth).toBeLessThanOrEqual(320)
})

it('is usable within a second with 1,000 connections', async () => {
  const begin = performance.now()
  const { table } = await open(serve(many))

  expect(table.rows).toHaveLength(50)
  expect(performance.now() - begin).toBeLessThan(1000)
  expect(textIn(table)).toContain('1–50 of 1,000')
})

it('filters by its tiles, with the keyboard, and keeps the filter in the address', async () => {
  const { element, table } = await open(serve(many), { inAddress: true })
  await expect.poll(() => textIn(element)).toContain('wait for somebody')

  await tabTo('wait for somebody')
  await press('Enter')

  await expect.poll(() => table.rows.every(({ state }) => state === 'action-needed')).toBe(true)
  expect(location.search).toBe('?state=action-needed')
  const pressed = element.renderRoot.querySelectorAll('.tile[aria-pressed=true]')
  expect([...pressed].map((tile) => tile.textContent)).toEqual([
    expect.stringContaining('wait for somebody'),
  ])
})

it('takes a change as it comes, without reading the list again', async () => {
  const { element, table, news, calls } = await open(serve(many))
  const lists = () => calls.filter(({ route }) => route === 'GET /api/v1/connections').length
  const before = lists()

  const [first] = many
  news.tell({
    kind: 'connection.changed',
    connection: { ...first, state: 'action-needed', name: 'School 0' },
  })

  await expect
    .poll(() => table.renderRoot.querySelector('tbody edpsych-state-badge')?.getAttribute('state'))
    .toBe('action-needed')
  expect(lists()).toBe(before)
  await expect.poll(() => element.renderRoot.textContent).toContain('School 0: Action needed')
})

it('reads again after news were missed', async () => {
  const { news, calls } = await open(serve(many))
  const before = calls.length

  news.gap()

  await expect.poll(() => calls.length).toBeGreaterThan(before)
})

it('says what to do where nothing is connected, to those who may', async () => {
  const { element } = await open(serve([]))
  expect(element.renderRoot.querySelector('a.button')?.getAttribute('href')).toBe(
    '/admin/connections/new',
  )
  await expectAccessible()

  const reader = await open(serve([]), { scopes: ['connections.read'] })
  expect(reader.element.renderRoot.querySelector('a.button')).toBeNull()
})

it('says when the server cannot be reached', async () => {
  const { table } = await open(fakeApi({ 'GET /api/v1/*': () => networkFailure() }))

  expect(textIn(table)).toContain('Try again')
})

it('asks another server with a token, where it is embedded', async () => {
  const element = await show(ConnectionsElement, {
    apiBase: location.origin,
    token: 'epk_test',
    live: handedNews().source,
  })

  expect(element.client).not.toBe(new ConnectionsElement().client)
})
