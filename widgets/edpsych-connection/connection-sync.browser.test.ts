import { afterEach, expect, it } from 'vitest'
import { page } from 'vitest/browser'
import type { SyncRun } from '../../shared/api/syncs.ts'
import { expectAccessible } from '../core/testing/accessibility.ts'
import { fakeApi } from '../core/testing/fake-api.ts'
import { deepTextIn, show } from '../core/testing/show.ts'
import { handedNews, ourMoodle } from '../dashboard/testing/connection-fixtures.ts'
import { ConnectionElement } from './edpsych-connection.ts'

const at = ourMoodle.createdAt
const none = { seen: 0, created: 0, updated: 0, unchanged: 0, removed: 0, refused: 0, leftOut: 0 }
const lossy: SyncRun = {
  id: 'syr_1',
  connectionId: 'con_1',
  connectorId: 'moodle',
  capability: 'courses.pull',
  trigger: 'schedule',
  requestedBy: null,
  status: 'partial',
  preview: false,
  full: true,
  startedAt: at,
  endedAt: at,
  progress: 1,
  checkpoint: { pages: 4, at },
  resumes: 0,
  counts: {
    orgs: none,
    academicSessions: none,
    classes: { ...none, seen: 3, unchanged: 3 },
    users: { ...none, seen: 60, created: 58, refused: 2 },
    enrollments: { ...none, seen: 60, created: 60 },
    assignments: none,
  },
  heldBecause: null,
  loss: {
    whole: false,
    checkedAt: at,
    kinds: [
      {
        kind: 'users',
        vendorSays: 62,
        received: 60,
        taken: 58,
        ours: 58,
        sourceHash: '0'.repeat(20),
        ourHash: '0'.repeat(20),
        missing: [
          { sourcedId: 'user-7', why: 'refused', detail: '$.familyName is missing' },
          { sourcedId: null, why: 'not_sent', detail: 'The other system counts 2 more.' },
        ],
        missingTotal: 4,
      },
    ],
  },
  error: null,
  createdAt: at,
  updatedAt: at,
}
const held: SyncRun = {
  ...lossy,
  id: 'syr_2',
  status: 'held',
  loss: null,
  heldBecause: {
    limitPercent: 10,
    removals: 40,
    kinds: [{ kind: 'users', removals: 40, of: 58, percent: 69 }],
  },
  createdAt: new Date(Date.parse(at) + 60_000).toISOString(),
}
const refused = {
  id: 'syc_1',
  kind: 'users',
  sourcedId: 'user-7',
  change: 'refused',
  reason: '$.familyName is missing',
  createdAt: at,
  updatedAt: at,
}
const running: SyncRun = {
  ...lossy,
  id: 'syr_3',
  trigger: 'person',
  status: 'running',
  loss: null,
  progress: 0.4,
  createdAt: new Date(Date.parse(at) + 120_000).toISOString(),
}
const list = (...data: object[]) => ({ data, nextCursor: null })

async function open(runs: readonly SyncRun[]) {
  const api = fakeApi({
    'GET /api/v1/connections/con_1': () => ourMoodle,
    'GET /api/v1/connections/con_1/syncs': () => list(...runs),
    'POST /api/v1/connections/con_1/syncs': () => running,
    'POST /api/v1/syncs/syr_2/confirm': () => ({ ...held, status: 'waiting' }),
    'POST /api/v1/syncs/syr_3/cancel': () => ({ ...running, status: 'cancelled' }),
    ...Object.fromEntries(
      ['syr_1', 'syr_2', 'syr_3'].map((id) => [
        `GET /api/v1/syncs/${id}/changes`,
        () => list(refused),
      ]),
    ),
  })
  const news = handedNews()
  const element = await show(ConnectionElement, {
    client: api.client,
    live: news.source,
    connectionId: 'con_1',
    tab: 'sync',
  })
  const part = () => element.renderRoot.querySelector('edpsych-connection-sync')
  await expect.poll(() => part()?.shadowRoot?.querySelector('h2')).not.toBeNull()
  return { element, news, calls: api.calls, text: () => deepTextIn(element) }
}

afterEach(() => page.viewport(1280, 800))

it('has nothing that axe objects to, wide and at 320 pixels, whatever the state', async () => {
  await open([running, held, lossy])
  await expectAccessible()
  await page.viewport(320, 800)
  await expectAccessible()
  expect(document.documentElement.scrollWidth).toBeLessThanOrEqual(320)
})

it('says what is missing, how many and why', async () => {
  const { text } = await open([lossy])

  await expect.poll(text).toContain('4 people')
  expect(text()).toContain('the other system counts 62')
  expect(text()).toContain('Counted, but not sent')
  await expect.poll(text).toContain('$.familyName is missing')
})

it('starts a run, shows its progress live, and cancels it', async () => {
  const { calls, news, text } = await open([])

  await page.getByRole('button', { name: 'Sync now' }).click()
  await expect.element(page.getByRole('progressbar')).toBeVisible()
  expect(calls).toContainEqual(
    expect.objectContaining({ route: 'POST /api/v1/connections/con_1/syncs' }),
  )
  news.tell({
    kind: 'sync.changed',
    sync: { ...running, checkpoint: { pages: 9, at }, updatedAt: new Date().toISOString() },
  })
  await expect.poll(text).toContain('9 pages are safely written')

  await page.getByRole('button', { name: 'Cancel' }).click()
  await expect.poll(text).toContain('What had come is kept')
})

it('asks twice before a held removal is confirmed', async () => {
  const { calls } = await open([held])
  const confirmed = () => calls.filter(({ route }) => route === 'POST /api/v1/syncs/syr_2/confirm')

  await page.getByRole('button', { name: 'Confirm removal' }).click()
  await page.getByRole('button', { name: 'Go on' }).click()
  expect(confirmed()).toHaveLength(0)
  await page.getByRole('button', { name: 'Remove 40 records' }).click()

  await expect.poll(confirmed).toHaveLength(1)
  expect(confirmed()[0]).toMatchObject({ body: { removals: 40 } })
})
