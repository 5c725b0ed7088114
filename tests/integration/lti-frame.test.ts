import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { type Browser, type BrowserContext, chromium, type Page } from 'playwright'
import { build } from 'vite'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { axeFindings } from '../support/axe.ts'
import { useTestDatabase } from '../support/database.ts'
import { type HostilePlatform, startHostilePlatform } from '../support/hostile-platform.ts'
import { goodClaims, newTenant } from '../support/lti-launches.ts'
import { type LtiToolServer, startLtiTool } from '../support/lti-tool-server.ts'

useTestDatabase()

const executablePath = process.env['CHROMIUM']
const launchOptions = { ...(executablePath ? { executablePath } : {}), args: ['--no-sandbox'] }
let assets: string
let browser: Browser
let tool: LtiToolServer
let platform: HostilePlatform
let context: BrowserContext
let page: Page
/** What happens to the browser while the platform is asked who it is. */
let meanwhile: () => Promise<void>

beforeAll(async () => {
  assets = await mkdtemp(join(tmpdir(), 'edpsych-assets-'))
  await build({
    configFile: false,
    logLevel: 'error',
    build: {
      outDir: assets,
      rollupOptions: {
        input: fileURLToPath(new URL('../../widgets/lti-state/lti-state.ts', import.meta.url)),
        output: { entryFileNames: '[name].js' },
      },
    },
  })
  browser = await chromium.launch(launchOptions)
  platform = await startHostilePlatform()
  tool = await startLtiTool({ host: 'localhost', assets })
  await tool.as(newTenant())('POST /api/v1/lti/platforms', { body: platform.registration() })
  platform.pages.set('/auth', authPage)
})

afterAll(async () => {
  await Promise.all([browser.close(), tool.stop(), platform.stop()])
  await rm(assets, { recursive: true, force: true })
})

beforeEach(async () => {
  meanwhile = async () => {}
  context = await browser.newContext()
  page = await context.newPage()
})

afterEach(async () => {
  await context.close()
})

/** The platform's answer: a form that posts itself, as every LMS does it. */
async function authPage(url: URL): Promise<string> {
  await meanwhile()
  const idToken = await platform.sign(
    goodClaims(tool, platform, url.searchParams.get('nonce') ?? ''),
  )
  return `<!doctype html><title>LMS</title>
    <form method="post" action="${url.searchParams.get('redirect_uri')}">
      <input type="hidden" name="id_token" value="${idToken}">
      <input type="hidden" name="state" value="${url.searchParams.get('state')}">
    </form><script>document.forms[0].submit()</script>`
}

/** Keeps data for tools, in the window around their frame. */
const storageScript = `const memory = {}; const asked = []
  addEventListener('message', ({ data, source, origin }) => {
    if (!/^lti\\.\\w+$/.test(data?.subject ?? '')) return
    asked.push(data.subject)
    if (data.subject === 'lti.put_data') memory[origin + data.key] = data.value
    source.postMessage({
      subject: data.subject + '.response',
      message_id: data.message_id,
      key: data.key,
      value: memory[origin + data.key],
      supported_messages: [{ subject: 'lti.put_data' }, { subject: 'lti.get_data' }],
    }, origin)
  })`

function loginParameters(storageTarget?: string): URLSearchParams {
  return new URLSearchParams({
    iss: platform.origin,
    login_hint: 'hint-7',
    target_link_uri: `${tool.publicUrl}/lti`,
    client_id: 'client-1',
    ...(storageTarget ? { lti_storage_target: storageTarget } : {}),
  })
}

/** Opens a course page whose activity is a frame of another site. */
async function openCourse(options: { storage?: boolean; target?: string } = {}): Promise<void> {
  const login = loginParameters(options.target)
  platform.pages.set(
    '/course',
    () => `<!doctype html><title>Course</title>
      <script>${options.storage ? storageScript : ''}</script>
      <iframe title="Activity" src="${tool.publicUrl}/lti/login?${login}"></iframe>`,
  )
  await page.goto(`${platform.origin}/course`)
}

/** Some builds of Chromium close web storage in frames of other sites together with their cookies. */
async function withOpenWebStorage(profile: string): Promise<BrowserContext> {
  await mkdir(join(profile, 'Default'))
  await writeFile(
    join(profile, 'Default', 'Preferences'),
    JSON.stringify({ profile: { cookie_controls_mode: 0, block_third_party_cookies: false } }),
  )
  return chromium.launchPersistentContext(profile, launchOptions)
}

const activity = () => page.frameLocator('iframe')

async function blockWebStorage(): Promise<void> {
  await page.addInitScript(`if (parent !== window) {
    for (const name of ['sessionStorage', 'localStorage']) {
      Object.defineProperty(window, name, {
        get() { throw new DOMException('blocked', 'SecurityError') },
      })
    }
  }`)
}

describe('the pages that people may see', () => {
  it.each([
    ['the front door', () => '/lti', 'Open this from your LMS'],
    [
      'a refusal',
      () => '/lti/login?iss=https://unknown.example',
      'The activity could not be opened',
    ],
    [
      'the way to the platform',
      () => `/lti/login?${loginParameters('_parent')}`,
      'Opening the activity',
    ],
  ])('%s is accessible, in light and dark', async (_, path, heading) => {
    // The page itself, not where its script leads.
    await page.route('**/assets/lti-state.js', (route) => route.abort())
    for (const colorScheme of ['light', 'dark'] as const) {
      await page.emulateMedia({ colorScheme })
      await page.goto(`${tool.publicUrl}${path()}`)

      await page.getByRole('heading', { name: heading }).waitFor()
      expect(await axeFindings(page)).toEqual([])
    }
  })

  it('the offer of a new window is accessible', async () => {
    meanwhile = () => context.clearCookies()
    await page.goto(`${tool.publicUrl}/lti/login?${loginParameters()}`)
    await page.getByRole('link', { name: 'Open in a new window' }).waitFor()

    expect(await axeFindings(page)).toEqual([])
  })
})

describe('an activity in the frame of another site', () => {
  it('opens with a cookie of its own partition', async () => {
    await openCourse()

    await activity().getByText('app').waitFor()
    const names = (await context.cookies()).map(({ name }) => name)
    expect(names).toContain('edp_lti_frame')
    expect(names.filter((name) => /^edp_lti_\w{8}$/.test(name))).toEqual([])
  })

  it('opens with what web storage kept when every cookie was dropped', async () => {
    const profile = await mkdtemp(join(tmpdir(), 'edpsych-profile-'))
    await context.close()
    context = await withOpenWebStorage(profile)
    page = await context.newPage()
    meanwhile = () => context.clearCookies()
    const statuses: number[] = []
    page.on('response', (response) => {
      if (response.url().endsWith('/lti/launch/confirm')) statuses.push(response.status())
    })

    await openCourse()

    await expect
      .poll(() => activity().locator('body').textContent(), { timeout: 15_000 })
      .toContain('app')
    expect(statuses).toEqual([200])
    await context.close()
    await rm(profile, { recursive: true, force: true })
  })

  it('opens with what the platform kept when the browser keeps nothing', async () => {
    meanwhile = () => context.clearCookies()
    await blockWebStorage()

    await openCourse({ storage: true, target: '_parent' })

    await activity().getByText('app').waitFor()
    expect(await page.evaluate('asked')).toEqual(['lti.put_data', 'lti.get_data'])
  })

  it('finds the storage of a platform that did not announce it', async () => {
    meanwhile = () => context.clearCookies()
    await blockWebStorage()

    await openCourse({ storage: true })

    await activity().getByText('app').waitFor()
    expect(await page.evaluate('asked')).toEqual([
      'lti.capabilities',
      'lti.put_data',
      'lti.capabilities',
      'lti.get_data',
    ])
  })

  it('that nothing can prove opens in a window of its own, by keyboard alone', async () => {
    meanwhile = () => context.clearCookies()
    await blockWebStorage()
    await openCourse()
    const link = activity().getByRole('link', { name: 'Open in a new window' })
    await link.waitFor()
    meanwhile = async () => {}

    const opened = context.waitForEvent('page')
    await page.keyboard.press('Tab')
    await page.keyboard.press('Enter')

    const window = await opened
    await window.getByText('app').waitFor()
    expect(new URL(window.url()).pathname).toBe('/lti/app')
  })

  it('meets the policy of its pages without a complaint', async () => {
    const complaints: string[] = []
    page.on('console', (message) => {
      if (message.type() === 'error') complaints.push(message.text())
    })
    page.on('pageerror', (error) => complaints.push(String(error)))
    meanwhile = () => context.clearCookies()

    await openCourse({ storage: true })

    await activity().getByText('app').waitFor()
    expect(complaints.filter((text) => !/favicon|404/.test(text))).toEqual([])
  })
})
