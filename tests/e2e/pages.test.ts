import { setTimeout as wait } from 'node:timers/promises'
import type { Page } from 'playwright'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { axeFindings } from '../support/axe.ts'
import { type ChromiumProfile, launchProfile } from '../support/chromium-profile.ts'
import { focused, tabTo } from '../support/keyboard.ts'
import { type LiveServer, startLiveServer } from '../support/live-server.ts'
import { callApi } from '../support/staff-page.ts'
import { demoAdministrator, signIn } from '../support/story.ts'

const views = [
  '',
  '/items',
  '/resources',
  '/paths',
  '/results',
  '/export',
  '/attempts',
  '/grades',
  '/lms',
  '/roster',
  '/roster/matches',
  '/people',
  '/keys',
  '/sso',
  '/roles',
  '/settings',
  '/organisations',
  '/audit',
  '/jobs',
  '/account',
]

let server: LiveServer
let profile: ChromiumProfile
let page: Page
let complaints: string[]

beforeAll(async () => {
  server = await startLiveServer()
  profile = await launchProfile()
  complaints = []
  page = await profile.context.newPage()
  page.on('pageerror', (error) => complaints.push(String(error)))
  page.on('console', (message) => {
    if (/Content Security Policy|Trusted/.test(message.text())) complaints.push(message.text())
  })
})
afterAll(async () => {
  await profile.close()
  await server.stop()
})

/** What is wrong with the page at the two widths: what axe finds, and scrolling sideways. */
async function findingsAtBothWidths(name: string): Promise<string[]> {
  const findings: string[] = []
  for (const width of [1280, 340]) {
    await page.setViewportSize({ width, height: 800 })
    const found = await axeFindings(page)
    const scrollWidth = Number(await page.evaluate('document.documentElement.scrollWidth'))
    if (scrollWidth > width) found.push(`scrolls sideways to ${scrollWidth}`)
    findings.push(...found.map((finding) => `${name} at ${width}: ${finding}`))
  }
  return findings
}

async function open(path: string): Promise<void> {
  await page.goto(`${server.url}${path}`)
  await page.locator('h1, h2').first().waitFor()
  while ((await page.locator('.loading').count()) > 0) await wait(50)
}

/** All at once, so that one finding does not hide the next. */
async function findingsOf(paths: readonly string[]): Promise<string[]> {
  const findings: string[] = []
  for (const path of paths) {
    await open(path)
    findings.push(...(await findingsAtBothWidths(path)))
  }
  return findings
}

describe('pages for everybody', () => {
  it('have no accessibility findings and never scroll sideways', async () => {
    expect(
      await findingsOf([
        '/',
        '/sign-in',
        '/developers',
        '/developers/errors',
        '/privacy',
        '/status',
        '/sandbox',
        '/lti',
        '/lti/app',
        '/lti/login?iss=https%3A%2F%2Funknown.example&login_hint=x',
        '/nothing-is-here',
      ]),
    ).toEqual([])
  })

  it('explain a refused launch to a teacher, accessibly', async () => {
    await page.goto(`${server.url}/privacy`)
    await page.evaluate(`{
      const form = document.createElement('form')
      form.method = 'post'
      form.action = '/lti/launch'
      document.body.append(form)
      form.submit()
    }`)
    await page.waitForURL(`${server.url}/lti/launch`)

    expect(await page.getByRole('heading', { level: 1 }).count()).toBe(1)
    expect(await page.locator('main').textContent()).toMatch(/Reference\s+[\w-]{8,}/)
    expect(await findingsAtBothWidths('a refused launch')).toEqual([])
  })

  it('start with a link that skips to the content', async () => {
    await page.goto(`${server.url}/`)
    await page.keyboard.press('Tab')

    expect(await focused(page)).toBe('a: Skip to content')
    expect(await page.getByRole('link', { name: 'Skip to content' }).boundingBox()).toMatchObject({
      y: 0,
    })
    await page.keyboard.press('Enter')
    expect(await page.evaluate('document.activeElement.id')).toBe('main')
  })
})

describe('the administration', () => {
  beforeAll(async () => {
    await page.setViewportSize({ width: 1280, height: 800 })
    await signIn(page, server, demoAdministrator(server))
  })

  it('imports with the keyboard alone and keeps the focus', async () => {
    await open('/admin')
    await tabTo(page, /^a: Items/)
    await page.keyboard.press('Enter')
    await page.getByRole('heading', { name: 'Items', level: 1 }).waitFor()
    expect(await page.evaluate('document.activeElement.id')).toBe('main')
    const sample = await (await fetch(`${server.url}/sandbox/sample-package.zip`)).arrayBuffer()

    // Before the keys, so that the browser certainly reports the dialog instead of opening it.
    const chooser = page.waitForEvent('filechooser')
    await tabTo(page, /^input: Import a QTI 3/)
    await page.keyboard.press('Enter')
    await (await chooser).setFiles({
      name: 'sample.zip',
      mimeType: 'application/zip',
      buffer: Buffer.from(sample),
    })

    await page.getByText('4 imported, 1 skipped.').waitFor()
    expect(await focused(page)).toMatch(/^input: Import a QTI 3/)
    expect(await findingsAtBothWidths('the import report')).toEqual([])
  })

  it('has no accessibility findings with data in every view', async () => {
    const items = await callApi(page, 'GET', '/api/v1/items?q=wales')
    // The list of the API carries objects with ids.
    const [{ id }] = items['data'] as [{ id: string }]
    await callApi(page, 'POST', '/api/v1/attempts', { itemId: id })
    const embed = await callApi(page, 'POST', '/api/v1/embeds', {
      kind: 'item',
      targetId: id,
      allowedOrigins: [],
    })
    const resources = await callApi(page, 'GET', '/api/v1/resources')
    const [resource] = resources['data'] as [{ id: string }]

    expect(
      await findingsOf([
        ...views.map((view) => `/admin${view}`),
        `/admin/items/${id}`,
        `/admin/resources/${resource.id}`,
        '/admin/problems',
        '/admin/alerts',
        '/admin/alerts/all',
        '/admin/alerts/rules',
        '/admin/alerts/routes',
        '/admin/alerts/silences',
        '/admin/nothing',
        `/embed/v1/view/${embed['id']}`,
        '/embed/v1/view/none',
      ]),
    ).toEqual([])
  })

  it('says so when the code of a page cannot be fetched, and loads again', async () => {
    await open('/admin')
    const scripts = /\/assets\/.*\.js$/
    await page.route(scripts, (route) => route.abort())
    await page.getByRole('link', { name: 'Problems', exact: true }).click()
    await page.getByRole('alert').getByText('This page could not be loaded').waitFor()
    expect(await findingsAtBothWidths('a page without its code')).toEqual([])

    await page.unroute(scripts)
    await page.setViewportSize({ width: 1280, height: 800 })
    await page.getByRole('button', { name: 'Load again' }).click()
    await page.getByRole('heading', { name: 'Problems', level: 1 }).waitFor()
    expect(await page.getByRole('button', { name: 'Load again' }).count()).toBe(0)
  })

  it('holds the focus in a dialog and gives it back', async () => {
    await open('/admin/account')
    await tabTo(page, /^button: Sign out everywhere/)
    await page.keyboard.press('Enter')
    const dialog = page.getByRole('dialog', { name: 'Sign out everywhere?' })
    await dialog.waitFor()

    for (let presses = 0; presses < 5; presses += 1) {
      await page.keyboard.press('Tab')
      expect(await focused(page)).toMatch(/^(button: (Keep it|Sign out everywhere)|body: )/)
    }
    expect(await findingsAtBothWidths('a dialog')).toEqual([])
    await page.keyboard.press('Escape')

    await dialog.waitFor({ state: 'detached' })
    expect(await focused(page)).toBe('button: Sign out everywhere')
  })

  it('changes the roles and the account of a person with the keyboard', async () => {
    await callApi(page, 'POST', '/api/v1/people', {
      name: 'Priya Shah',
      email: 'priya@pages.example',
      role: 'teacher',
    })
    await open('/admin/people')
    await tabTo(page, /^button: Change Priya Shah/)
    await page.keyboard.press('Enter')
    const panel = page.getByRole('region', { name: 'Change Priya Shah' })
    await panel.getByRole('heading', { name: 'Priya Shah' }).waitFor()
    expect(await focused(page)).toBe('h2: Priya Shah')

    await panel.getByLabel('Another role').selectOption({ label: 'Auditor' })
    await tabTo(page, /^button: Give this role/)
    await page.keyboard.press('Enter')
    await panel.getByText('Priya Shah is now Auditor.').waitFor()
    expect(await findingsAtBothWidths('a person')).toEqual([])
    await tabTo(page, /^button: Take away the role Auditor/, 'Shift+Tab')
    await page.keyboard.press('Enter')
    await page.getByRole('button', { name: 'Take the role away' }).click()
    await panel.getByText('Priya Shah is no longer Auditor.').waitFor()
    expect(await focused(page)).toBe('h2: Priya Shah')
    await tabTo(page, /^button: Disable the account/)
    await page.keyboard.press('Enter')
    await page.getByRole('dialog').getByRole('button', { name: 'Disable the account' }).click()
    await panel.getByText('Disabled: this person cannot sign in.').waitFor()
    await panel.getByRole('button', { name: 'Enable the account' }).click()
    await panel.getByText('Priya Shah can sign in again.').waitFor()
    await panel.getByRole('button', { name: 'New one-time password' }).click()
    await page.getByRole('button', { name: 'Make a new password' }).click()
    expect(await panel.getByLabel('New one-time password', { exact: true }).inputValue()).not.toBe(
      '',
    )
    expect(await findingsAtBothWidths('a new password')).toEqual([])
    await tabTo(page, /^button: Done/)
    await page.keyboard.press('Enter')

    await panel.waitFor({ state: 'detached' })
    expect(await focused(page)).toBe('button: Change Priya Shah')
  })

  it('has no accessibility findings in the forms', async () => {
    const findings: string[] = []
    for (const [path, button] of [
      ['/admin/resources', 'Add a resource'],
      ['/admin/lms', 'Change'],
      ['/admin/people', 'Add'],
      ['/admin/keys', 'Create a key'],
      ['/admin/roles', 'Make a role'],
      ['/admin/organisations', 'Let an organisation leave'],
    ] as const) {
      await open(path)
      await page.getByRole('main').getByRole('button', { name: button }).first().click()
      await page.getByRole('button', { name: 'Cancel' }).waitFor()
      findings.push(...(await findingsAtBothWidths(`${button} on ${path}`)))
    }
    expect(findings).toEqual([])
  })

  it('shows which schools a setting of the trust reaches before it is changed, by keyboard', async () => {
    await open('/admin/settings')
    await tabTo(page, /^button: Change Minutes a sign-in counts as fresh/)
    await page.keyboard.press('Enter')
    expect(await focused(page)).toBe('input: Minutes a sign-in counts as fresh')
    await page.keyboard.press('Control+A')
    await page.keyboard.type('12')
    await tabTo(page, /^input: Lock it/)
    await page.keyboard.press('Space')
    await page.keyboard.press('Enter')
    const effects = page.getByRole('region', { name: 'What would change' })
    await effects.waitFor()
    expect(await effects.getByRole('row', { name: /Larkfield Academy 15 12/ }).count()).toBe(1)
    expect(await findingsAtBothWidths('a look ahead')).toEqual([])
    await tabTo(page, /^button: Save/)
    await page.keyboard.press('Enter')
    await page.getByText('“Minutes a sign-in counts as fresh” is changed.').waitFor()

    expect(await focused(page)).toBe('button: Change Minutes a sign-in counts as fresh')
    const row = page.getByRole('region', { name: 'Minutes a sign-in counts as fresh' })
    expect(await row.textContent()).toMatch(/12\s+Set here/)
  })

  it('finds the change in the trail, with before and after, and verifies the trail', async () => {
    await open('/admin/audit?q=freshSignInMinutes')
    await page.getByRole('link', { name: 'settings.update' }).click()
    const changed = page.getByRole('region', { name: 'What was changed' })
    await changed.waitFor()
    expect(
      await changed.getByRole('row', { name: /security\.freshSignInMinutes/ }).textContent(),
    ).toContain('12')
    expect(await findingsAtBothWidths('an audit entry')).toEqual([])

    await page.getByRole('link', { name: 'All entries' }).click()
    await page.getByRole('button', { name: 'Verify the trail' }).click()
    await page.getByText(/^The trail is whole: \d+ entries/).waitFor()
  })

  it('makes a role of some rights', async () => {
    await open('/admin/roles')
    await tabTo(page, /^button: Make a role/)
    await page.keyboard.press('Enter')
    await page.keyboard.type('Data manager')
    await page.getByLabel('See people and classes').check()
    await page.getByLabel('Name', { exact: true }).press('Enter')
    await page.getByText('The role Data manager is saved.').waitFor()

    expect(await page.getByRole('row', { name: /Data manager/ }).textContent()).toContain('1 right')
    expect(await findingsAtBothWidths('roles')).toEqual([])
  })

  it('lets nobody in who signed out', async () => {
    await open('/admin')
    await page.getByRole('button', { name: 'Sign out' }).click()
    await page.waitForURL(/\/sign-in/)
    await page.goto(`${server.url}/admin/items`)

    await page.waitForURL(/\/sign-in\?next=%2Fadmin%2Fitems/)
  })

  it('adds an organisation below the platform and opens it', async () => {
    await signIn(page, server, server.admin)
    await open('/admin')
    await tabTo(page, /^button: Add an organisation/)
    await page.keyboard.press('Enter')
    await page.getByLabel('Name', { exact: true }).fill('Harbour Trust')
    await page.getByLabel('Short name').fill('harbour')
    await page.getByLabel('Kind').selectOption({ label: 'Trust' })
    expect(await findingsAtBothWidths('a new organisation')).toEqual([])
    await page.getByRole('button', { name: 'Add', exact: true }).click()
    await page.getByText('Harbour Trust is added.').waitFor()
    expect(await findingsAtBothWidths('organisations')).toEqual([])
    await page.getByRole('button', { name: 'Open Harbour Trust' }).click()

    await page.getByRole('heading', { name: 'Harbour Trust', level: 1 }).waitFor()
  })

  it('has no accessibility findings for a school that has nothing yet', async () => {
    await page.evaluate("sessionStorage.removeItem('edpsych-tenant')")
    const school = await callApi(page, 'POST', '/api/v1/tenants', {
      name: 'Newgate School',
      slug: 'newgate',
      kind: 'school',
    })
    await page.evaluate(`sessionStorage.setItem('edpsych-tenant', '${school['id']}')`)

    expect(await findingsOf(views.map((view) => `/admin${view}`))).toEqual([])
    expect(await page.getByText('Newgate School').count()).toBeGreaterThan(0)
  })

  it('broke no policy and threw nothing on the way', () => {
    expect(complaints).toEqual([])
  })
})
