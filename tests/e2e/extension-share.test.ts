import type { Page } from 'playwright'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, inject, it } from 'vitest'
import { axeFindings } from '../support/axe.ts'
import {
  type ClassroomServer,
  classId,
  courseId,
  otherClassId,
  otherCourseId,
  startClassroomServer,
} from '../support/classroom-server.ts'
import { type ExtensionBrowser, launchWithExtension } from '../support/extension-browser.ts'
import { type FakeEdPsych, resource, startFakeEdPsych } from '../support/fake-edpsych.ts'

const memory = resource('res_memory', {
  name: 'Working memory: five strategies',
  description: 'Ways to make lessons easier to hold in mind.',
  learningResourceType: 'guidance',
  educationalLevel: 'Key Stage 2',
  timeRequiredMinutes: 15,
  about: ['Memory', 'Inclusion'],
  content: [
    { type: 'heading', text: 'Say it in steps' },
    { type: 'paragraph', text: 'One instruction at a time.' },
    { type: 'list', ordered: true, entries: ['Say it', 'Show it', 'Let them say it'] },
  ],
})
const reading = resource('res_reading', { name: 'Paired reading at home' })

let classroom: ClassroomServer
let browser: ExtensionBrowser
let edpsych: FakeEdPsych
let page: Page

beforeAll(async () => {
  classroom = await startClassroomServer()
  browser = await launchWithExtension(inject('extensionBuilds').test, classroom.port)
})
afterAll(async () => {
  await browser.close()
  await classroom.stop()
})

beforeEach(async () => {
  edpsych = await startFakeEdPsych()
  edpsych.resources = [memory, reading]
  page = await browser.context.newPage()
})
afterEach(async () => {
  await browser.reset()
  await edpsych.stop()
})

async function pair(): Promise<void> {
  edpsych.codes.add('ABCD-EFGH')
  const options = await browser.openPage('options/index.html')
  await options.getByLabel('Server address').fill(edpsych.origin)
  await options.getByLabel('Pairing code').fill('ABCD-EFGH')
  await options.getByRole('button', { name: 'Pair this browser' }).click()
  await options.getByRole('heading', { name: 'This browser is paired' }).waitFor()
  await options.close()
}

/** From a class page to the side panel beside it. */
async function openPanel(path = `/u/1/c/${classId}`): Promise<Page> {
  await page.goto(`https://classroom.google.com${path}`)
  await page.getByRole('button', { name: 'EdPsych: find a resource' }).click()
  return browser.sidePanel()
}

/** The share page that opens meanwhile, as its address. */
async function sharedBy(act: () => Promise<void>): Promise<URL> {
  const opening = browser.context.waitForEvent('page')
  await act()
  const opened = await opening
  await opened.waitForURL(/\/share\?/)
  return new URL(opened.url())
}

describe('sharing a resource', () => {
  it('goes from the pairing to the share page of the class', async () => {
    await pair()
    const panel = await openPanel()

    await panel.getByText('Shares go to the class that is open in this tab.').waitFor()
    await panel.getByLabel('Search the library').fill('memory')
    await panel.getByText('1 resource found').waitFor({ state: 'attached' })
    const card = panel.getByRole('article')
    expect(await card.count()).toBe(1)
    const text = await card.textContent()
    expect(text).toContain('CC BY 4.0')
    expect(text).toContain('Harbour Learning Trust')
    const shared = await sharedBy(() =>
      card.getByRole('button', { name: 'Share to Classroom' }).click(),
    )

    expect(shared.origin + shared.pathname).toBe('https://classroom.google.com/u/1/share')
    expect(Object.fromEntries(shared.searchParams)).toEqual({
      url: memory.shareUrl,
      title: memory.name,
      body: `${memory.description}\n\nHarbour Learning Trust · CC BY 4.0`,
      itemtype: 'material',
      courseid: courseId,
    })
    expect(edpsych.searches).toEqual(['', 'memory'])
  })

  it('works from the keyboard alone, with a preview and another kind of post', async () => {
    await pair()
    const panel = await openPanel()
    await panel.getByRole('article').first().waitFor()

    await panel.getByLabel('Search the library').focus()
    await panel.keyboard.type('memory')
    await panel.getByText('1 resource found').waitFor({ state: 'attached' })
    await panel.keyboard.press('Tab')
    await panel.keyboard.press('Tab')
    await panel.keyboard.press('Enter')
    await panel.getByRole('heading', { name: 'Say it in steps' }).waitFor()
    expect(await panel.evaluate(focusedText)).toBe(memory.name)
    await tabTo(panel, 'input[type=radio]')
    await panel.keyboard.press('ArrowDown')
    await panel.keyboard.press('Tab')
    const shared = await sharedBy(() => panel.keyboard.press('Enter'))

    expect(shared.searchParams.get('itemtype')).toBe('assignment')

    await panel.keyboard.press('Shift+Tab')
    await tabTo(panel, '.back', 'Shift+Tab')
    await panel.keyboard.press('Enter')
    await panel.getByRole('article').waitFor()
    expect(await panel.evaluate(focusedText)).toBe(memory.name)
  })

  it('follows the class when the page moves on to another one', async () => {
    await pair()
    const panel = await openPanel()
    await panel.getByRole('article').first().waitFor()

    await page.evaluate(`fixture.openClass('/c/${otherClassId}', '${otherCourseId}')`)
    const shared = await sharedBy(() =>
      panel.getByRole('button', { name: 'Share to Classroom: Paired reading' }).click(),
    )

    expect(shared.pathname).toBe('/share')
    expect(shared.searchParams.get('courseid')).toBe(otherCourseId)
  })

  it('leaves the class open where the tab shows none', async () => {
    await pair()
    const panel = await openPanel()
    await panel.getByRole('article').first().waitFor()

    await page.goto('https://classroom.google.com/h')
    await panel.getByText('Google Classroom will ask you for the class.').waitFor()
    const shared = await sharedBy(() =>
      panel.getByRole('button', { name: 'Share to Classroom: Paired reading' }).click(),
    )

    expect(shared.searchParams.has('courseid')).toBe(false)
  })

  it('carries on when the service worker is stopped on the way', async () => {
    await pair()
    await browser.stopWorker()
    const panel = await openPanel()
    await panel.getByRole('article').first().waitFor()

    await browser.stopWorker()
    await panel.getByLabel('Search the library').fill('paired')

    await panel.getByText('1 resource found').waitFor({ state: 'attached' })
    expect(await panel.getByRole('article').textContent()).toContain('Paired reading at home')
  })
})

describe('the panel', () => {
  it('leads to the options page while the browser is not paired, and goes on by itself', async () => {
    const panel = await openPanel()
    await panel.getByRole('heading', { name: 'Not paired yet' }).waitFor()
    expect(await axeFindings(panel)).toEqual([])
    await panel.getByRole('button', { name: 'Pair this browser' }).click()
    await expect
      .poll(() => browser.context.pages().map((each) => each.url()))
      .toContain(`${browser.origin}/options/index.html`)

    await pair()

    await panel.getByRole('article').first().waitFor()
  })

  it('says that the pairing has ended when the server withdrew it', async () => {
    await pair()
    const panel = await openPanel()
    await panel.getByRole('article').first().waitFor()
    edpsych.tokens.clear()

    await panel.getByLabel('Search the library').fill('x')

    await panel.getByRole('heading', { name: 'The pairing has ended' }).waitFor()
  })

  it('shows more of a long library, and moves on to what is new', async () => {
    edpsych.resources = Array.from({ length: 25 }, (_, index) => resource(`res_${index + 1}`))
    await pair()
    const panel = await openPanel()
    await panel.getByRole('article').nth(19).waitFor()

    await panel.getByRole('button', { name: 'Show more' }).click()

    await panel.getByRole('article').nth(24).waitFor()
    expect(await panel.getByRole('button', { name: 'Show more' }).count()).toBe(0)
    await panel.waitForFunction(`${focusedText} === 'Resource res_21'`)
  })

  it('tells an empty library from a search without results', async () => {
    edpsych.resources = []
    await pair()
    const panel = await openPanel()
    await panel.getByRole('heading', { name: 'The library is empty' }).waitFor()
    expect(await axeFindings(panel)).toEqual([])

    await panel.getByLabel('Search the library').fill('zebra')

    await panel.getByRole('heading', { name: 'Nothing found' }).waitFor()
  })

  it('shows trouble with its reference and tries again', async () => {
    await pair()
    edpsych.failWith = 500
    const panel = await openPanel()
    await panel.getByText('Reference: req_test').waitFor()
    expect(await axeFindings(panel)).toEqual([])
    edpsych.failWith = undefined

    await panel.getByRole('button', { name: 'Try again' }).click()

    await panel.getByRole('article').first().waitFor()
  })

  it('shows nothing that a web page could not be opened with', async () => {
    edpsych.resources = [reading]
    await pair()
    const panel = await openPanel()
    await panel.getByRole('article').first().waitFor()

    const links = await panel.getByRole('link').all()
    for (const link of links) expect(await link.getAttribute('href')).toMatch(/^https:/)
  })

  it('has nothing that axe objects to, as a list and as a preview', async () => {
    await pair()
    const panel = await openPanel()
    await panel.getByRole('article').first().waitFor()
    expect(await axeFindings(panel)).toEqual([])

    await panel.getByRole('button', { name: memory.name, exact: true }).click()
    await panel.getByRole('heading', { name: 'Say it in steps' }).waitFor()
    expect(await axeFindings(panel)).toEqual([])
  })

  it('shows the same as a tab of its own, for the class it was opened from', async () => {
    await pair()
    await page.goto(`https://classroom.google.com/c/${classId}`)
    const ask = await browser.openPage('options/index.html')
    const tabId = await ask.evaluate(`chrome.tabs.query({}).then(async (tabs) => {
      for (const { id } of tabs) {
        const found = await chrome.tabs.sendMessage(id, { type: 'class-page' }).catch(() => null)
        if (found) return id
      }
    })`)

    const tab = await browser.openPage(`sidepanel/index.html?tab=${tabId}`)

    await tab.getByText('Shares go to the class that is open in this tab.').waitFor()
  })
})

/** Presses a key until the focus is on an element that matches. */
async function tabTo(panel: Page, selector: string, key = 'Tab'): Promise<void> {
  for (let presses = 0; presses < 20; presses += 1) {
    if (await panel.evaluate(`${deepestFocus}.matches('${selector}')`)) return
    await panel.keyboard.press(key)
  }
  throw new Error(`${selector} cannot be reached with ${key}`)
}

const deepestFocus = `(() => {
  let focused = document.activeElement
  while (focused?.shadowRoot?.activeElement) focused = focused.shadowRoot.activeElement
  return focused
})()`
const focusedText = `${deepestFocus}.textContent.trim()`
