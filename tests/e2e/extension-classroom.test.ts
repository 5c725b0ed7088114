import type { Page } from 'playwright'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, inject, it } from 'vitest'
import { axeFindings } from '../support/axe.ts'
import {
  type ClassroomServer,
  classId,
  otherClassId,
  otherCourseId,
  startClassroomServer,
} from '../support/classroom-server.ts'
import { type ExtensionBrowser, launchWithExtension } from '../support/extension-browser.ts'

const site = 'https://classroom.google.com'
const stream = `/c/${classId}`
const classwork = `/w/${classId}/t/all`

let classroom: ClassroomServer
let browser: ExtensionBrowser
let page: Page
let complaints: string[]

beforeAll(async () => {
  classroom = await startClassroomServer()
  browser = await launchWithExtension(inject('extensionBuilds').test, classroom.port)
})
afterAll(async () => {
  await browser.close()
  await classroom.stop()
})

beforeEach(async () => {
  classroom.policy = 'allow-list'
  classroom.violations.length = 0
  complaints = []
  page = await browser.context.newPage()
  page.on('pageerror', (error) => complaints.push(String(error)))
  page.on('console', (message) => {
    if (message.type() === 'error') complaints.push(message.text())
  })
})
afterEach(async () => {
  await page.close()
})

const launcher = () => page.getByRole('button', { name: 'EdPsych: find a resource for this class' })
const hosts = () => page.locator('edpsych-launcher')

async function visit(path: string): Promise<void> {
  await page.goto(`${site}${path}`)
}

/** Lets the page's observers and animation frames run. */
async function settle(): Promise<void> {
  await page.waitForTimeout(150)
}

/** What the content script of the page answers to the side panel. */
async function classAsked(): Promise<unknown> {
  const extension = await browser.openPage('options/index.html')
  try {
    return await extension.evaluate(`chrome.tabs.query({}).then((tabs) => Promise.any(
      tabs.map(({ id }) => chrome.tabs.sendMessage(id, { type: 'class-page' }))))`)
  } finally {
    await extension.close()
  }
}

describe.each(['required', 'allow-list'] as const)('with Trusted Types %s', (policy) => {
  beforeEach(() => {
    classroom.policy = policy
  })

  it.each([
    ['the stream', stream],
    ['classwork', classwork],
    ['classwork of one topic', `/w/${classId}/tc/${classId}`],
    ['the stream of a second account', `/u/1${stream}`],
  ])('shows one button on %s', async (_, path) => {
    await visit(path)

    await launcher().waitFor()
    expect(await hosts().count()).toBe(1)
    expect(complaints).toEqual([])
    expect(classroom.violations).toEqual([])
  })
})

describe('where it does not belong', () => {
  it.each(['/h', `${stream}/a/${classId}/details`, `/r/${classId}/sort-last-name`, '/share'])(
    'shows nothing on %s',
    async (path) => {
      await visit(path)
      await settle()

      expect(await hosts().count()).toBe(0)
    },
  )
})

describe('in a single-page application', () => {
  it('knows the class that is open, while the view before is still in the document', async () => {
    await visit(stream)
    await launcher().waitFor()

    await page.evaluate(`fixture.openClass('/u/1/c/${otherClassId}', '${otherCourseId}')`)
    await settle()

    expect(await page.locator('[data-view]').count()).toBe(3)
    expect(await hosts().count()).toBe(1)
    expect(await page.locator('[data-view] edpsych-launcher').count()).toBe(0)
    expect(await classAsked()).toEqual({
      view: 'stream',
      classId: otherClassId,
      courseId: otherCourseId,
      account: 1,
    })
  })

  it('comes and goes with pushState and the back button', async () => {
    await visit('/h')
    await settle()
    expect(await hosts().count()).toBe(0)

    await page.evaluate(`fixture.go('${classwork}')`)
    await launcher().waitFor()

    await page.evaluate(`fixture.go('${stream}/a/${classId}/details')`)
    await launcher().waitFor({ state: 'detached' })

    await page.goBack()
    await launcher().waitFor()
    expect(await hosts().count()).toBe(1)
  })

  it('stays one button when the address changes many times at once', async () => {
    await visit(stream)
    await page.evaluate(
      `for (let i = 0; i < 20; i++) fixture.go(i % 2 ? '${stream}' : '${classwork}')`,
    )
    await settle()

    expect(await hosts().count()).toBe(1)
  })

  it('keeps its focus when only the fragment changes', async () => {
    await visit(stream)
    await launcher().focus()

    await page.evaluate(`fixture.go('${stream}#post')`)
    await settle()

    expect(await page.evaluate('document.activeElement.localName')).toBe('edpsych-launcher')
  })

  it('comes back when the page renders it away', async () => {
    await visit(stream)
    await launcher().waitFor()

    for (const act of ['renderAgain', 'replaceBody', 'renderAgain']) {
      await page.evaluate(`fixture.${act}()`)
      await settle()
      expect(await hosts().count()).toBe(1)
      expect(await launcher().isVisible()).toBe(true)
    }
  })

  it('gives up against a page that removes it without end', async () => {
    await visit(stream)
    await launcher().waitFor()
    await page.evaluate(`{
      window.removals = 0
      new MutationObserver(() => {
        const host = document.querySelector('edpsych-launcher')
        if (host) { window.removals += 1; host.remove() }
      }).observe(document.body, { childList: true })
      fixture.renderAgain()
    }`)
    await page.waitForTimeout(2000)

    const removals = await page.evaluate('window.removals')
    expect(removals).toBeLessThanOrEqual(51)
    await settle()
    expect(await page.evaluate('window.removals')).toBe(removals)
  })
})

describe('the content script', () => {
  it.each(['local', 'session'])('cannot read what is stored in storage.%s', async (area) => {
    const session = await browser.context.newCDPSession(page)
    const worlds: { id: number; name: string }[] = []
    session.on('Runtime.executionContextCreated', ({ context }) => worlds.push(context))
    await session.send('Runtime.enable')
    await visit(stream)
    await launcher().waitFor()
    const world = worlds.findLast(({ name }) => name === 'EdPsych Connect')

    const { result } = await session.send('Runtime.evaluate', {
      contextId: world?.id ?? 0,
      awaitPromise: true,
      expression: `chrome.storage.${area}.get().then(() => 'read', () => 'refused')`,
    })

    expect(result.value).toBe('refused')
  })
})

describe('the button', () => {
  it('looks the same whatever the page says about its own buttons', async () => {
    await visit(stream)

    const box = await launcher().boundingBox()
    expect(box?.height).toBe(48)
    expect(box?.x).toBeGreaterThan(1000)
    expect((box?.y ?? 0) + (box?.height ?? 0)).toBe(800 - 24)
    expect(await page.evaluate(styleOfText)).toEqual(['none', '0.14px', '14px'])
  })

  it('stands at the other edge where people read from the right', async () => {
    await visit(`${classwork}?hl=ar`)

    expect((await launcher().boundingBox())?.x).toBe(24)
  })

  it('has nothing that axe objects to', async () => {
    await visit(stream)
    await launcher().waitFor()

    const findings = await axeFindings(page)
    expect(findings.filter((finding) => finding.includes('edpsych-launcher'))).toEqual([])
  })

  it('opens the side panel with the keyboard', async () => {
    await visit(stream)
    await launcher().waitFor()
    await launcher().focus()
    await page.keyboard.press('Enter')

    const panel = await browser.sidePanel()
    await panel.getByRole('heading', { name: 'Not paired yet' }).waitFor()
    expect(await page.getByRole('status').textContent()).toMatch(/^\s*$/)
  })

  it('says what to do when the extension was updated under the page', async () => {
    await visit(stream)
    await launcher().waitFor()
    const extension = await browser.openPage('options/index.html')
    // Ends every context of the extension, as an update does.
    await extension.evaluate('setTimeout(() => chrome.runtime.reload())').catch(() => undefined)
    await page.waitForTimeout(500)

    await launcher().click()

    await page.getByText('Reload this page to use it').waitFor()
  })
})

describe('the build that people install', () => {
  it('shows the button in a closed shadow root that opens the panel', async () => {
    const installed = await launchWithExtension(
      inject('extensionBuilds').production,
      classroom.port,
    )
    try {
      const visited = await installed.context.newPage()
      await visited.goto(`${site}${stream}`)
      await visited.locator('edpsych-launcher').waitFor({ state: 'attached' })
      expect(await visited.evaluate(`document.querySelector('edpsych-launcher').shadowRoot`)).toBe(
        null,
      )

      await visited.mouse.click(1200 - 60, 800 - 48)

      const panel = await installed.sidePanel()
      await panel.getByRole('heading', { name: 'Not paired yet' }).waitFor()
    } finally {
      await installed.close()
    }
  })
})

const styleOfText = `(() => {
  const text = document.querySelector('edpsych-launcher').shadowRoot.querySelector('span')
  const { textTransform, letterSpacing, fontSize } = getComputedStyle(text)
  return [textTransform, letterSpacing, fontSize]
})()`
