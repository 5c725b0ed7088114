import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as wait } from 'node:timers/promises'
import { type Browser, type BrowserContext, chromium, type Page } from 'playwright'

export interface ExtensionBrowser {
  readonly context: BrowserContext
  /** `chrome-extension://<id>`. */
  readonly origin: string
  openPage(path: string): Promise<Page>
  /** The side panel, once it is open. */
  sidePanel(): Promise<Page>
  /** Forgets the pairing and closes every page but the first. */
  reset(): Promise<void>
  /** Ends the service worker as the browser does when it is idle. */
  stopWorker(): Promise<void>
  close(): Promise<void>
}

/** Chromium with the extension loaded, for which classroom.google.com is on a local port and nothing else exists. */
export async function launchWithExtension(
  builds: string,
  classroomPort: number,
): Promise<ExtensionBrowser> {
  const extension = join(builds, 'chrome')
  const profile = mkdtempSync(join(tmpdir(), 'edpsych-profile-'))
  const hosts = [
    `MAP classroom.google.com:443 127.0.0.1:${classroomPort}`,
    'MAP * ~NOTFOUND',
    'EXCLUDE 127.0.0.1',
  ]
  const executablePath = process.env['CHROMIUM']
  const context = await chromium.launchPersistentContext(profile, {
    ...(executablePath ? { executablePath } : {}),
    headless: true,
    ignoreHTTPSErrors: true,
    viewport: { width: 1200, height: 800 },
    args: [
      '--no-sandbox',
      '--remote-debugging-port=0',
      `--host-resolver-rules=${hosts.join(',')}`,
      '--ignore-certificate-errors',
      `--disable-extensions-except=${extension}`,
      `--load-extension=${extension}`,
    ],
  })
  const worker = context.serviceWorkers()[0] ?? (await context.waitForEvent('serviceworker'))
  const origin = new URL(worker.url()).href.replace(/\/background\.js$/, '')
  // Once installed it opens its options page, which would come in the way of a test.
  const welcome = () => pageAt([context], `${origin}/options/`)
  while (!welcome()) await wait(50)
  await welcome()?.goto('about:blank')
  let second: Browser | undefined

  const openPage = async (path: string) => {
    const page = await context.newPage()
    await page.goto(`${origin}/${path}`)
    return page
  }

  return {
    context,
    origin,
    openPage,
    sidePanel: async () => {
      // Playwright shows side panels to a second connection only, and only those already open.
      for (let tries = 0; tries < 100; tries += 1) {
        await second?.close()
        second = await chromium.connectOverCDP(`http://127.0.0.1:${debuggingPort(profile)}`)
        const panel = pageAt(second.contexts(), `${origin}/sidepanel/`)
        if (panel) return panel
        await wait(300)
      }
      throw new Error('no side panel opened within half a minute')
    },
    reset: async () => {
      const page = await openPage('third-party.txt')
      await page.evaluate(
        'Promise.all([chrome.storage.local.clear(), chrome.storage.session.clear()])',
      )
      await page.evaluate(closePanel)
      for (const other of context.pages().slice(1)) await other.close()
    },
    stopWorker: async () => {
      // A page without a script: any other would wake the worker again.
      const page = await openPage('third-party.txt')
      const session = await context.newCDPSession(page)
      await session.send('ServiceWorker.enable')
      await session.send('ServiceWorker.stopAllWorkers')
      const isRunning = async () => {
        const { targetInfos } = await session.send('Target.getTargets')
        return targetInfos.some(({ type }) => type === 'service_worker')
      }
      while (await isRunning()) await wait(50)
      await page.close()
    },
    close: async () => {
      await second?.close()
      await context.close()
      rmSync(profile, { recursive: true, force: true })
    },
  }
}

function debuggingPort(profile: string): string {
  return readFileSync(join(profile, 'DevToolsActivePort'), 'utf8').split('\n')[0] ?? ''
}

function pageAt(contexts: readonly BrowserContext[], address: string): Page | undefined {
  const pages = contexts.flatMap((context) => context.pages())
  return pages.find((page) => page.url().startsWith(address))
}

const closePanel = `chrome.windows.getCurrent()
  .then(({ id }) => chrome.sidePanel.close({ windowId: id }))
  .catch(() => 'none was open')`
