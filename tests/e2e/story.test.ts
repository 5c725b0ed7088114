import type { BrowserContext, Page } from 'playwright'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import {
  type ChromiumProfile,
  launchProfile,
  type ThirdPartyCookies,
} from '../support/chromium-profile.ts'
import { type LiveServer, startLiveServer } from '../support/live-server.ts'
import { servePlainPage } from '../support/plain-page.ts'
import {
  answer,
  courseAddress,
  demoAdministrator,
  importSample,
  openActivity,
  pickWithKeyboard,
  signIn,
  toolFrame,
} from '../support/story.ts'

const title = 'Capital of Wales'

describe.each<ThirdPartyCookies>(['blocked', 'allowed'])(
  'with third-party cookies %s',
  (thirdPartyCookies) => {
    let server: LiveServer
    let profile: ChromiumProfile
    let admin: Page
    let complaints: string[]

    beforeAll(async () => {
      server = await startLiveServer()
      profile = await launchProfile({ thirdPartyCookies })
      complaints = []
      listen(profile.context, complaints)
      admin = await profile.context.newPage()
    })
    afterAll(async () => {
      await profile.close()
      await server.stop()
    })

    it('has the browser treat cookies in frames as the profile says', async () => {
      const page = await profile.context.newPage()
      await page.goto(courseAddress(server, 'teacher'))

      await page.evaluate(`new Promise((resolve) => {
        const frame = document.createElement('iframe')
        frame.src = '${server.url}/embed/v1/view/none'
        frame.addEventListener('load', resolve)
        document.body.append(frame)
      })`)
      const frame = page.frames().find((one) => one.url().startsWith(server.url))

      expect(await frame?.evaluate('document.hasStorageAccess()')).toBe(
        thirdPartyCookies === 'allowed',
      )
      await page.close()
      // The embed asked for does not exist, which the console mentions.
      complaints.length = 0
    })

    it('imports the sample package and says what became of each file', async () => {
      await signIn(admin, server, demoAdministrator(server))

      await importSample(admin, server)

      const report = admin.getByRole('region', { name: /What became of/ })
      expect(await report.getByRole('link').count()).toBe(4)
      expect(await report.getByText('order-the-planets.xml').textContent()).not.toBe('')
      expect(
        await report.locator('li', { hasText: 'order-the-planets.xml' }).textContent(),
      ).toMatch(/– .*order/i)
    })

    it('lets a teacher place an item in a course with the keyboard alone', async () => {
      const lms = await profile.context.newPage()

      await pickWithKeyboard(lms, server, { title, words: 'wales' })

      expect(await lms.getByRole('link', { name: title }).count()).toBe(1)
      await lms.close()
    })

    it('lets a student answer inside the course and see the score', async () => {
      const lms = await profile.context.newPage()
      await openActivity(lms, server, title)

      await answer(toolFrame(lms), 'Cardiff')

      await toolFrame(lms).getByText('You scored 1 out of 1.').waitFor()
      await toolFrame(lms).getByText('has been sent to your teacher’s gradebook').waitFor()
      await lms.close()
    })

    it('shows the grade in the gradebook and to the administrator', async () => {
      const lms = await profile.context.newPage()
      await lms.goto(courseAddress(server, 'teacher').replace('?', '/gradebook?'))
      await lms.getByText('1 / 1').waitFor()
      await lms.close()

      await admin
        .getByRole('navigation', { name: 'Administration' })
        .getByRole('link', { name: 'Attempts' })
        .click()

      await admin
        .getByRole('row', { name: /1 of 1/ })
        .getByText('In the gradebook')
        .waitFor()
    })

    it('runs on a plain page with a strict policy from the snippet of the item', async () => {
      const plain = await servePlainPage(server.url)
      await admin.goto(`${server.url}/admin/items`)
      await admin.getByRole('link', { name: title }).first().click()
      await admin.getByLabel('Sites that may show it').fill(plain.origin)
      await admin.getByRole('button', { name: 'Make a snippet' }).click()
      await admin.getByRole('button', { name: 'Copy Snippet to paste' }).click()
      plain.body = await admin.evaluate('navigator.clipboard.readText()')

      const page = await profile.context.newPage()
      await page.goto(plain.url)
      const frame = page.frameLocator('edpsych-embed iframe')
      await answer(frame, 'Swansea')

      await frame.getByText('You scored 0 out of 1.').waitFor()
      await page.close()
      await plain.stop()
    })

    it('complains of nothing on the way', () => {
      expect(complaints).toEqual([])
    })
  },
)

function listen(context: BrowserContext, complaints: string[]): void {
  context.on('console', (message) => {
    if (['error', 'warning'].includes(message.type())) complaints.push(message.text())
  })
  context.on('weberror', (error) => complaints.push(String(error.error())))
}
