import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type Browser, type BrowserContext, chromium, type Page } from 'playwright'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { readConfig } from '../../backend/config.ts'
import { createLogger } from '../../backend/core/logging.ts'
import { type RunningServer, startServer } from '../../backend/start.ts'
import { axeFindings } from '../support/axe.ts'
import { freePort } from '../support/live-server.ts'
import { type MailServer, startMailServer } from '../support/mail-server.ts'

const admin = { email: 'admin@story.example', password: 'a long test passphrase' }
const minuteMs = 60_000

let dataDir: string
let url: string
let vendorUrl: string
let mail: MailServer
let server: RunningServer
let browser: Browser
let context: BrowserContext
let page: Page
const complaints: string[] = []

/** What watches connections goes by this clock: nobody waits for minutes. */
let aheadMs = 0
const now = (): Date => new Date(Date.now() + aheadMs)

beforeAll(async () => {
  const port = await freePort()
  dataDir = mkdtempSync(join(tmpdir(), 'edpsych-story-'))
  mail = await startMailServer()
  const config = readConfig(
    {
      PORT: String(port),
      DATA_DIR: dataDir,
      EDPSYCH_ADMIN_EMAIL: admin.email,
      EDPSYCH_ADMIN_PASSWORD: admin.password,
      EDPSYCH_SMTP_URL: mail.url,
      EDPSYCH_MAIL_FROM: 'EdPsych Connect <alerts@story.example>',
      EDPSYCH_ALLOW_PRIVATE_NETWORKS: '1',
    },
    '0.0.0-test',
  )
  server = await startServer(config, createLogger({ level: 'silent' }), { now })
  url = `http://localhost:${port}`
  vendorUrl = `http://127.0.0.1:${port}/sandbox/vendors/moodle`
  const executablePath = process.env['CHROMIUM']
  browser = await chromium.launch({
    ...(executablePath ? { executablePath } : {}),
    args: ['--no-sandbox'],
  })
  context = await browser.newContext({ viewport: { width: 1280, height: 900 } })
  page = await context.newPage()
  page.on('pageerror', (error) => complaints.push(error.message))
})

afterAll(async () => {
  await browser.close()
  await server.stop()
  await mail.close()
  rmSync(dataDir, { recursive: true, force: true })
})

async function breakLms(isDown: boolean): Promise<void> {
  const answer = await fetch(`${vendorUrl}/dials`, {
    method: 'PUT',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ down: isDown }),
  })
  expect(answer.status).toBe(200)
}

/** Time passes in steps until it is so. */
async function passTimeUntil(what: () => Promise<boolean>, stepMs = minuteMs): Promise<void> {
  const startedAt = aheadMs
  await expect
    .poll(
      async () => {
        aheadMs += stepMs
        return what()
      },
      { timeout: 100_000, interval: 1000 },
    )
    .toBe(true)
  expect(aheadMs - startedAt).toBeLessThan(3 * 60 * minuteMs)
}

async function pasted(label: string): Promise<string> {
  const rows = (await (await fetch(`${vendorUrl}/credentials`)).json()) as {
    label: string
    value: string
  }[]
  return rows.find((row) => row.label === label)?.value ?? ''
}

/** State and health as the page shows them now. */
function badges(): Promise<string[]> {
  return page.locator('edpsych-connection .head edpsych-state-badge .word').allInnerTexts()
}

interface Told {
  readonly kind: string
  readonly title: string
}

/** What the administrator was told in the administration, newest first. */
async function told(): Promise<Told[]> {
  const list = await page.evaluate<{ data: Told[] }>(
    "fetch('/api/v1/alerts?channel=in-app').then((answer) => answer.json())",
  )
  return list.data
}

describe('the administrator', () => {
  it('connects the LMS with a wrong secret and reads what is wrong', async () => {
    await page.goto(`${url}/sign-in`)
    await page.getByLabel('E-mail').fill(admin.email)
    await page.getByLabel('Password').fill(admin.password)
    await page.getByRole('button', { name: 'Sign in' }).click()
    await page.waitForURL('**/admin**')
    await page.goto(`${url}/admin/connections/new`)
    await page
      .getByRole('button', { name: /Moodle/ })
      .first()
      .click()
    await page.getByLabel('Site address').fill(await pasted('Site address'))
    await page.getByLabel('Web service token').fill('wrong')

    await page.getByRole('button', { name: 'Test the connection' }).click()

    await page.getByRole('heading', { name: 'It does not work yet' }).waitFor()
    await page.getByText('Moodle does not know the token.').waitFor()
    await page.getByText(/Make a new one under Server, Web services, Manage tokens/).waitFor()
    expect(await axeFindings(page)).toEqual([])
  })

  it('corrects the secret, and the connection turns healthy', async () => {
    await page.getByLabel('Web service token').fill(await pasted('Web service token'))
    await page.getByRole('button', { name: 'Test the connection' }).click()
    await page.getByRole('button', { name: 'Save and use it' }).click()

    await page.waitForURL(/\/admin\/connections\/con_/)
    await expect.poll(badges).toEqual(['Active', 'Healthy'])
  })

  it('sees the LMS break without loading the page again, and is told once', async () => {
    await breakLms(true)

    await passTimeUntil(async () => (await badges()).includes('Failing'))
    await page.getByText('Nothing needs to be done here; it is tried again.').first().waitFor()
    await passTimeUntil(async () => (await told()).length > 0)
    // It stays down for a good while, which is no news.
    const since = aheadMs
    await passTimeUntil(async () => aheadMs - since > 30 * minuteMs, 2 * minuteMs)

    expect((await told()).map(({ kind }) => kind)).toEqual(['problem'])
    expect((await told())[0]?.title).toContain('Moodle')
  })

  it('sees it recover by itself', async () => {
    await breakLms(false)

    await passTimeUntil(async () => (await badges()).join() === 'Active,Healthy')
    await passTimeUntil(async () => (await told()).length > 1, 2 * minuteMs)
    expect((await told()).map(({ kind }) => kind)).toEqual(['resolved', 'problem'])
  })

  it('finds in the administration what was told, what happened and what was done by itself', async () => {
    await page.getByRole('link', { name: /^Alerts/ }).click()
    await page.getByRole('cell', { name: 'All clear' }).waitFor()
    expect(await axeFindings(page)).toEqual([])

    await page.getByRole('link', { name: 'What to do' }).first().click()
    await page.getByRole('heading', { name: 'The other system has a failure', level: 1 }).waitFor()
    await page.getByText('by itself after the connection had recovered').waitFor()
    await page.getByText('Stopped asking for a while').first().waitFor()
    expect(await axeFindings(page)).toEqual([])
  })

  it('reads the trail of it in the audit and verifies it', async () => {
    await page.getByRole('link', { name: 'Audit', exact: true }).click()
    await page.getByLabel('Kind of action').selectOption('connection.*')
    const actions = page.locator('edpsych-data-table tbody tr > :first-child')
    await expect
      .poll(async () => (await actions.allInnerTexts()).map((text) => text.trim()))
      .toEqual([
        'connection.recovered',
        'connection.state',
        'connection.activated',
        'connection.state',
        'connection.create',
      ])
    expect(await axeFindings(page)).toEqual([])

    await page.getByRole('button', { name: 'Verify the trail' }).click()

    await page.getByText(/The trail is whole: \d+ entries/).waitFor()
    expect(complaints).toEqual([])
  })
})
