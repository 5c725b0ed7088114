import type { BrowserContext, Page } from 'playwright'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { FlavourName } from '../../backend/sandbox/lms/index.ts'
import { axeFindings } from '../support/axe.ts'
import {
  type ChromiumProfile,
  launchProfile,
  type ThirdPartyCookies,
} from '../support/chromium-profile.ts'
import { type LiveServer, startLiveServer } from '../support/live-server.ts'
import { startLms, type TestLms } from '../support/lms-client.ts'
import { painted } from '../support/painted.ts'
import { demoAdministrator, signIn } from '../support/story.ts'

let server: LiveServer

beforeAll(async () => {
  server = await startLiveServer({ env: { EDPSYCH_ALLOW_PRIVATE_NETWORKS: '1' } })
})

afterAll(async () => {
  await server.stop()
})

/** What an administrator chooses in the guide; Blackboard's schools get no link there. */
const productOf: Readonly<Record<FlavourName, string>> = {
  moodle: 'Moodle',
  canvas: 'Canvas',
  blackboard: 'Another LMS',
}

async function makeLink(admin: Page, product: string): Promise<string> {
  await admin.goto(`${server.url}/admin/lms/new`)
  await admin.getByRole('radio', { name: product }).check()
  await admin.getByRole('button', { name: 'Make a registration link' }).click()
  const field = admin.getByRole('textbox', { name: 'Registration link' })
  await field.waitFor()
  return field.inputValue()
}

/** The administrator of the LMS enters the link there and reads the page of the tool in its frame. */
async function registerInLms(context: BrowserContext, lms: TestLms, link: string): Promise<void> {
  const page = await context.newPage()
  await page.goto(`${lms.baseUrl}/tools?as=2`)
  await page.getByLabel('Registration URL').fill(link)
  await page.getByRole('button', { name: 'Begin' }).click()
  const frame = page.frameLocator('#contentframe')
  await frame.getByText('Your LMS will share with').waitFor()
  await painted(frame)
  await frame.getByRole('button', { name: 'Register' }).click()
  await frame.getByRole('heading', { name: /is connected/ }).waitFor()
  const close = frame.getByRole('button', { name: 'Close and go back to the LMS' })
  await close.waitFor()
  await painted(frame)
  await close.press('Enter')
  await page.getByRole('heading', { name: 'EdPsych Connect' }).waitFor()
  await page.close()
}

async function addActivity(lms: TestLms): Promise<string> {
  const [tool] = (await lms.call('GET', '/tools')) as { id: string }[]
  const { link } = await lms.addLink(tool?.id ?? '', { title: 'First activity' })
  return `${lms.baseUrl}/courses/2/activities/${link.id}?as=3`
}

/** Whether the tool opened in the course: its own page, behind a launch that passed. */
async function opens(page: Page, address: string): Promise<boolean> {
  const answered = page.waitForResponse(`${server.url}/lti/launch`)
  await page.goto(address)
  if ((await answered).status() !== 303) return false
  const app = `${server.url}/lti/app`
  await expect.poll(() => page.frames().some((frame) => frame.url().startsWith(app))).toBe(true)
  return true
}

async function findingsAtBothWidths(page: Page, what: string): Promise<string[]> {
  const findings: string[] = []
  for (const width of [1280, 340]) {
    await page.setViewportSize({ width, height: 800 })
    for (const finding of await axeFindings(page)) findings.push(`${what} at ${width}: ${finding}`)
  }
  await page.setViewportSize({ width: 1280, height: 800 })
  return findings
}

describe.each<ThirdPartyCookies>(['blocked', 'allowed'])(
  'with third-party cookies %s',
  (thirdPartyCookies) => {
    let profile: ChromiumProfile
    let admin: Page

    beforeAll(async () => {
      profile = await launchProfile({ thirdPartyCookies })
      admin = await profile.context.newPage()
      await signIn(admin, server, demoAdministrator(server))
    })
    afterAll(async () => {
      await profile.close()
    })

    it.each<FlavourName>(['moodle', 'canvas', 'blackboard'])(
      'registers in %s and opens from a course',
      async (flavour) => {
        const lms = await startLms({ flavour })
        const link = await makeLink(admin, productOf[flavour])

        await registerInLms(profile.context, lms, link)
        const course = await profile.context.newPage()
        const activity = await addActivity(lms)
        const first = await opens(course, activity)
        if (flavour === 'canvas') await approveFirst(admin)
        const second = await opens(course, activity)

        expect([first, second]).toEqual([flavour !== 'canvas', true])
        const host = new URL(lms.baseUrl).host
        await admin.goto(`${server.url}/admin/lms`)
        await admin.getByRole('link', { name: host }).click()
        await admin.getByRole('button', { name: 'Test the connection' }).click()
        await admin.getByText('Tested: nothing is wrong.').waitFor()
        expect(await admin.getByText('Works', { exact: true }).count()).toBe(4)
        await course.close()
        await lms.close()
      },
    )
  },
)

async function approveFirst(admin: Page): Promise<void> {
  await admin.goto(`${server.url}/admin/lms`)
  const nav = admin.getByRole('navigation', { name: 'Administration' })
  await nav.getByRole('link', { name: 'LMSs 1 waiting for approval' }).waitFor()
  const row = admin.getByRole('row', { name: /Year 8 Mathematics/ })
  await row.getByRole('button', { name: 'Approve' }).click()
  await admin.getByText('is approved: the tool opens from there now.').waitFor()
  await nav.getByRole('link', { name: 'LMSs', exact: true }).waitFor()
}

describe('the pages for it', () => {
  let profile: ChromiumProfile
  let page: Page

  beforeAll(async () => {
    profile = await launchProfile()
    page = await profile.context.newPage()
    await signIn(page, server, demoAdministrator(server))
  })
  afterAll(async () => {
    await profile.close()
  })

  it('are accessible for each LMS, and readable on a phone', async () => {
    const findings: string[] = []
    await page.goto(`${server.url}/admin/lms`)
    await page.getByRole('link', { name: 'Connect an LMS' }).press('Enter')
    for (const name of ['Moodle', 'Canvas', 'Blackboard', 'Another LMS']) {
      await page.getByRole('radio', { name }).check()
      await page.getByRole('heading', { name: 'Values for the LMS' }).waitFor()
      findings.push(...(await findingsAtBothWidths(page, name)))
    }

    expect(findings).toEqual([])
  })

  it('take what an administrator typed, and say which step is wrong', async () => {
    await page.goto(`${server.url}/admin/lms/new?product=moodle`)
    await page.getByRole('heading', { name: 'Values for the LMS' }).waitFor()
    await page.getByRole('textbox', { name: 'Name', exact: true }).fill('Moodle of the typist')
    await page
      .getByRole('textbox', { name: 'Web address', exact: true })
      .fill('http://127.0.0.1:9/moodle/')
    await page.getByRole('textbox', { name: 'Client ID', exact: true }).fill('typed')
    await page.getByRole('textbox', { name: 'Deployment ID', exact: true }).fill('1')
    await page.getByRole('button', { name: 'Save and test' }).press('Enter')

    await page.getByRole('button', { name: 'Test the connection' }).press('Enter')

    await page.getByText('something is wrong').waitFor()
    expect(await page.getByText('http://127.0.0.1:9/moodle', { exact: true }).count()).toBe(1)
    expect(await page.getByText('Does not work').count()).toBe(3)
    expect(await findingsAtBothWidths(page, 'a test')).toEqual([])
  })

  it('show the registration page without findings', async () => {
    const link = await makeLink(page, 'Moodle')
    await page.goto(`${link}&openid_configuration=http://127.0.0.1:9/openid-configuration`)

    expect(await findingsAtBothWidths(page, 'registration')).toEqual([])
  })
})
