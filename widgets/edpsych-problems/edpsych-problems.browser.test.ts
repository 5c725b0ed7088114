import { afterEach, beforeEach, expect, it } from 'vitest'
import { page } from 'vitest/browser'
import type { ConnectionProblem } from '../../shared/api/problems.ts'
import { expectAccessible } from '../core/testing/accessibility.ts'
import { fakeApi, problem } from '../core/testing/fake-api.ts'
import { press, tabTo } from '../core/testing/keyboard.ts'
import { deepTextIn, show } from '../core/testing/show.ts'
import { handedNews } from '../dashboard/testing/connection-fixtures.ts'
import { moodleDown } from '../dashboard/testing/problem-fixtures.ts'
import { ProblemElement } from './edpsych-problem.ts'
import { ProblemsElement } from './edpsych-problems.ts'

const { acts: _, ...listed } = moodleDown

async function openList(all: readonly ConnectionProblem[], more: Partial<ProblemsElement> = {}) {
  const api = fakeApi({
    'GET /api/v1/problems': ({ url }) => {
      const status = url.searchParams.get('status')
      const data = all.filter((one) =>
        status === 'unresolved'
          ? one.status !== 'resolved'
          : status === null || one.status === status,
      )
      return { data, nextCursor: null, count: { value: data.length, capped: false } }
    },
  })
  const news = handedNews()
  const element = await show(ProblemsElement, { client: api.client, live: news.source, ...more })
  return { element, news, calls: api.calls }
}

async function openOne(answers: Parameters<typeof fakeApi>[0] = {}) {
  let now = moodleDown
  const api = fakeApi({
    'GET /api/v1/problems/prb_1': () => now,
    'POST /api/v1/problems/prb_1/acknowledge': ({ body }) => {
      const { note } = body as { note: string }
      now = {
        ...now,
        status: 'acknowledged',
        notes: [{ at: now.createdAt, by: 'stf_1', act: 'acknowledged', note }],
      }
      return now
    },
    'GET /api/v1/people/stf_1': () => ({ id: 'stf_1', name: 'Priya Shah' }),
    ...answers,
  })
  const news = handedNews()
  const element = await show(ProblemElement, {
    client: api.client,
    live: news.source,
    problemId: 'prb_1',
    scopes: ['problems.read', 'problems.write'],
  })
  await expect.poll(() => deepTextIn(element)).toContain('The other system has a failure')
  return { element, news, calls: api.calls }
}

beforeEach(() => history.replaceState(null, '', location.pathname))
afterEach(() => page.viewport(1280, 800))

it('lists what is not resolved first, and links each to what to do', async () => {
  const over = { ...listed, id: 'prb_2', title: 'Long over', status: 'resolved' as const }
  const { element, calls } = await openList([listed, over])

  await expect.poll(() => deepTextIn(element)).toContain('Our Moodle')
  await expect.poll(() => calls.at(-1)?.url.searchParams.get('status')).toBe('unresolved')
  expect(deepTextIn(element)).not.toContain('Long over')
  const table = element.renderRoot.querySelector('edpsych-data-table')
  await expect
    .poll(() => table?.shadowRoot?.querySelector('tbody a')?.getAttribute('href'))
    .toBe('/admin/problems/prb_1')
})

it('keeps to one connection, and shows what becomes of a problem as it happens', async () => {
  const { element, news, calls } = await openList([listed], { connectionId: 'con_1' })
  await expect.poll(() => deepTextIn(element)).toContain('Our Moodle')

  news.tell({ kind: 'problem.changed', problem: { ...listed, status: 'acknowledged' } })

  await expect.poll(() => deepTextIn(element)).toContain('Acknowledged')
  expect(calls.every(({ url }) => url.searchParams.get('connectionId') === 'con_1')).toBe(true)
})

it('has nothing that axe objects to, at 1280 and at 320 pixels, without sideways scrolling', async () => {
  for (const width of [1280, 320]) {
    await page.viewport(width, 800)
    const { element } = await openList([listed])
    await expect.poll(() => deepTextIn(element)).toContain('Our Moodle')
    await expectAccessible()
    await openOne()
    await expectAccessible()
    expect(document.documentElement.scrollWidth).toBeLessThanOrEqual(width)
  }
})

it('says what happened, what to do, what shows it and what was done by itself', async () => {
  const { element } = await openOne()

  for (const text of [
    'says that it cannot serve us',
    'Look at its status page.',
    'has a fault of its own (status 503)',
    'Stopped asking for a while',
    'Nothing is sent for 30 seconds.',
    '3 times',
    'Our Moodle',
  ]) {
    expect(deepTextIn(element)).toContain(text)
  }
})

it('leads to what people did about it in the audit trail, for those who may read it', async () => {
  const { element } = await openOne()
  const trail = () => element.renderRoot.querySelector('a[href="/admin/audit?q=prb_1"]')
  expect(trail()).toBeNull()

  element.scopes = ['problems.read', 'audit.read']

  await expect.poll(trail).not.toBeNull()
})

it('is taken on with a note, by keyboard alone', async () => {
  const { element, calls } = await openOne()

  await tabTo('I am looking into it')
  await press('Enter')
  await expect.poll(() => deepTextIn(document.body)).toContain('Take this problem on?')
  const dialog = document.querySelector('edpsych-ask-first')
  dialog?.shadowRoot?.querySelector('input')?.focus()
  await press('o', 'n', ' ', 'i', 't')
  await tabTo('I am looking into it')
  await press('Enter')

  await expect
    .poll(() => deepTextIn(element))
    .toContain('Everybody can see that you are looking into it.')
  expect(calls.find(({ route }) => route.endsWith('/acknowledge'))?.body).toEqual({ note: 'on it' })
  expect(deepTextIn(element)).toContain('Looking into it')
  await expect.poll(() => deepTextIn(element)).toContain('Priya Shah')
  // The server opens again only what is resolved.
  expect(deepTextIn(element)).not.toContain('Open it again')
})

it('offers no act to those who may only read', async () => {
  const { element } = await openOne()
  element.scopes = ['problems.read']
  await element.updateComplete

  expect(deepTextIn(element)).not.toContain('I am looking into it')
})

it('says why it cannot be shown', async () => {
  const api = fakeApi({
    'GET /api/v1/problems/prb_9': () => problem(404, 'not_found', 'The problem does not exist'),
  })
  const element = await show(ProblemElement, {
    client: api.client,
    live: handedNews().source,
    problemId: 'prb_9',
  })

  await expect.poll(() => deepTextIn(element)).toContain('not here any more')
})
