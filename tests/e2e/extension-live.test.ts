import { afterAll, beforeAll, expect, inject, it } from 'vitest'
import { accessApi } from '../../shared/api/access.ts'
import { type ClassroomServer, classId, startClassroomServer } from '../support/classroom-server.ts'
import { type ExtensionBrowser, launchWithExtension } from '../support/extension-browser.ts'
import { type LiveServer, startLiveServer } from '../support/live-server.ts'

let server: LiveServer
let classroom: ClassroomServer
let browser: ExtensionBrowser

beforeAll(async () => {
  server = await startLiveServer({ env: { EDPSYCH_DEMO: '1' } })
  classroom = await startClassroomServer()
  browser = await launchWithExtension(inject('extensionBuilds').test, classroom.port)
})
afterAll(async () => {
  await browser.close()
  await classroom.stop()
  await server.stop()
})

it('pairs with the server itself, shares its library and unpairs', async () => {
  const origin = server.url.replace('localhost', '127.0.0.1')
  const options = await browser.openPage('options/index.html')
  await options.getByLabel('Server address').fill(origin)
  await options.getByLabel('Pairing code').fill(await makeCode())
  await options.getByRole('button', { name: 'Pair this browser' }).click()
  await options.getByRole('heading', { name: 'This browser is paired' }).waitFor()

  const lesson = await browser.context.newPage()
  await lesson.goto(`https://classroom.google.com/c/${classId}`)
  await lesson.getByRole('button', { name: 'EdPsych: find a resource' }).click()
  const panel = await browser.sidePanel()
  const card = panel.getByRole('article').first()
  await card.waitFor()
  const title = await card.getByRole('heading').textContent()
  const opening = browser.context.waitForEvent('page')
  await card.getByRole('button', { name: 'Share to Classroom' }).click()
  const share = await opening
  await share.waitForURL(/\/share\?/)

  const shared = new URL(share.url()).searchParams
  expect(shared.get('title')).toBe(title?.trim())
  const page = await fetch(shared.get('url') ?? '')
  expect(page.status).toBe(200)
  expect(await page.text()).toContain(title?.trim())

  const token = await options.evaluate(
    `chrome.storage.session.get().then(({ pairing }) => pairing.token)`,
  )
  expect(await library(origin, token)).toBe(200)
  await options.bringToFront()
  await options.getByRole('button', { name: 'Unpair this browser' }).click()
  await options.getByText('This browser is no longer paired.').first().waitFor()
  expect(await library(origin, token)).toBe(401)
})

/** What a teacher does under “Your account”: a code for the organisation with the demo library. */
async function makeCode(): Promise<string> {
  const headers = { 'content-type': 'application/json', origin: server.url }
  const signedIn = await fetch(`${server.url}/api/v1/session`, {
    method: 'POST',
    headers,
    body: JSON.stringify(server.admin),
  })
  const session = accessApi['POST /api/v1/session'].response.parse(await signedIn.json())
  const demo = session.tenants.find(({ slug }) => slug === 'demo')
  const made = await fetch(`${server.url}/api/v1/extension/codes`, {
    method: 'POST',
    headers: {
      ...headers,
      cookie: signedIn.headers
        .getSetCookie()
        .map((line) => line.split(';')[0])
        .join('; '),
      'x-edpsych-csrf': session.csrfToken,
      'edpsych-tenant': demo?.id ?? '',
    },
  })
  return accessApi['POST /api/v1/extension/codes'].response.parse(await made.json()).code
}

async function library(origin: string, token: unknown): Promise<number> {
  const headers = { authorization: `Bearer ${token}` }
  return (await fetch(`${origin}/api/v1/resources`, { headers })).status
}
