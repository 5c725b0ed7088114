import { afterEach, expect, it } from 'vitest'
import { page, userEvent } from 'vitest/browser'
import type { RosterMatch } from '../../../shared/api/roster-matches.ts'
import type { StaffSession } from '../../app/api.ts'
import { expectAccessible } from '../../core/testing/accessibility.ts'
import { fakeApi } from '../../core/testing/fake-api.ts'
import { RosterMatchesElement } from './roster-matches.ts'

const at = '2026-11-24T08:00:00.000Z'
const ada: RosterMatch = {
  id: 'rid_1',
  sourceId: 'plat_1',
  sourceKind: 'lms',
  status: 'open',
  theirId: 'sub-1',
  person: {
    sourcedId: 'plat_1:sub-1',
    givenName: 'Ada',
    familyName: 'Byron',
    email: 'ada@school.example',
    role: 'student',
  },
  candidates: [
    {
      sourcedId: 'sis-1',
      givenName: 'Augusta Ada',
      familyName: 'Byron',
      email: 'ada@school.example',
      role: 'student',
      because: ['email'],
    },
    {
      sourcedId: 'sis-2',
      givenName: 'Annabella',
      familyName: 'Byron',
      email: 'ada@school.example',
      role: 'student',
      because: ['email'],
    },
  ],
  matchedWith: null,
  decidedBy: null,
  decidedAt: null,
  createdAt: at,
  updatedAt: at,
}
const alan: RosterMatch = {
  ...ada,
  id: 'rid_2',
  person: { ...ada.person, givenName: 'Alan', familyName: 'Turing', email: null },
}

let shown: RosterMatchesElement | undefined

afterEach(() => {
  shown?.remove()
})

// The page reads nothing else of the session.
const session = { scopes: ['roster.read', 'roster.write'] } as unknown as StaffSession

async function show(rows: RosterMatch[], scopes = session.scopes) {
  const api = fakeApi({
    'GET /api/v1/roster/matches': () => ({ data: rows, nextCursor: null }),
    'POST /api/v1/roster/matches/*/*': () => {
      rows.splice(0, 1)
      return ada
    },
  })
  const element = new RosterMatchesElement()
  element.client = api.client
  element.session = { ...session, scopes } as StaffSession
  document.body.append(element)
  shown = element
  await expect.element(page.getByRole('heading', { name: 'Doubtful matches' })).toBeVisible()
  const decisions = () => api.calls.filter(({ route }) => route.startsWith('POST'))
  return { element, decisions }
}

it('is accessible, and says why somebody may be meant', async () => {
  const { element } = await show([ada, alan])

  await expect.element(page.getByRole('heading', { name: 'Ada Byron' })).toBeVisible()
  await expect.element(page.getByText('the same e-mail address').first()).toBeVisible()
  await expectAccessible(element)
})

it('is decided with the keyboard, and the focus goes on to the next question', async () => {
  const { decisions } = await show([ada, alan])
  await expect.element(page.getByRole('heading', { name: 'Ada Byron' })).toBeVisible()

  const first = page.getByRole('radio').first().element() as HTMLElement
  first.focus()
  await userEvent.keyboard('{ArrowDown}{Tab}{Enter}')

  await expect.poll(decisions).toMatchObject([
    {
      route: 'POST /api/v1/roster/matches/rid_1/decide',
      body: { decision: 'same', sourcedId: 'sis-2' },
    },
  ])
  await expect.element(page.getByText('Ada Byron is one person now.')).toBeVisible()
  await expect
    .poll(() => document.activeElement?.getAttribute('aria-labelledby'))
    .toBe('match-rid_2')
})

it('is put off, and taken back where it was decided', async () => {
  const { decisions } = await show([ada, { ...alan, status: 'same', matchedWith: 'sis-1' }])

  await page.getByRole('button', { name: 'Later: Ada Byron' }).click()
  await page.getByRole('button', { name: 'Take back: Alan Turing' }).click()

  await expect
    .poll(decisions)
    .toMatchObject([
      { route: 'POST /api/v1/roster/matches/rid_1/decide', body: { decision: 'later' } },
      { route: 'POST /api/v1/roster/matches/rid_2/undo' },
    ])
  await expect.element(page.getByText('Nothing here.')).toBeVisible()
})

it('offers no decision to those who may only read', async () => {
  await show([ada], ['roster.read'])

  await expect.element(page.getByRole('heading', { name: 'Ada Byron' })).toBeVisible()
  expect(page.getByRole('button').elements()).toHaveLength(0)
})
