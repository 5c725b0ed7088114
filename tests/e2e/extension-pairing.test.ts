import type { Page } from 'playwright'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, inject, it } from 'vitest'
import { axeFindings } from '../support/axe.ts'
import { type ClassroomServer, startClassroomServer } from '../support/classroom-server.ts'
import { type ExtensionBrowser, launchWithExtension } from '../support/extension-browser.ts'
import { type FakeEdPsych, startFakeEdPsych } from '../support/fake-edpsych.ts'

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
  edpsych.codes.add('ABCD-EFGH')
  page = await browser.openPage('options/index.html')
})
afterEach(async () => {
  await page.evaluate('Promise.all([chrome.storage.session.clear(), chrome.storage.local.clear()])')
  await page.close()
  await edpsych.stop()
})

async function pair(code = 'ABCD-EFGH', server = edpsych.origin): Promise<void> {
  await page.getByLabel('Server address').fill(server)
  await page.getByLabel('Pairing code').fill(code)
  await page.getByRole('button', { name: 'Pair this browser' }).click()
}

const alertText = () => page.getByRole('alert').textContent()
const stored = (area: 'local' | 'session') => page.evaluate(`chrome.storage.${area}.get()`)

describe('pairing', () => {
  it('exchanges the code and says with whom it is paired', async () => {
    await pair()

    await page.getByRole('heading', { name: 'This browser is paired' }).waitFor()
    const facts = await page.locator('dl').textContent()
    expect(facts).toContain('Harbour Learning Trust')
    expect(facts).toContain('Ada Teacher')
    expect(facts).toContain(edpsych.origin)
    expect(edpsych.tokens.size).toBe(1)
  })

  it('keeps the token in memory unless asked to stay paired', async () => {
    await pair()
    await page.getByRole('heading', { name: 'This browser is paired' }).waitFor()

    expect(await stored('session')).toHaveProperty('pairing.token')
    expect(await stored('local')).not.toHaveProperty('pairing')
  })

  it('keeps the token on disk when asked to stay paired', async () => {
    await page.getByLabel('Stay paired when the browser closes').check()
    await pair()
    await page.getByRole('heading', { name: 'This browser is paired' }).waitFor()

    expect(await stored('local')).toHaveProperty('pairing.token')
    expect(await stored('session')).not.toHaveProperty('pairing')
  })

  it('accepts the code in small letters and puts the dash in its place', async () => {
    await page.getByLabel('Server address').fill(edpsych.origin)
    await page.getByLabel('Pairing code').pressSequentially('abcdefgh')

    expect(await page.getByLabel('Pairing code').inputValue()).toBe('ABCD-EFGH')
  })

  it('works from the keyboard alone', async () => {
    await page.getByLabel('Server address').waitFor()
    await page.keyboard.press('Tab')
    await page.keyboard.press('Control+A')
    await page.keyboard.type(edpsych.origin)
    await page.keyboard.press('Tab')
    await page.keyboard.type('abcdefgh')
    await page.keyboard.press('Enter')

    await page.getByRole('heading', { name: 'This browser is paired' }).waitFor()
    expect(await page.evaluate(focusedText)).toBe('This browser is paired')
  })

  it('survives the end of the service worker', async () => {
    await pair()
    await page.getByRole('heading', { name: 'This browser is paired' }).waitFor()

    await browser.stopWorker()
    await page.reload()

    await page.getByText('Harbour Learning Trust').waitFor()
  })
})

describe('a pairing that fails', () => {
  it('says that a code is wrong or too old, and returns to the code', async () => {
    await pair('ZZZZ-9999')

    expect(await alertText()).toContain(
      'This code is wrong, already used or older than ten minutes',
    )
    expect(await page.getByLabel('Pairing code').getAttribute('aria-invalid')).toBe('true')
    expect(await page.evaluate(focusedId)).toBe('code')
    expect(edpsych.tokens.size).toBe(0)
  })

  it('says what to do when the browser may not reach the server', async () => {
    await page.getByLabel('Server address').waitFor()
    // The prompt itself is the browser's own window, which no test can reach.
    await page.evaluate(`chrome.permissions.request = () => Promise.resolve(false)`)

    await pair()

    expect(await alertText()).toContain('The browser does not let the extension reach this server')
    expect(await page.evaluate(focusedId)).toBe('server')
    expect([...edpsych.codes]).toEqual(['ABCD-EFGH'])
  })

  it('refuses a code that cannot be one without asking the server', async () => {
    await pair('ABC')

    expect(await alertText()).toContain('Type the eight letters and digits')
    expect([...edpsych.codes]).toEqual(['ABCD-EFGH'])
  })

  it('says that no server answered', async () => {
    const { origin } = edpsych
    await edpsych.stop()
    await pair('ABCD-EFGH', origin)

    expect(await alertText()).toContain('No server answered at this address')
    expect(await page.evaluate(focusedId)).toBe('server')
    edpsych = await startFakeEdPsych()
  })

  it('says that something else answered', async () => {
    edpsych.failWith = 404
    await pair()
    expect(await alertText()).toContain('could not do this just now')

    edpsych.failWith = undefined
    edpsych.isEdPsych = false
    await pair()
    await page.getByText('it is not EdPsych Connect').waitFor()
  })

  it('shows the reference of a server that is in trouble', async () => {
    edpsych.failWith = 503
    await pair()

    expect(await alertText()).toMatch(/Try again in a moment[\s\S]*Reference: req_test/)
  })

  it('sends nothing without encryption over a network', async () => {
    await pair('ABCD-EFGH', 'http://connect.example.sch.uk')

    expect(await alertText()).toContain('beginning with https://')
  })
})

describe('unpairing', () => {
  it('withdraws the token on the server and forgets it here', async () => {
    await pair()
    await page.getByRole('button', { name: 'Unpair this browser' }).click()

    await page.getByRole('heading', { name: 'Pair this browser' }).waitFor()
    expect(edpsych.tokens.size).toBe(0)
    expect(await stored('session')).toEqual({})
    expect(await page.getByText('The pairing has ended').count()).toBe(0)
  })

  it('says so when the server could not be told', async () => {
    await pair()
    await page.getByRole('button', { name: 'Unpair this browser' }).waitFor()
    await edpsych.stop()

    await page.getByRole('button', { name: 'Unpair this browser' }).click()

    await page.getByText('the server could not be told').first().waitFor()
    expect(await stored('session')).toEqual({})
    edpsych = await startFakeEdPsych()
  })
})

describe('the options page', () => {
  it('has nothing that axe objects to, in any state', async () => {
    await page.getByLabel('Server address').waitFor()
    expect(await axeFindings(page)).toEqual([])

    await pair('ZZZZ-9999')
    await page.getByRole('alert').waitFor()
    expect(await axeFindings(page)).toEqual([])

    await pair()
    await page.getByRole('heading', { name: 'This browser is paired' }).waitFor()
    expect(await axeFindings(page)).toEqual([])
  })
})

const deepestFocus = `(() => {
  let focused = document.activeElement
  while (focused?.shadowRoot?.activeElement) focused = focused.shadowRoot.activeElement
  return focused
})()`
const focusedText = `${deepestFocus}.textContent.trim()`
const focusedId = `${deepestFocus}.id`
