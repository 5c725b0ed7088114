import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { Page } from 'playwright'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { axeFindings } from '../support/axe.ts'
import { type ChromiumProfile, launchProfile } from '../support/chromium-profile.ts'
import { tabTo } from '../support/keyboard.ts'
import { type LiveServer, startLiveServer } from '../support/live-server.ts'
import { pkce } from '../support/oauth.ts'
import { callApi } from '../support/staff-page.ts'
import { demoAdministrator, signIn } from '../support/story.ts'

let server: LiveServer
let profile: ChromiumProfile
let page: Page
let application: Server
let callback: string
let clientId: string
let clientSecret: string
const complaints: string[] = []

beforeAll(async () => {
  server = await startLiveServer()
  application = createServer((_req, res) => res.end('<title>Back</title><h1>Back</h1>'))
  await new Promise<void>((resolve) => application.listen(0, '127.0.0.1', resolve))
  // A TCP server's address is an object once it listens.
  callback = `http://127.0.0.1:${(application.address() as AddressInfo).port}/callback`
  profile = await launchProfile()
  page = await profile.context.newPage()
  page.on('pageerror', (error) => complaints.push(String(error)))
  page.on('console', (message) => {
    if (/Content Security Policy|Trusted/.test(message.text())) complaints.push(message.text())
  })
  await signIn(page, server, demoAdministrator(server))
  const made = await callApi(page, 'POST', '/api/v1/oauth-clients', {
    name: 'Timetable Plus',
    redirectUris: ['http://127.0.0.1/callback'],
    scopes: ['items.read', 'roster.read'],
    contact: 'help@app.example.org',
    privacyNotice: null,
    purpose: 'Shows lessons beside the matching exercises.',
  })
  clientId = String(made['id'])
  clientSecret = String(made['clientSecret'])
  await page.evaluate(`fetch('/api/v1/session').then((answer) => answer.json())
    .then(({ csrfToken }) => fetch('/api/v1/session', { method: 'DELETE', headers: { 'x-edpsych-csrf': csrfToken } }))`)
})
afterAll(async () => {
  await profile.close()
  application.close()
  await server.stop()
})

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

function authorizeUrl(challenge: string): string {
  const url = new URL('/oauth/authorize', server.url)
  url.search = new URLSearchParams({
    client_id: clientId,
    redirect_uri: callback,
    response_type: 'code',
    scope: 'items.read roster.read',
    state: 's',
    code_challenge: challenge,
    code_challenge_method: 'S256',
  }).toString()
  return url.href
}

it('a person signs in, chooses an organisation and allows an application with the keyboard alone', async () => {
  const { verifier, challenge } = pkce()
  await page.goto(authorizeUrl(challenge))
  expect(new URL(page.url()).pathname).toBe('/sign-in')
  const account = demoAdministrator(server)
  await tabTo(page, /^input: E-mail/)
  await page.keyboard.type(account.email)
  await tabTo(page, /^input: Password/)
  await page.keyboard.type(account.password)
  await page.keyboard.press('Enter')
  await page.getByRole('heading', { name: 'For which organisation?' }).waitFor()

  const findings = await findingsAtBothWidths('choice')
  await tabTo(page, /^select: Organisation/)
  await page.keyboard.press('ArrowDown')
  await tabTo(page, /^button: Continue/)
  await page.keyboard.press('Enter')
  await page.getByRole('heading', { name: /Timetable Plus would like/ }).waitFor()
  findings.push(...(await findingsAtBothWidths('consent')))
  expect(await page.locator('main').textContent()).toContain('Not shared yet')
  await tabTo(page, /^button: Allow/)
  await page.keyboard.press('Enter')
  await page.waitForURL(`${callback}**`)

  const back = new URL(page.url())
  expect(back.searchParams.get('iss')).toBe(server.url)
  const answer = await fetch(`${server.url}/oauth/token`, {
    method: 'POST',
    headers: {
      authorization: `Basic ${Buffer.from(`${clientId}:${clientSecret}`).toString('base64')}`,
    },
    body: new URLSearchParams({
      grant_type: 'authorization_code',
      code: back.searchParams.get('code') ?? '',
      code_verifier: verifier,
      redirect_uri: callback,
    }),
  })
  expect(await answer.json()).toMatchObject({ scope: 'items.read', withheld_scope: 'roster.read' })
  expect(findings).toEqual([])
  expect(complaints).toEqual([])
})

it('a person refuses with the keyboard, and the application hears of it', async () => {
  await page.goto(authorizeUrl(pkce().challenge))
  await page.getByRole('heading', { name: /Timetable Plus would like/ }).waitFor()
  await tabTo(page, /^button: Refuse/)
  await page.keyboard.press('Enter')
  await page.waitForURL(`${callback}**`)

  expect(new URL(page.url()).searchParams.get('error')).toBe('access_denied')
})

it('a request that cannot be used is explained on a page of the site', async () => {
  await page.goto(`${server.url}/oauth/authorize?client_id=nobody`)

  await page.getByRole('heading', { name: 'This request cannot be used' }).waitFor()
  expect(await findingsAtBothWidths('refusal')).toEqual([])
})
