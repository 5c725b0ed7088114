import type { FrameLocator, Page } from 'playwright'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { quietDials } from '../../backend/sandbox/vendors/dials.ts'
import { schoolAt } from '../../backend/sandbox/vendors/school-data.ts'
import { axeFindings } from '../support/axe.ts'
import {
  type ChromiumProfile,
  launchProfile,
  type ThirdPartyCookies,
} from '../support/chromium-profile.ts'
import { classroomCase } from '../support/classroom-connection.ts'
import { type LiveServer, startLiveServer } from '../support/live-server.ts'
import { painted } from '../support/painted.ts'
import { callApi } from '../support/staff-page.ts'
import { demoAdministrator, signIn } from '../support/story.ts'

// Google Classroom in the browser: frames of the add-on on a page of another site, sign-in in a window of its own.

let server: LiveServer
let admin: ChromiumProfile
let vendor: string
let id: string
let itemTitle: string

const course = schoolAt(quietDials()).courses.find((one) => one.id === 2)
const googleId = (role: 'instructor' | 'learner'): string => {
  const member = course?.members.find((one) => one.role === role && !one.user.removed)
  return String(100_000_000_000_000_000_000n + BigInt(member?.user.id ?? 0))
}

beforeAll(async () => {
  server = await startLiveServer()
  vendor = `${server.sandboxUrl}/sandbox/vendors/google-classroom`
  admin = await launchProfile()
  const page = await admin.context.newPage()
  await signIn(page, server, demoAdministrator(server))
  const { data } = await callApi(page, 'GET', '/api/v1/items?sort=title&limit=1')
  itemTitle = (data as { title: string }[])[0]?.title ?? ''
  const settings = classroomCase().settings(`${server.sandboxUrl}/sandbox/vendors`)
  const connection = await callApi(page, 'POST', '/api/v1/connections', {
    connectorId: 'google-classroom',
    name: 'Classroom',
    ...settings,
  })
  id = String(connection['id'])
  const { authorizationUrl } = await callApi(
    page,
    'POST',
    `/api/v1/connections/${id}/authorise`,
    {},
  )
  await page.goto(String(authorizationUrl))
  await page
    .getByRole('radio', { name: /administrator/ })
    .first()
    .check()
  await page.getByRole('button', { name: 'Continue' }).click()
  await page.waitForURL(/authorised=yes/)
  await callApi(page, 'POST', `/api/v1/connections/${id}/activate`, {})
  const answer = await fetch(`${vendor}/add-on`, {
    method: 'PUT',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ setupUri: `${server.url}/classroom/${id}/discovery` }),
  })
  expect(answer.status).toBe(200)
}, 180_000)

afterAll(async () => {
  await admin.close()
  await server.stop()
})

/** Signs in from the frame, with the keyboard, in the window that it opens. */
async function enter(page: Page, frame: FrameLocator): Promise<void> {
  await frame.getByRole('link', { name: 'Sign in with Google' }).waitFor()
  await painted(frame)
  const opening = page.waitForEvent('popup')
  await frame.getByRole('link', { name: 'Sign in with Google' }).press('Enter')
  const popup = await opening
  await popup.getByRole('button', { name: 'Continue' }).press('Enter')
  if (!popup.isClosed()) await popup.waitForEvent('close')
}

describe.each<ThirdPartyCookies>(['blocked', 'allowed'])(
  'with third-party cookies %s',
  (thirdPartyCookies) => {
    let profile: ChromiumProfile
    let page: Page
    const title = `Homework (${thirdPartyCookies})`
    const at = (as: string) => `${vendor}/c/600000000002?as=${as}`

    beforeAll(async () => {
      profile = await launchProfile({ thirdPartyCookies })
      page = await profile.context.newPage()
    })
    afterAll(async () => {
      await profile.close()
    })

    it('attaches an activity from Classroom’s frame', async () => {
      await page.goto(at(googleId('instructor')))
      await page.getByLabel('New assignment').fill(title)
      await page.getByRole('button', { name: 'Create' }).press('Enter')
      await page.getByRole('link', { name: 'Attach EdPsych Connect' }).click()
      const frame = page.frameLocator('iframe')
      await frame.getByRole('link', { name: 'Sign in with Google' }).waitFor()
      expect(await axeFindings(page)).toEqual([])
      await enter(page, frame)

      await frame.getByRole('checkbox', { name: itemTitle }).check()
      await frame.getByRole('button', { name: 'Add to the course' }).press('Enter')

      await page.getByRole('heading', { level: 2, name: itemTitle }).waitFor()
    }, 90_000)

    it('opens it for a learner, and the results for the teacher', async () => {
      const learner = await profile.context.newPage()
      await learner.goto(at(googleId('learner')))
      await learner.getByRole('link', { name: title }).click()
      const frame = learner.frameLocator('iframe')
      await enter(learner, frame)
      await frame.getByRole('heading', { name: itemTitle }).waitFor()
      expect(await axeFindings(learner)).toEqual([])

      await page.goto(at(googleId('instructor')))
      await page.getByRole('link', { name: title }).click()
      const teaching = page.frameLocator('iframe')
      await enter(page, teaching)
      await teaching.getByRole('heading', { name: itemTitle }).waitFor()
      await teaching.getByRole('button', { name: /results/i }).waitFor()
    }, 90_000)
  },
)

it('publishes a task without the add-on, and its link signs a learner in', async () => {
  const page = await admin.context.newPage()
  await page.goto(`${server.url}/classroom/${id}/publish?login_hint=${googleId('instructor')}`)
  await page.getByRole('button', { name: 'Continue' }).press('Enter')
  await page.getByRole('heading', { name: 'Publish to Google Classroom' }).waitFor()
  expect(await axeFindings(page)).toEqual([])
  await page.locator('input[value="600000000002"]').check()
  await page.getByRole('button', { name: 'Continue' }).press('Enter')
  await page.getByRole('group', { name: 'Under which topic?' }).waitFor()
  expect(await axeFindings(page)).toEqual([])
  await page.getByRole('radio', { name: /this term/ }).check()
  await page.getByRole('button', { name: 'Choose activities' }).press('Enter')
  await page.getByRole('checkbox', { name: itemTitle }).check()
  await page.getByRole('button', { name: 'Dates and points' }).press('Enter')
  await page.getByLabel('Answers are due').fill('2001-01-01T12:00')
  await page.getByRole('button', { name: 'Add to the course' }).press('Enter')
  await page.getByText('Choose times that are still to come').waitFor()
  await page.getByLabel('Answers are due').fill('2031-01-02T12:00')
  await page.getByRole('button', { name: 'Add to the course' }).press('Enter')
  await page.getByRole('heading', { name: 'Added to Google Classroom' }).waitFor()
  expect(await axeFindings(page)).toEqual([])

  await page.goto(`${vendor}/c/600000000002?as=${googleId('learner')}`)
  await page.getByRole('link', { name: itemTitle, exact: true }).click()
  await page.getByText('Due 2031-01-02').waitFor()
  await page.getByRole('link', { name: /\/work\?work=/ }).click()
  await page.locator(`input[value="${googleId('learner')}"]`).check()
  await page.getByRole('button', { name: 'Continue' }).press('Enter')
  await page.getByRole('heading', { name: itemTitle }).waitFor()

  await page.goto(`${server.url}/admin/connections/${id}`)
  await page.getByText(`/classroom/${id}/discovery`).waitFor()
}, 90_000)
