import { existsSync } from 'node:fs'
import { type Browser, type BrowserContextOptions, chromium, type Page } from 'playwright'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type EmbedSite, startEmbedSite } from '../support/embed-site.ts'

const debian = '/usr/bin/chromium'
const executablePath = process.env['CHROMIUM'] ?? (existsSync(debian) ? debian : undefined)

let site: EmbedSite
let browser: Browser

beforeAll(async () => {
  site = await startEmbedSite()
  browser = await chromium.launch({
    ...(executablePath ? { executablePath } : {}),
    args: ['--no-sandbox'],
  })
})

afterAll(async () => {
  await browser.close()
  await site.stop()
})

/** The strictest policy that still lets the loader in: no inline anything, no Trusted Types policy. */
function strict(more: { script: string; frame?: string }): string {
  return [
    "default-src 'none'",
    `script-src ${more.script}`,
    `frame-src ${more.frame ?? site.widgets}`,
    'img-src data:',
    "base-uri 'none'",
    "form-action 'none'",
    "require-trusted-types-for 'script'",
    "trusted-types 'none'",
  ].join('; ')
}

function embed(id: string): string {
  const src = `${site.widgets}/embed/v1/view/${id}`
  return `<edpsych-embed src="${src}"><a href="${src}">The water cycle</a></edpsych-embed>`
}

const loader = (attributes = '') =>
  `<script async src="${site.widgets}/embed/v1/loader.js" ${attributes}></script>`

interface Visit {
  readonly page: Page
  /** What the browser objected to, and what the embed told the page. */
  readonly complaints: string[]
}

async function visit(
  { policy, body }: { policy: string; body: string },
  options: BrowserContextOptions & { frozen?: boolean } = {},
): Promise<Visit> {
  const { frozen, ...contextOptions } = options
  const context = await browser.newContext(contextOptions)
  const page = await context.newPage()
  if (frozen) await page.clock.install()
  const complaints: string[] = []
  page.on('console', (message) => {
    if (message.type() === 'error') complaints.push(message.text())
  })
  page.on('pageerror', (error) => complaints.push(error.message))
  await page.goto(site.host({ policy, body }))
  return { page, complaints }
}

const heightOf = (page: Page) =>
  page
    .locator('edpsych-embed iframe')
    .first()
    .evaluate((frame) => frame.clientHeight)

describe('the embed under a strict policy with Trusted Types', () => {
  it.each([
    ['a nonce with strict-dynamic', "'nonce-r4nd0m' 'strict-dynamic'", 'nonce="r4nd0m"'],
    ['the host of the widgets', undefined, ''],
  ])('is shown and resized where scripts are let in by %s', async (_, script, attributes) => {
    const { page, complaints } = await visit({
      policy: strict({ script: script ?? site.widgets }),
      body: loader(attributes) + embed('emb_good'),
    })

    const frame = page.frameLocator('edpsych-embed iframe')
    await frame.getByText('Shown in the frame').waitFor()
    await expect.poll(() => heightOf(page)).toBe(432)

    expect(complaints).toEqual([])
    expect(await page.getByRole('link', { name: 'The water cycle' }).isVisible()).toBe(false)
    expect(await page.locator('edpsych-embed iframe').getAttribute('title')).toBe('The water cycle')
  })

  it('is shown by a loader pinned to its hash', async () => {
    const { page, complaints } = await visit({
      policy: strict({ script: site.widgets }),
      body: loader(`integrity="${site.integrity}" crossorigin="anonymous"`) + embed('emb_good'),
    })

    await page.frameLocator('edpsych-embed iframe').getByText('Shown in the frame').waitFor()

    expect(complaints).toEqual([])
  })

  it('stays a plain link where the loader is not the one that was pinned', async () => {
    const { page } = await visit({
      policy: strict({ script: site.widgets }),
      body:
        loader(`integrity="sha384-${'A'.repeat(64)}" crossorigin="anonymous"`) + embed('emb_good'),
    })

    expect(await page.getByRole('link', { name: 'The water cycle' }).isVisible()).toBe(true)
    expect(await page.locator('iframe').count()).toBe(0)
  })

  it('says that the policy blocks it, with the plain link', async () => {
    const { page } = await visit({
      policy: strict({ script: site.widgets, frame: "'none'" }),
      body: loader() + embed('emb_good'),
    })

    await page.getByText('The security policy of this page does not let it show').waitFor()

    const link = page.getByRole('link', { name: 'The water cycle' })
    expect(await link.getAttribute('href')).toBe(`${site.widgets}/embed/v1/view/emb_good`)
    expect(await page.locator('edpsych-embed iframe').count()).toBe(0)
  })
})

describe('the embed on any page', () => {
  const anything = "script-src 'self' http: 'unsafe-inline'; style-src 'unsafe-inline'"

  it('is a plain link without scripts', async () => {
    const { page } = await visit(
      { policy: anything, body: loader() + embed('emb_good') },
      { javaScriptEnabled: false },
    )

    expect(await page.getByRole('link', { name: 'The water cycle' }).isVisible()).toBe(true)
  })

  it('falls back to the link when the frame says nothing', async () => {
    const { page } = await visit(
      { policy: anything, body: loader() + embed('emb_silent') },
      { frozen: true },
    )
    await page.frameLocator('edpsych-embed iframe').getByText('An error page').waitFor()

    await page.clock.runFor(9_000)

    await page.getByText('This content cannot be shown inside this page.').waitFor()
    expect(await page.getByRole('link', { name: 'The water cycle' }).isVisible()).toBe(true)
  })

  it('loads only when it is scrolled to, and says when the reader is offline then', async () => {
    const { page } = await visit(
      {
        policy: anything,
        body: `${loader()}<div style="height: 9000px"></div>${embed('emb_good')}`,
      },
      { frozen: true },
    )
    const embedded = page.locator('edpsych-embed')
    await page.waitForFunction('customElements.get("edpsych-embed") !== undefined')
    await page.context().setOffline(true)

    await embedded.scrollIntoViewIfNeeded()
    await expect
      .poll(async () => {
        await page.clock.runFor(9_000)
        return embedded.evaluate((host) => host.shadowRoot?.textContent)
      })
      .toContain('You seem to be offline')
  })

  it('cannot be resized by another frame, not even of the same origin', async () => {
    const { page } = await visit({
      policy: anything,
      body: `${loader()}${embed('emb_good')}<iframe src="${site.widgets}/embed/v1/view/emb_rival"></iframe>`,
    })

    await expect.poll(() => heightOf(page)).toBe(432)
    await page.waitForTimeout(300)

    expect(await heightOf(page)).toBe(432)
  })
})
