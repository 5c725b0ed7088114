import { afterEach, expect, it } from 'vitest'
import { page } from 'vitest/browser'
import { expectAccessible } from '../core/testing/accessibility.ts'
import { fakeApi, problem } from '../core/testing/fake-api.ts'
import { press, tabTo } from '../core/testing/keyboard.ts'
import { deepTextIn, show, textIn } from '../core/testing/show.ts'
import { handedNews, moodle, ourMoodle } from '../dashboard/testing/connection-fixtures.ts'
import { moodleDown } from '../dashboard/testing/problem-fixtures.ts'
import { ConnectionDeletedEvent, ConnectionElement } from './edpsych-connection.ts'

const at = ourMoodle.createdAt
const made = { createdAt: at, updatedAt: at }
const check = {
  ...made,
  id: 'chk_1',
  trigger: 'schedule',
  result: 'ok',
  state: 'ok',
  code: null,
  message: null,
  latencyMs: 42,
}
const figures = {
  ok: 990,
  failed: 10,
  errorRate: 0.01,
  codes: { timeout: 10 },
  latency: { meanMs: 50, p50Ms: 40, p95Ms: 90, p99Ms: 200 },
  bytes: 9,
  rows: 1200,
}
const list = (...data: object[]) => ({ data, nextCursor: null })

async function open(
  more: Partial<ConnectionElement> = {},
  answers: Parameters<typeof fakeApi>[0] = {},
) {
  const api = fakeApi({
    ...answers,
    'GET /api/v1/connectors/moodle': () => moodle,
    'GET /api/v1/connections/con_1': () => ourMoodle,
    'GET /api/v1/connections/con_1/history': () =>
      list({
        ...made,
        id: 'h1',
        from: 'draft',
        to: 'active',
        code: 'tested',
        why: 'Test passed',
        by: null,
        at,
      }),
    'GET /api/v1/connections/con_1/exchanges': () =>
      list({
        ...made,
        id: 'x1',
        method: 'GET',
        host: 'moodle.example',
        path: '/webservice',
        status: 503,
        durationMs: 12,
        bytes: 9,
        attempt: 2,
        purpose: 'check',
        errorCode: 'unavailable',
        at,
      }),
    'GET /api/v1/connections/con_1/versions': () =>
      list({ ...made, id: 'v1', version: 1, at, by: null, fields: ['url'], rolledBackFrom: null }),
    'GET /api/v1/connections/con_1/versions/1': () => ({
      version: 1,
      at,
      by: null,
      fields: ['url'],
      rolledBackFrom: null,
      config: { url: 'https://old.example' },
      againstBefore: [],
      againstCurrent: [
        { field: 'url', before: 'https://old.example', after: 'https://moodle.example' },
      ],
    }),
    'GET /api/v1/connections/con_1/health': () => ({
      connectionId: 'con_1',
      state: 'ok',
      since: at,
      code: null,
      message: null,
      latencyMs: 42,
      checkedAt: at,
      nextCheckAt: at,
      everyMinutes: 5,
      pending: { state: 'failing', since: at, seen: 1, needed: 3, notBefore: null },
      recovering: null,
      lastSuccessAt: at,
      freshness: [{ capability: 'courses.pull', lastSuccessAt: at, lastAt: at }],
      checks: [check],
    }),
    'GET /api/v1/connections/con_1/metrics': () => ({
      connectionId: 'con_1',
      from: at,
      to: at,
      resolution: '1h',
      capability: null,
      total: figures,
      points: [{ ...figures, at }],
      capabilities: [{ ...figures, capability: 'courses.pull' }],
    }),
    'GET /api/v1/connections/con_1/slo': () => ({
      connectionId: 'con_1',
      target: 99.9,
      windowDays: 30,
      from: at,
      to: at,
      availability: 99.95,
      observedMinutes: 43_200,
      errorBudget: { allowed: 43.2, used: 21.6, left: 21.6 },
      burnRate: { hour: 0.5, sixHours: null, threeDays: null },
    }),
    'GET /api/v1/connections/con_1/synthetic-tests': () => list(),
    'POST /api/v1/connections/con_1/synthetic-tests': () => ({ results: [] }),
    'POST /api/v1/connections/con_1/checks': () => check,
    'GET /api/v1/connections/con_1/acts': () => list(...moodleDown.acts),
    'GET /api/v1/problems': () => list(moodleDown),
    'GET /api/v1/tenants': () => list({ id: 'ten_2', name: 'Hill School', kind: 'school' }),
    'PUT /api/v1/connections/con_1/credentials': () => ourMoodle,
    'POST /api/v1/connections/con_1/pause': () => ({ ...ourMoodle, state: 'paused' }),
    'POST /api/v1/connections/con_1/rollback': () => ourMoodle,
    'POST /api/v1/connections/con_1/restore': () => ourMoodle,
    'POST /api/v1/connections/con_1/clone': () => ({
      results: [{ tenantId: 'ten_2', status: 'created', connectionId: 'con_2', detail: '' }],
    }),
    'DELETE /api/v1/connections/con_1': () => new Response(null, { status: 204 }),
  })
  const news = handedNews()
  const element = await show(ConnectionElement, {
    client: api.client,
    live: news.source,
    connectionId: 'con_1',
    ...more,
  })
  await expect.poll(() => element.renderRoot.querySelector('.tabs, .notice')).not.toBeNull()
  return { element, news, calls: api.calls }
}

const partText = (element: ConnectionElement) =>
  [...element.renderRoot.children].map((part) => deepText(part)).join(' ')

function deepText(node: Element): string {
  const own = node.shadowRoot ? [...node.shadowRoot.children] : [...node.children]
  return own.length === 0 ? (node.textContent ?? '') : own.map(deepText).join(' ')
}

afterEach(() => page.viewport(1280, 800))

it.each([
  '',
  'health',
  'problems',
  'healing',
  'history',
  'log',
  'configuration',
  'credentials',
  'clone',
])('has nothing that axe objects to in its part “%s”, wide and at 320 pixels', async (tab) => {
  await open({ tab })
  await new Promise((resolve) => setTimeout(resolve, 150))
  await expectAccessible()

  await page.viewport(320, 800)
  await expectAccessible()
  expect(document.documentElement.scrollWidth).toBeLessThanOrEqual(320)
})

it('has an address for each part', async () => {
  const { element } = await open({ tab: 'log' })

  const links = [...element.renderRoot.querySelectorAll('.tabs a')]
  expect(links.map((link) => link.getAttribute('href'))).toContain('/admin/connections/con_1/log')
  expect(links.filter((link) => link.getAttribute('aria-current') === 'page')).toHaveLength(1)
  await expect.poll(() => partText(element)).toContain('GET moodle.example/webservice')
})

it('says what pausing does before it does it, and sends the reason', async () => {
  const { element, calls } = await open()
  await tabTo('Pause')
  await press('Enter')
  await expect.poll(() => element.renderRoot.querySelector('edpsych-ask-first')).not.toBeNull()
  await tabTo('Pause it')
  await press('Enter')

  await expect.poll(() => textIn(element)).toContain('The connection is paused.')
  expect(calls.some(({ route }) => route === 'POST /api/v1/connections/con_1/pause')).toBe(true)
})

it('changes as the server tells, and says so', async () => {
  const { element, news } = await open()

  news.tell({
    kind: 'connection.changed',
    connection: {
      ...ourMoodle,
      state: 'action-needed',
      health: { ...ourMoodle.health, state: 'failing', message: 'Moodle refuses the token.' },
    },
  })

  await expect.poll(() => partText(element)).toContain('Moodle refuses the token.')
  await expect.poll(() => element.renderRoot.textContent).toContain('Our Moodle: Action needed')
})

it('deletes after asking, and brings back from what it then offers', async () => {
  const { element, calls } = await open()
  let deleted = 0
  element.addEventListener(ConnectionDeletedEvent.type, () => {
    deleted += 1
  })

  await tabTo('More')
  await press('Enter')
  await tabTo('Delete')
  await press('Enter')
  await expect.poll(() => element.renderRoot.querySelector('edpsych-ask-first')).not.toBeNull()
  await tabTo('Delete it')
  await press('Enter')
  await expect.poll(() => deleted).toBe(1)
  await tabTo('Undo')
  await press('Enter')

  await expect.poll(() => calls.at(-1)?.route).toBe('POST /api/v1/connections/con_1/restore')
  document.querySelector('edpsych-undo-toast')?.remove()
})

it('shows how versions differ and goes back after asking', async () => {
  const { element, calls } = await open({ tab: 'configuration' })
  // The region that scrolls holds the same words.
  await tabTo('Show those of version 1')
  await tabTo('Show those of version 1')
  await press('Enter')
  await expect.poll(() => partText(element)).toContain('https://old.example')
  await expectAccessible()

  await tabTo('Go back to version 1')
  await press('Enter')
  await tabTo('Go back to version 1')
  await press('Enter')

  await expect
    .poll(() => calls.find(({ route }) => route.endsWith('/rollback'))?.body)
    .toMatchObject({ version: 1 })
})

it('copies to the schools that are chosen', async () => {
  const { element, calls } = await open({ tab: 'clone' })
  await tabTo('Hill School')
  await press('Space')
  await tabTo('Copy to one organisation')
  await press('Enter')

  await expect.poll(() => partText(element)).toContain('Made, as a draft')
  expect(calls.at(-1)?.body).toEqual({ tenantIds: ['ten_2'] })
})

it('offers no act to those who may only look', async () => {
  const { element } = await open({ scopes: ['connections.read'] })

  expect(element.renderRoot.querySelector('.head button')).toBeNull()
})

it('says when there is no such connection', async () => {
  const { element } = await open(
    { connectionId: 'con_9' },
    {
      'GET /api/v1/connections/con_9': () => problem(404, 'not_found', 'no'),
    },
  )

  expect(textIn(element)).toContain('not here any more')
})

it('tells the addresses that the other system can be given', async () => {
  const { element } = await open()

  await expect.poll(() => deepTextIn(element)).toContain('Where it can send news')
  expect(deepTextIn(element)).toContain('https://edpsych.example/hooks/con_1')
})

it('shows what is on its way, figures, what is left of the error budget, and checks when asked', async () => {
  const { element, calls } = await open({ tab: 'health' })
  for (const text of [
    '1 of 3 checks in a row say “failing”',
    '1.0 % failed',
    '40 ms usually, 90 ms or more in the slowest 5 %',
    '99.950 % of the 30.0 days that were watched (aim: 99.9 %)',
    '22 minutes of 43 minutes used',
  ]) {
    await expect.poll(() => deepTextIn(element)).toContain(text)
  }

  await page.getByRole('button', { name: 'Check now' }).click()

  await expect.poll(() => deepTextIn(element)).toContain('It answered as it should in 42 ms.')
  expect(calls.some(({ route }) => route === 'POST /api/v1/connections/con_1/checks')).toBe(true)
})

it('lists what was done by itself and what is wrong', async () => {
  const { element } = await open({ tab: 'healing' })
  await expect.poll(() => deepTextIn(element)).toContain('Stopped asking for a while')

  element.tab = 'problems'

  const problem = () =>
    element.renderRoot
      .querySelector('edpsych-problems')
      ?.shadowRoot?.querySelector('edpsych-data-table')
      ?.shadowRoot?.querySelector('tbody a')
  await expect.poll(() => problem()?.textContent).toContain('The other system has a failure')
})

it('keeps its menu of further acts within a narrow page', async () => {
  await page.viewport(340, 800)
  const { element } = await open({})
  await page.getByText('More').click()

  const panel = () =>
    element.renderRoot.querySelector('edpsych-menu')?.shadowRoot?.querySelector('.panel')
  await expect
    .poll(() => panel()?.getBoundingClientRect().right ?? Number.POSITIVE_INFINITY)
    .toBeLessThanOrEqual(340)
  expect(panel()?.getBoundingClientRect().left).toBeGreaterThanOrEqual(0)
})

it('saves a new date of expiry without the secret being entered again', async () => {
  const { element, calls } = await open({ tab: 'credentials' })
  await expect.poll(() => deepTextIn(element)).toContain('Save credentials')
  await page.getByLabelText(/They expire on/).fill('2027-05-01')

  await page.getByRole('button', { name: 'Save credentials' }).click()

  const sent = () => calls.find(({ route }) => route.startsWith('PUT '))
  await expect.poll(() => sent()?.route).toBe('PUT /api/v1/connections/con_1/credentials')
  expect(sent()?.body).toEqual({ values: {}, expiresAt: '2027-05-01T00:00:00.000Z' })
})
