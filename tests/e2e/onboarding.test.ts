import { type Browser, chromium, type Page } from 'playwright'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { axeFindings } from '../support/axe.ts'
import { focused, tabTo } from '../support/keyboard.ts'
import { type LiveServer, startLiveServer } from '../support/live-server.ts'

let server: LiveServer
let browser: Browser
let page: Page
const complaints: string[] = []

beforeAll(async () => {
  server = await startLiveServer({ env: { EDPSYCH_DEMO: '0' } })
  const executablePath = process.env['CHROMIUM']
  browser = await chromium.launch({
    ...(executablePath ? { executablePath } : {}),
    args: ['--no-sandbox'],
  })
  page = await browser.newPage({ viewport: { width: 1280, height: 900 } })
  page.on('pageerror', (error) => complaints.push(error.message))
})

afterAll(async () => {
  await browser.close()
  await server.stop()
})

const press = (key: string) => page.keyboard.press(key)
const type = (text: string) => page.keyboard.type(text)

/** By the beginning of its name: where nothing has the focus, the body has, with all the text there is. */
async function expectStep(title: RegExp): Promise<void> {
  await expect.poll(() => focused(page), { timeout: 15_000 }).toMatch(title)
}

/** What is wrong with the page at the width of a phone, or at 400 % zoom. */
async function narrowFindings(): Promise<string[]> {
  await page.setViewportSize({ width: 340, height: 800 })
  const findings = await axeFindings(page)
  const width = Number(await page.evaluate('document.documentElement.scrollWidth'))
  await page.setViewportSize({ width: 1280, height: 900 })
  return [...findings, ...(width > 340 ? [`scrolls sideways: ${width}`] : [])]
}

describe('setting up a school by keyboard alone', () => {
  it('begins with an empty page that says what this is', async () => {
    await page.goto(`${server.url}/sign-in`)
    await tabTo(page, /E-mail/)
    await type(server.admin.email)
    await press('Tab')
    await type(server.admin.password)
    await press('Enter')
    await page.waitForURL('**/admin**')
    await page.goto(`${server.url}/admin/onboarding`)
    await page.getByRole('heading', { name: 'Nothing is being set up' }).waitFor()

    expect(await axeFindings(page)).toEqual([])
    expect(await narrowFindings()).toEqual([])
  })

  it('adds the school and opens its first step', async () => {
    await tabTo(page, /Set up a school/)
    await press('Enter')
    await expectStep(/^input: Name/)
    await type('Larkfield Academy')
    await press('Enter')

    await page.getByRole('heading', { name: 'Setting up Larkfield Academy' }).waitFor()
    await page.getByLabel('Where data is kept').waitFor()
    await page.getByText('0 of 8 steps').waitFor()
    expect(await axeFindings(page)).toEqual([])
  })

  it('saves the details and goes on to the administrator', async () => {
    await tabTo(page, /input: Where data is kept/)
    await type('London, in our own cloud')
    await press('Enter')
    await expectStep(/^button: .*An administrator/)
    await tabTo(page, /input: Name/)
    await type('Ada Office')
    await press('Tab')
    await type('ada@larkfield.example')
    await press('Enter')
    await page.getByText('It is shown only now').waitFor()
    expect(await axeFindings(page)).toEqual([])

    await tabTo(page, /button: Go on/)
    await press('Enter')

    await expectStep(/^button: .*Look and settings/)
    await page.getByText('2 of 8 steps').waitFor()
  })

  it('is left for later, and another visit resumes at the first open step', async () => {
    await tabTo(page, /button: Continue later/)
    await press('Enter')
    await page.waitForURL('**/admin')
    await tabTo(page, /a: Setting up/)
    await press('Enter')
    await page.getByRole('progressbar', { name: 'Progress of Larkfield Academy' }).waitFor()
    await tabTo(page, /button: Continue: Larkfield Academy/)
    await press('Enter')

    await page.getByRole('button', { name: 'Confirm' }).waitFor()
    expect(
      await page.getByRole('button', { name: /Look and settings/ }).getAttribute('aria-expanded'),
    ).toBe('true')
  })

  it('confirms what is inherited, and names the contact for data protection', async () => {
    await tabTo(page, /button: Confirm/)
    await press('Enter')
    await expectStep(/^button: .*Data protection/)
    await page.getByLabel('Contact for data protection').waitFor()
    await tabTo(page, /input: Contact for data protection/)
    await type('dpo@larkfield.example')
    await press('Enter')
    await page.getByText('The contact is saved.').waitFor()
    await page.getByRole('button', { name: 'Confirm' }).waitFor()
    expect(await narrowFindings()).toEqual([])
    await tabTo(page, /button: Confirm/)
    await press('Enter')
    await expectStep(/^button: .*A system connected/)
  })

  it('leads to where a system is connected, and back', async () => {
    await tabTo(page, /a: Connect a system/)
    await press('Enter')
    await page.waitForURL('**/admin/connections/new')
    await page.getByText('You are setting up Larkfield Academy.').waitFor()
    await tabTo(page, /a: Back to the steps/)
    await press('Enter')
    await page.waitForURL('**/admin/onboarding/**')
    await page.getByRole('button', { name: 'Leave it out' }).waitFor()
    expect(await axeFindings(page)).toEqual([])
  })

  it('leaves out what the school does not use and finishes', async () => {
    for (const next of [
      /^button: .*The LMS registered/,
      /^button: .*People and classes/,
      /^button: .*Where alerts go/,
    ]) {
      await tabTo(page, /button: Leave it out/)
      await press('Enter')
      await expectStep(next)
    }
    await tabTo(page, /button: Confirm/)
    await press('Enter')
    await expectStep(/^button: Finish/)
    await press('Enter')

    await page.getByText('Larkfield Academy is set up.').waitFor()
    await page.getByText('8 of 8 steps').waitFor()
    expect(await axeFindings(page)).toEqual([])
    expect(await narrowFindings()).toEqual([])
  })

  it('is shown to the organisation above, with the way into the school', async () => {
    const { pathname } = new URL(page.url())
    await page.getByLabel('Organisation', { exact: true }).selectOption({ label: 'Platform' })
    await page.goto(server.url + pathname)

    await page.getByText('You work in Platform.').waitFor()
    await page.getByRole('button', { name: 'The organisation' }).waitFor()
    expect(await axeFindings(page)).toEqual([])

    await tabTo(page, /button: Work in Larkfield Academy/)
    await press('Enter')
    await page.getByText('You work in Platform.').waitFor({ state: 'detached' })
    await page.getByText('Set up on').waitFor()
  })

  it('is listed as set up, and the usage of the school is counted apart', async () => {
    await tabTo(page, /button: All that Platform sets up/)
    await press('Enter')
    await page.getByRole('cell', { name: 'Set up' }).waitFor()
    await page.goto(`${server.url}/admin/usage`)
    await page.getByRole('link', { name: 'Larkfield Academy' }).waitFor()
    expect(await axeFindings(page)).toEqual([])
    expect(await narrowFindings()).toEqual([])

    await tabTo(page, /a: Larkfield Academy/)
    await press('Enter')
    await expectStep(/^h2: Larkfield Academy/)
    await tabTo(page, /button: Export as CSV/, 'Shift+Tab')
    const download = page.waitForEvent('download')
    await press('Enter')
    expect((await download).suggestedFilename()).toMatch(/^usage-\d{4}-\d\d-\d\d\.csv$/)
    await page.getByText(/lines are saved/).waitFor()
    expect(complaints).toEqual([])
  })
})
