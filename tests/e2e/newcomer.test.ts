import { type ChildProcess, execFileSync, spawn } from 'node:child_process'
import { once } from 'node:events'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'
import { type Browser, type BrowserContext, chromium, type Page } from 'playwright'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { axeFindings } from '../support/axe.ts'
import { type LiveServer, startLiveServer } from '../support/live-server.ts'

const root = fileURLToPath(new URL('../..', import.meta.url))

let server: LiveServer
let browser: Browser
let context: BrowserContext
let page: Page
let receiver: ChildProcess | undefined

beforeAll(async () => {
  server = await startLiveServer()
  const executablePath = process.env['CHROMIUM']
  browser = await chromium.launch({
    ...(executablePath ? { executablePath } : {}),
    args: ['--no-sandbox'],
  })
  context = await browser.newContext({ viewport: { width: 1280, height: 900 } })
  await context.grantPermissions(['clipboard-read', 'clipboard-write'], { origin: server.url })
  page = await context.newPage()
})

afterAll(async () => {
  await browser.close()
  if (receiver?.exitCode === null) {
    receiver.kill('SIGTERM')
    await once(receiver, 'exit')
  }
  await server.stop()
})

async function copied(section: string): Promise<string> {
  const block = page.locator(`h2#${section} ~ *`).getByRole('button', { name: /copy/i }).first()
  await block.click()
  return page.evaluate('navigator.clipboard.readText()') as Promise<string>
}

/** The sample receiver, until it has verified a first delivery; answers the lines it printed. */
async function startReceiver(apiKey: string): Promise<string[]> {
  const child = spawn(process.execPath, ['examples/webhook-receiver/main.mjs'], {
    cwd: root,
    env: { PATH: process.env['PATH'], EDPSYCH_URL: server.url, EDPSYCH_API_KEY: apiKey, PORT: '0' },
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  receiver = child
  const lines: string[] = []
  for await (const line of createInterface({ input: child.stdout })) {
    lines.push(line)
    if (line.startsWith('verified ')) return lines
  }
  throw new Error(`the receiver ended after: ${lines.join('\n')}`)
}

describe('a newcomer', () => {
  let command = ''
  let apiKey = ''

  it('makes a sandbox with one click, which fills the key into the examples', async () => {
    await page.goto(`${server.url}/developers`)

    await page.getByRole('button', { name: 'Create a sandbox' }).click()
    await page
      .getByText(/edp_test_\w{20,}/)
      .first()
      .waitFor()

    command = await copied('call')
    apiKey = /edp_test_\w+/.exec(command)?.[0] ?? ''
    expect(command).toMatch(/^curl /)
    expect(apiKey).toMatch(/^edp_test_\w{20,}$/)
  })

  it('runs the copied line and reads the items of the school', () => {
    const answer = JSON.parse(
      execFileSync('sh', ['-c', `${command} --silent`], { encoding: 'utf8' }),
    )

    expect(answer.data.length).toBeGreaterThan(0)
    expect(answer.data[0]).toMatchObject({ id: expect.stringMatching(/^itm_/) })
  })

  it('starts the sample receiver, which verifies a first delivery', async () => {
    const lines = await startReceiver(apiKey)

    expect(lines.at(-1)).toMatch(/^verified webhook\.test \S+$/)
  })

  it('sees that delivery in the console, with what was sent and answered', async () => {
    await page.goto(`${server.url}/developers`)
    await page.getByRole('link', { name: 'Console' }).click()
    await page.getByRole('link', { name: 'Deliveries', exact: true }).click()
    await page.getByRole('link', { name: 'webhook.test' }).first().click()
    await page.getByRole('heading', { name: /Attempt 1/ }).waitFor()

    await page.getByText('What was sent').first().click()

    expect(await page.getByText('Delivered', { exact: true }).count()).toBeGreaterThan(0)
    expect(await page.getByLabel('Headers sent').textContent()).toContain('webhook-id: ')
  })

  it('watches the next event arrive without loading the page again', async () => {
    await page.getByRole('link', { name: 'Webhooks', exact: true }).click()
    await page.locator('tbody a').first().click()
    const rows = page.locator('tbody tr')
    await rows.first().waitFor()
    const before = await rows.count()

    await page.getByRole('button', { name: 'Send a test event' }).click()

    await expect.poll(() => rows.count()).toBeGreaterThan(before)
    await expect.poll(() => rows.first().textContent()).toContain('Delivered')
  })

  it('finds the calls made so far, and the one that was refused with its problem', async () => {
    const refused = await fetch(`${server.url}/api/v1/items/itm_nothing`, {
      headers: { authorization: `Bearer ${apiKey}` },
    })
    expect(refused.status).toBe(404)

    await page.getByRole('link', { name: 'Requests', exact: true }).click()
    const row = page.locator('tbody tr', { hasText: 'not_found' }).first()
    await row.waitFor({ timeout: 45_000 })
    await row.getByRole('link', { name: /GET \/api\/v1\/items/ }).click()

    await page.getByRole('heading', { name: 'The problem' }).waitFor()
    expect(await page.locator('main').textContent()).toContain('itm_nothing')
  })

  it('is told which of the keys still calls what will end', async () => {
    await page.getByRole('link', { name: 'Versions', exact: true }).click()
    await page.getByText('None of your keys and applications').waitFor()
    const called = await fetch(`${server.url}/api/v1/whoami`, {
      headers: { authorization: `Bearer ${apiKey}` },
    })
    expect(called.headers.get('deprecation')).not.toBeNull()

    const callers = page.getByRole('region', { name: 'Who still calls GET /api/v1/whoami' })
    await expect
      .poll(
        async () => {
          await page.reload()
          await page.getByRole('heading', { name: 'Dated versions' }).waitFor()
          return callers.getByRole('rowheader').count()
        },
        { timeout: 60_000, interval: 2000 },
      )
      .toBe(1)
    expect(await callers.getByRole('cell').first().textContent()).toBe('1')
  })
})

describe('each page of the console', () => {
  const paths = [
    '',
    '/keys',
    '/applications',
    '/webhooks',
    '/deliveries',
    '/requests',
    '/usage',
    '/versions',
    '/sandboxes',
  ]

  it('has no accessibility findings, wide and narrow, and never scrolls sideways', async () => {
    const findings: string[] = []
    for (const width of [1280, 340]) {
      await page.setViewportSize({ width, height: 800 })
      for (const path of [...paths, await sandboxPath()]) {
        await page.goto(`${server.url}/developers/console${path}`)
        await page.locator('main h1').waitFor()
        await page.locator('.loading').first().waitFor({ state: 'detached' })
        const overflow = await page.evaluate(
          'document.documentElement.scrollWidth - document.documentElement.clientWidth',
        )
        if (overflow !== 0) findings.push(`${path} at ${width}: ${overflow} px too wide`)
        findings.push(...(await axeFindings(page)).map((text) => `${path} at ${width}: ${text}`))
      }
    }

    expect(findings).toEqual([])
  })

  async function sandboxPath(): Promise<string> {
    await page.goto(`${server.url}/developers/console/sandboxes`)
    const href = await page.locator('tbody a').first().getAttribute('href')
    return (href ?? '').replace('/developers/console', '')
  }

  it('makes and revokes a key by keyboard alone', async () => {
    await page.setViewportSize({ width: 1280, height: 900 })
    await page.goto(`${server.url}/developers/console/keys`)
    await page.getByRole('button', { name: 'Create a key' }).focus()
    await page.keyboard.press('Enter')
    await page.getByLabel('Name').focus()
    await page.keyboard.type('By keyboard')
    await page.locator('input[name="scope"]').first().focus()
    await page.keyboard.press('Space')
    await page.getByRole('button', { name: 'Create', exact: true }).focus()
    await page.keyboard.press('Enter')

    await page.getByRole('heading', { name: 'Copy the key now' }).waitFor()
    const row = page.locator('tbody tr', { hasText: 'By keyboard' })
    await row.getByRole('button', { name: 'Revoke' }).focus()
    await page.keyboard.press('Enter')
    await page.getByRole('button', { name: 'Revoke the key' }).focus()
    await page.keyboard.press('Enter')

    await row.getByText('Revoked').waitFor()
    expect(await row.getByText('Revoked').isVisible()).toBe(true)
  })
})
