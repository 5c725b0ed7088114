import { afterEach, expect, it } from 'vitest'
import { page, userEvent } from 'vitest/browser'
import type { CourseSync, SyncRun } from '../../../../shared/api/syncs.ts'
import type { StaffSession } from '../../../app/api.ts'
import { expectAccessible } from '../../../core/testing/accessibility.ts'
import { fakeApi, problem } from '../../../core/testing/fake-api.ts'
import { CourseSyncElement } from './course-sync.ts'

const at = '2026-11-24T08:00:00.000Z'
const none = { seen: 0, created: 0, updated: 0, unchanged: 0, removed: 0, refused: 0, leftOut: 0 }
const plan: CourseSync = {
  platformId: 'plat_1',
  scheduled: false,
  everyMinutes: null,
  courses: 3,
  readable: 2,
  last: null,
  nextAt: null,
}
const held: SyncRun = {
  id: 'syr_1',
  connectionId: 'plat_1',
  connectorId: 'lti',
  capability: 'members.pull',
  trigger: 'person',
  requestedBy: null,
  status: 'held',
  preview: false,
  full: false,
  startedAt: at,
  endedAt: null,
  progress: 1,
  checkpoint: { pages: 1, at },
  resumes: 0,
  counts: {
    orgs: none,
    academicSessions: none,
    classes: { ...none, seen: 2, unchanged: 2 },
    users: none,
    enrollments: { ...none, seen: 1, unchanged: 1 },
    assignments: none,
  },
  heldBecause: {
    limitPercent: 10,
    removals: 19,
    kinds: [{ kind: 'enrollments', removals: 19, of: 20, percent: 95 }],
  },
  loss: null,
  error: null,
  createdAt: at,
  updatedAt: at,
}

let shown: CourseSyncElement | undefined

afterEach(() => shown?.remove())

async function show(runs: readonly SyncRun[], answers: Record<string, () => unknown> = {}) {
  const api = fakeApi({
    'GET /api/v1/lti/platforms/plat_1/course-sync': () => plan,
    'PATCH /api/v1/lti/platforms/plat_1/course-sync': () => ({ ...plan, scheduled: true }),
    'GET /api/v1/lti/platforms/plat_1/syncs': () => ({ data: runs, nextCursor: null }),
    'POST /api/v1/lti/platforms/plat_1/syncs': () => ({
      ...held,
      id: 'syr_2',
      status: 'waiting',
      preview: true,
      heldBecause: null,
    }),
    'GET /api/v1/syncs/*/changes': () => ({ data: [], nextCursor: null }),
    ...answers,
  })
  const element = new CourseSyncElement()
  element.client = api.client
  element.platformId = 'plat_1'
  // The page reads nothing else of the session.
  element.session = {
    scopes: ['connections.read', 'syncs.write'],
    tenant: { id: 'ten_1' },
  } as unknown as StaffSession
  document.body.append(element)
  shown = element
  await expect.element(page.getByRole('heading', { name: 'Courses and members' })).toBeVisible()
  return { element, calls: api.calls }
}

it('is accessible, and says what waits for a person', async () => {
  const { element } = await show([held])

  await expect.element(page.getByText('19 of 20 enrolments (95 %)')).toBeVisible()
  await expect.element(page.getByRole('button', { name: 'Confirm removal' })).toBeVisible()
  await expectAccessible(element)
})

it('previews what would change, without writing', async () => {
  const { calls } = await show([])

  await page.getByRole('button', { name: 'Preview' }).click()

  await expect
    .poll(() => calls.find(({ route }) => route.startsWith('POST')))
    .toMatchObject({ route: 'POST /api/v1/lti/platforms/plat_1/syncs', body: { preview: true } })
  await expect.element(page.getByText('Counting what would change')).toBeVisible()
})

it('is switched on with the keyboard', async () => {
  const { calls } = await show([])
  const box = page.getByRole('checkbox', { name: 'Fetch courses and members by itself' })
  await expect.element(box).toBeVisible()

  ;(box.element() as HTMLElement).focus()
  await userEvent.keyboard(' {Tab}60{Enter}')

  await expect
    .poll(() => calls.find(({ route }) => route.startsWith('PATCH')))
    .toMatchObject({ body: { scheduled: true, everyMinutes: 60 } })
  await expect.element(page.getByText('are fetched by themselves')).toBeVisible()
})

it('says why it cannot be shown', async () => {
  await show([], {
    'GET /api/v1/lti/platforms/plat_1/course-sync': () =>
      problem(404, 'not_found', 'The LMS plat_1 is not registered'),
  })

  await expect.element(page.getByRole('alert').getByText('not registered')).toBeVisible()
})
