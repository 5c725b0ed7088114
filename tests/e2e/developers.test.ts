import { type Browser, chromium, type Page } from 'playwright'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { axeFindings } from '../support/axe.ts'
import { focused, tabTo } from '../support/keyboard.ts'
import { type LiveServer, startLiveServer } from '../support/live-server.ts'
import { demoAdministrator, signIn } from '../support/story.ts'

/** One of each kind. */
const kinds = [
  '/developers',
  '/developers/guides',
  '/developers/guides/errors',
  '/developers/reference',
  '/developers/reference/items',
  '/developers/events',
  '/developers/scopes',
  '/developers/errors',
  '/developers/errors/not_found',
  '/developers/changelog',
  '/developers/search?q=key',
]

let server: LiveServer
let browser: Browser
const complaints: string[] = []

beforeAll(async () => {
  server = await startLiveServer()
  const executablePath = process.env['CHROMIUM']
  browser = await chromium.launch({
    ...(executablePath ? { executablePath } : {}),
    args: ['--no-sandbox'],
  })
})
afterAll(async () => {
  await browser.close()
  await server.stop()
})

async function openPage(
  path: string,
  options: Parameters<Browser['newPage']>[0] = {},
): Promise<Page> {
  const page = await browser.newPage({ viewport: { width: 1280, height: 800 }, ...options })
  page.on('pageerror', (error) => complaints.push(String(error)))
  page.on('console', (message) => {
    if (/Content Security Policy|Trusted/.test(message.text())) complaints.push(message.text())
  })
  await page.goto(`${server.url}${path}`)
  return page
}

async function scrollWidth(page: Page): Promise<number> {
  return Number(await page.evaluate('document.documentElement.scrollWidth'))
}

describe('each kind of page', () => {
  it('has no accessibility findings, wide and narrow, light and dark', async () => {
    const findings: string[] = []
    for (const path of kinds) {
      for (const [width, colorScheme] of [
        [1280, 'light'],
        [340, 'dark'],
      ] as const) {
        const page = await openPage(path, { viewport: { width, height: 800 }, colorScheme })
        await page.evaluate(
          "for (const details of document.querySelectorAll('details')) details.open = true",
        )
        const found = await axeFindings(page)
        if ((await scrollWidth(page)) > width) found.push('scrolls sideways')
        findings.push(...found.map((finding) => `${path} at ${width}: ${finding}`))
        await page.close()
      }
    }
    expect(findings).toEqual([])
  }, 300_000)

  it('can be read at 400 % without scrolling sideways', async () => {
    for (const path of kinds) {
      // 1280 CSS pixels at 400 %.
      const page = await openPage(path, { viewport: { width: 320, height: 256 } })
      expect(await scrollWidth(page), path).toBeLessThanOrEqual(320)
      await page.close()
    }
  })

  it('is read without JavaScript: text, navigation, all languages, search', async () => {
    const page = await openPage('/developers', {
      javaScriptEnabled: false,
      viewport: { width: 400, height: 800 },
    })
    expect(await page.getByRole('button', { name: 'Create a sandbox' }).count()).toBe(0)
    expect(await page.getByRole('button', { name: 'Copy' }).count()).toBe(0)
    await page.locator('.dev-menu summary').click()
    await page.locator('.dev-menu').getByRole('link', { name: 'Errors', exact: true }).click()
    await page.getByRole('heading', { name: 'Errors', level: 1 }).waitFor()
    await page.goto(`${server.url}/developers`)
    const tabs = page.locator('.tabs').first()
    await tabs.getByText('Python', { exact: true }).first().click()
    await tabs.getByText('import urllib.request').waitFor()
    expect(await tabs.locator('[data-language="curl"]').isVisible()).toBe(false)
    await page.getByRole('searchbox').fill('not_found')
    await page.getByRole('button', { name: 'Search' }).click()
    await page.getByRole('link', { name: 'not_found', exact: true }).click()
    await page.getByRole('heading', { name: 'What to do' }).waitFor()
    await page.close()
  })
})

describe('with the keyboard alone', () => {
  it('searches: / goes there, arrows choose, Enter opens, Escape closes', async () => {
    const page = await openPage('/developers/guides/errors')
    const loaded: string[] = []
    page.on('request', (request) => {
      if (/search/.test(request.url())) loaded.push(request.url())
    })
    await page.keyboard.press('/')
    expect(await focused(page)).toMatch(/^input/)
    expect(loaded).toEqual([])

    await page.keyboard.type('rate lim')
    const results = page.getByRole('listbox')
    await results.waitFor()
    expect(await axeFindings(page)).toEqual([])
    expect(await results.getByRole('group').count()).toBeGreaterThan(1)

    await page.keyboard.press('Escape')
    await results.waitFor({ state: 'hidden' })

    await page.keyboard.type('i')
    await results.waitFor()
    await page.keyboard.press('ArrowDown')
    await page.keyboard.press('ArrowDown')
    await page.keyboard.press('ArrowUp')
    const chosen = results.getByRole('option', { selected: true })
    expect(await chosen.textContent()).toContain('Rate limits')
    await page.keyboard.press('Enter')
    await page.waitForURL('**/developers/guides/rate-limits')
    await page.close()
  })

  it('chooses a language with the arrows, for all examples and later pages', async () => {
    const page = await openPage('/developers')
    await page.keyboard.press('Tab')
    expect(await focused(page)).toBe('a: Skip to content')
    await page.keyboard.press('Enter')
    await tabTo(page, /^input: curl/)
    await page.keyboard.press('ArrowRight')
    expect(await focused(page)).toBe('input: TypeScript')
    const shown = page.locator('.tabs [data-language="typescript"]:visible')
    expect(await shown.count()).toBe(await page.locator('.tabs').count())

    await page.goto(`${server.url}/developers/reference/items`)
    expect(await page.locator('.tabs [data-language="curl"]:visible').count()).toBe(0)
    await page.close()
  })

  it('reaches what scrolls inside the page, to scroll it', async () => {
    const page = await openPage('/developers/guides/errors', {
      viewport: { width: 340, height: 800 },
    })
    await tabTo(page, /^pre: /)
    await page.keyboard.press('ArrowRight')
    await expect.poll(() => page.evaluate('document.activeElement.scrollLeft')).toBeGreaterThan(0)
    await page.close()
  })
})

describe('a sandbox of the reader', () => {
  it('is made for those who are signed in, too', async () => {
    const page = await openPage('/developers')
    await signIn(page, server, demoAdministrator(server))
    await page.goto(`${server.url}/developers`)
    await page.getByRole('button', { name: 'Create a sandbox' }).click()

    await page.getByText('Your sandbox is ready').waitFor()
    expect(await page.getByLabel('Your test key').inputValue()).toMatch(/^edp_test_/)
    await page.close()
  })

  it('is made by one click, fills every example, and lets calls be tried', async () => {
    const page = await openPage('/developers')
    await page.getByRole('button', { name: 'Create a sandbox' }).click()
    await page.getByText('Your sandbox is ready').waitFor()
    const key = await page.getByLabel('Your test key').inputValue()
    expect(key).toMatch(/^edp_test_/)
    const snippets = await page.locator('.tabs code').allTextContents()
    expect(snippets.length).toBeGreaterThan(4)
    expect(snippets.filter((text) => !text.includes(key))).toEqual([])
    expect(snippets.some((text) => text.includes('/sandbox/inspector/'))).toBe(true)

    await page.goto(`${server.url}/developers/reference/items`)
    const first = page.locator('.operation').filter({ hasText: 'GET /api/v1/items' }).first()
    await first.getByText('Try it').click()
    await first.getByText('Optional parameters').click()
    await first.getByLabel('limit', { exact: true }).fill('2')
    await first.getByRole('button', { name: 'Send' }).click()
    await first.getByText(/^200 .* in \d+ ms$/).waitFor()
    const answer = first.locator('[data-try-answer]')
    expect(await answer.textContent()).toContain('"data": [')
    expect(await answer.textContent()).toContain('ratelimit-policy: ')
    expect(await axeFindings(page)).toEqual([])

    await first.getByLabel('limit', { exact: true }).fill('0')
    await first.getByRole('button', { name: 'Send' }).click()
    await first.getByText(/^400 .* in \d+ ms$/).waitFor()
    expect(await answer.textContent()).toContain('invalid_request')

    // Another tab knows nothing of it.
    const other = await openPage('/developers')
    expect(await other.getByLabel('Your test key').inputValue()).toBe('')
    await other.close()

    await page.getByRole('button', { name: 'Forget the key' }).click()
    expect(await page.locator('.tabs code').first().textContent()).toContain('edp_test_your_key')
    await page.close()
  })

  it('takes no other key than a test key', async () => {
    const page = await openPage('/developers')
    await page.getByLabel('Your test key').fill('edp_live_0123456789abcdef')
    await page.getByRole('button', { name: 'Use' }).click()
    await page.getByText('Only test keys are used here').waitFor()
    expect(await page.evaluate('sessionStorage.length')).toBe(0)
    await page.close()
  })

  it('is copied with the snippet', async () => {
    const page = await openPage('/developers/guides/pagination')
    await page.context().grantPermissions(['clipboard-read', 'clipboard-write'])
    await page.getByRole('button', { name: 'Copy: Shell' }).first().click()
    await page.getByText('Copied', { exact: true }).first().waitFor()
    expect(await page.evaluate('navigator.clipboard.readText()')).toContain(
      '/api/v1/items?limit=100',
    )
    await page.close()
  })
})

describe('all of it', () => {
  it('stayed within the policy of the pages', () => {
    expect(complaints).toEqual([])
  })
})
