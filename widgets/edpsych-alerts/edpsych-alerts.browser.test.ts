import { afterEach, beforeEach, expect, it } from 'vitest'
import { page } from 'vitest/browser'
import type { Alert, AlertRoute, AlertRule, Silence } from '../../shared/api/alerts.ts'
import { expectAccessible } from '../core/testing/accessibility.ts'
import { fakeApi } from '../core/testing/fake-api.ts'
import { press, tabTo } from '../core/testing/keyboard.ts'
import { deepTextIn, show } from '../core/testing/show.ts'
import { handedNews, ourMoodle } from '../dashboard/testing/connection-fixtures.ts'
import { AlertsElement } from './edpsych-alerts.ts'

const at = ourMoodle.createdAt
const made = { createdAt: at, updatedAt: at }

const told: Alert = {
  id: 'alm_1',
  kind: 'problem',
  severity: 'critical',
  title: 'Moodle: 12 connections do not answer',
  text: 'What to do: nothing.',
  connectorId: 'moodle',
  problemIds: ['prb_1'],
  problemCount: 12,
  ruleId: 'alr_1',
  routeId: 'alt_1',
  routeName: 'Administration',
  channel: 'in-app',
  status: 'sent',
  heldBecause: null,
  dueAt: null,
  attempts: 1,
  lastError: null,
  sentAt: at,
  read: false,
  ...made,
}

const inApp: AlertRoute = {
  id: 'alt_1',
  name: 'Administration',
  kind: 'in-app',
  enabled: true,
  to: null,
  roles: ['school-admin'],
  url: null,
  isDefault: true,
  ready: true,
  lastSentAt: null,
  lastError: null,
  ...made,
}

const office: AlertRoute = {
  ...inApp,
  id: 'alt_2',
  name: 'Office',
  kind: 'email',
  to: ['office@school.example'],
  roles: null,
  isDefault: false,
  ready: false,
}

const grave: AlertRule = {
  id: 'alr_1',
  name: 'Warnings and worse',
  enabled: true,
  match: { severities: ['critical'], causes: [], connectorKinds: [], connectorIds: [], owners: [] },
  includeBelow: false,
  routeIds: ['alt_1'],
  groupWindowSeconds: 60,
  updateMinutes: 60,
  pendingMinutes: 0,
  notifyResolved: true,
  escalation: { afterMinutes: 30, routeIds: ['alt_2'] },
  quietHours: {
    days: [1, 5],
    from: '18:00',
    to: '07:30',
    timezone: 'Europe/London',
    criticalPasses: true,
  },
  digest: null,
  isDefault: false,
  ...made,
}

const silence: Silence = {
  id: 'sil_1',
  reason: 'Moodle moves house',
  match: {
    severities: [],
    causes: [],
    connectorKinds: ['lms'],
    connectorIds: [],
    owners: [],
    connectionIds: [],
  },
  startsAt: at,
  endsAt: '2027-01-01T03:00:00.000Z',
  state: 'active',
  createdBy: 'stf_1',
  ...made,
}

const list = (...data: object[]) => ({ data, nextCursor: null })

async function open(section: string, answers: Parameters<typeof fakeApi>[0] = {}) {
  const api = fakeApi({
    'GET /api/v1/alerts': () => list(told),
    'GET /api/v1/alert-rules': () => list(grave),
    'GET /api/v1/alert-routes': () => list(inApp, office),
    'GET /api/v1/silences': () => list(silence),
    'POST /api/v1/alerts/alm_1/read': () => ({ ...told, read: true }),
    'POST /api/v1/alert-rules': ({ body }) => ({ ...grave, ...(body as object), id: 'alr_2' }),
    'PATCH /api/v1/alert-rules/alr_1': () => grave,
    'DELETE /api/v1/alert-rules/alr_1': () => new Response(null, { status: 204 }),
    'PATCH /api/v1/alert-routes/alt_2': () => office,
    'POST /api/v1/alert-routes': () => ({ ...office, secret: null }),
    'POST /api/v1/alert-routes/alt_2/test': () => ({ ok: false, detail: 'No mail server.' }),
    'POST /api/v1/silences': () => silence,
    ...answers,
  })
  const news = handedNews()
  const element = await show(AlertsElement, {
    client: api.client,
    live: news.source,
    section,
    scopes: ['alerts.read', 'alerts.write'],
  })
  const calls = (route: string) => api.calls.filter((call) => call.route === route)
  return { element, news, calls }
}

beforeEach(() => history.replaceState(null, '', location.pathname))
afterEach(() => page.viewport(1280, 800))

it.each([
  ['', '12 connections'],
  ['all', 'In the administration'],
  ['rules', 'If nobody looks into it within 30 minutes'],
  ['routes', 'no mail server yet'],
  ['silences', 'Moodle moves house'],
])('has nothing in “%s” that axe objects to, wide and narrow', async (section, text) => {
  for (const width of [1280, 320]) {
    await page.viewport(width, 800)
    const { element } = await open(section)
    await expect.poll(() => deepTextIn(element)).toContain(text)
    await expectAccessible()
    expect(document.documentElement.scrollWidth).toBeLessThanOrEqual(width)
  }
})

it('asks for what was sent to the reader, and marks it as read by keyboard', async () => {
  const { element, calls } = await open('')
  await expect.poll(() => deepTextIn(element)).toContain('12 connections')
  expect(calls('GET /api/v1/alerts').at(-1)?.url.searchParams.get('inbox')).toBe('true')

  // The table around it can be scrolled with the keyboard, so it comes first.
  while ((await tabTo('Mark as read')).tagName !== 'BUTTON');
  await press('Enter')

  await expect.poll(() => deepTextIn(element)).toContain('Marked as read.')
  expect(calls('POST /api/v1/alerts/alm_1/read')).toHaveLength(1)
})

it('makes a rule with quiet hours and escalation', async () => {
  const { element, calls } = await open('rules')
  await page.getByRole('button', { name: 'Make a rule' }).click()
  await page.getByLabelText('Name').fill('Nights')
  await page.getByRole('group', { name: 'Told by', exact: true }).getByLabelText('Office').click()
  await page.getByText('If nobody acts').click()
  await page.getByLabelText(/After how many minutes/).fill('45')
  await page
    .getByRole('group', { name: 'Then also told by' })
    .getByLabelText('Administration')
    .click()
  await page.getByText('Quiet hours').click()
  await page.getByLabelText('From').fill('20:00')
  await page.getByLabelText('to', { exact: true }).fill('07:00')
  await page.getByRole('button', { name: 'Save' }).click()

  await expect.poll(() => deepTextIn(element)).toContain('“Nights” is saved.')
  expect(calls('POST /api/v1/alert-rules')[0]?.body).toMatchObject({
    name: 'Nights',
    match: { severities: ['warning', 'critical'] },
    routeIds: ['alt_2'],
    escalation: { afterMinutes: 45, routeIds: ['alt_1'] },
    quietHours: { from: '20:00', to: '07:00', days: [1, 2, 3, 4, 5, 6, 7], criticalPasses: true },
    digest: null,
  })
})

it('refuses a rule that tells nobody', async () => {
  const { element, calls } = await open('rules')
  await page.getByRole('button', { name: 'Make a rule' }).click()
  await page.getByLabelText('Name').fill('Nobody')
  await page.getByRole('button', { name: 'Save' }).click()

  await expect.poll(() => deepTextIn(element)).toContain('Choose at least one way to be told.')
  expect(calls('POST /api/v1/alert-rules')).toHaveLength(0)
})

it('deletes a rule after asking, and undoes it', async () => {
  const { element, calls } = await open('rules')
  await page.getByRole('button', { name: 'Delete Warnings and worse' }).click()
  await page.getByRole('button', { name: 'Delete it' }).click()
  await expect.poll(() => calls('DELETE /api/v1/alert-rules/alr_1')).toHaveLength(1)

  await page.getByRole('button', { name: 'Undo' }).click()

  await expect.poll(() => calls('POST /api/v1/alert-rules')).toHaveLength(1)
  expect(calls('POST /api/v1/alert-rules')[0]?.body).toMatchObject({ name: 'Warnings and worse' })
  expect(element.isConnected).toBe(true)
})

it('adds a way, and says why a test of it failed', async () => {
  const { element, calls } = await open('routes')
  await page.getByRole('button', { name: 'Add: E-mail' }).click()
  await page.getByLabelText('To').fill('a@school.example, b@school.example')
  await page.getByRole('button', { name: 'Add it' }).click()
  await expect.poll(() => deepTextIn(element)).toContain('is added')
  expect(calls('POST /api/v1/alert-routes')[0]?.body).toEqual({
    kind: 'email',
    name: 'E-mail',
    enabled: true,
    to: ['a@school.example', 'b@school.example'],
  })

  await page.getByRole('button', { name: 'Send a test by Office' }).click()

  await expect.poll(() => deepTextIn(element)).toContain('“Office” did not work: No mail server.')
})

it('changes whom a way reaches', async () => {
  const { element, calls } = await open('routes')
  await page.getByRole('button', { name: 'Change Office' }).click()
  await expectAccessible()
  await page.getByLabelText('To').fill('head@school.example')
  await page.getByRole('button', { name: 'Save' }).click()

  await expect.poll(() => deepTextIn(element)).toContain('“Office” is saved.')
  expect(calls('PATCH /api/v1/alert-routes/alt_2')[0]?.body).toEqual({
    name: 'Office',
    to: ['head@school.example'],
  })
})

it('begins a silence of one kind of system', async () => {
  const { element, calls } = await open('silences')
  await page.getByLabelText('Why').fill('Works')
  await page.getByRole('combobox', { name: 'For' }).selectOptions('24')
  await page.getByRole('group').getByLabelText('Learning platform (LMS)').click()
  await page.getByRole('button', { name: 'Be silent' }).click()

  await expect.poll(() => deepTextIn(element)).toContain('Silent from now on.')
  expect(calls('POST /api/v1/silences')[0]?.body).toMatchObject({
    reason: 'Works',
    match: { connectorKinds: ['lms'] },
  })
})
