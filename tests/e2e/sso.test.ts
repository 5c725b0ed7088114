import type { Page } from 'playwright'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { axeFindings } from '../support/axe.ts'
import { type ChromiumProfile, launchProfile } from '../support/chromium-profile.ts'
import { type DnsServer, startDnsServer } from '../support/dns-server.ts'
import { focused, tabTo } from '../support/keyboard.ts'
import { type LiveServer, startLiveServer } from '../support/live-server.ts'
import { type OidcIdp, startOidcIdp } from '../support/oidc-idp.ts'
import { callApi } from '../support/staff-page.ts'
import { signIn } from '../support/story.ts'

const client = { id: 'edpsych', secret: 'a-secret-of-some-length' }

let server: LiveServer
let dns: DnsServer
let idp: OidcIdp
let profile: ChromiumProfile
let page: Page

beforeAll(async () => {
  dns = await startDnsServer()
  idp = await startOidcIdp(client)
  server = await startLiveServer({
    env: { EDPSYCH_DNS_SERVERS: dns.address, EDPSYCH_ALLOW_PRIVATE_NETWORKS: '1' },
  })
  profile = await launchProfile()
  page = await profile.context.newPage()
  idp.person = {
    sub: 'tess',
    email: 'tess@school.example',
    email_verified: true,
    name: 'Tess Teacher',
    groups: ['All-Teachers'],
  }
})

afterAll(async () => {
  await profile.close()
  await server.stop()
  await idp.stop()
  await dns.stop()
})

async function findings(name: string): Promise<string[]> {
  const found: string[] = []
  for (const width of [1280, 340]) {
    await page.setViewportSize({ width, height: 900 })
    if (process.env['SHOTS'])
      await page.screenshot({
        path: `${process.env['SHOTS']}/${name}-${width}.png`,
        fullPage: true,
      })
    found.push(...(await axeFindings(page)).map((finding) => `${name} at ${width}: ${finding}`))
    const scrollWidth = Number(await page.evaluate('document.documentElement.scrollWidth'))
    if (scrollWidth > width) found.push(`${name} scrolls sideways to ${scrollWidth}`)
  }
  await page.setViewportSize({ width: 1280, height: 900 })
  return found
}

describe('single sign-on, from its set-up to the first sign-in', () => {
  it('is added by an administrator with the keyboard', async () => {
    await signIn(page, server, server.admin)
    await page.goto(`${server.url}/admin/sso`)
    await page.getByRole('heading', { name: 'Single sign-on', level: 1 }).waitFor()
    expect(await findings('nothing yet')).toEqual([])
    await tabTo(page, /^button: Add by OpenID Connect/)
    await page.keyboard.press('Enter')
    await expect.poll(() => focused(page)).toMatch(/^input: Name/)
    await page.keyboard.type('Work account')
    await tabTo(page, /^input: Issuer/)
    await page.keyboard.type(idp.issuer)
    await tabTo(page, /^input: Client ID/)
    await page.keyboard.type(client.id)
    await tabTo(page, /^input: Client secret/)
    await page.keyboard.type(client.secret)
    expect(await findings('the form')).toEqual([])
    await tabTo(page, /^textarea: Which value/)
    await page.keyboard.type('All-Teachers = teacher')
    await tabTo(page, /^button: Add the provider/)
    await page.keyboard.press('Enter')

    await page.getByRole('heading', { name: 'Work account', level: 1 }).waitFor()
    expect(await page.getByRole('textbox', { name: 'Redirect URI' }).inputValue()).toMatch(
      /\/oidc\/idp_\w+\/callback$/,
    )
  })

  it('says in a test what is missing, and signs nobody in by it', async () => {
    await page.getByRole('button', { name: 'Test a sign-in' }).click()

    await page.getByText('Tested: the steps below say what is not right yet.').waitFor()
    await page.getByText('There is no account for this person yet').waitFor()
    expect(await page.getByText('Attributes that came:').textContent()).toContain('groups')
    expect(await findings('a test')).toEqual([])
    expect((await callApi(page, 'GET', '/api/v1/session'))['user']).toMatchObject({
      email: server.admin.email,
    })
  })

  it('makes accounts at a domain that is proven by DNS', async () => {
    await page.getByLabel('Make an account for people who sign in').check()
    await page.getByRole('button', { name: 'Save accounts and roles' }).click()
    await page.getByText('Saved. Roles change when people next sign in.').waitFor()
    await page.goto(`${server.url}/admin/sso`)
    await page.getByRole('textbox', { name: 'Domain' }).fill('school.example')
    await page.getByRole('button', { name: 'Add the domain' }).click()
    await page.getByRole('button', { name: 'Prove school.example' }).click()
    await page.getByText('there is none yet').waitFor()
    const row = page.getByRole('row', { name: /school\.example/ })
    const [name, value] = await row.locator('code').allTextContents()
    dns.records.set(name ?? '', value ?? '')
    await page.getByRole('button', { name: 'Prove school.example' }).click()

    await page.getByText('school.example is proven.').waitFor()
    expect(await findings('domains')).toEqual([])
  })

  it('leads people from their address to the provider and in', async () => {
    const other = await launchProfile()
    try {
      page = await other.context.newPage()
      await page.goto(`${server.url}/sign-in?next=/admin/account`)
      await page.getByLabel('E-mail').fill('tess@school.example')
      await page.keyboard.press('Tab')
      const link = page.getByRole('link', { name: 'Sign in with Work account' })
      await link.waitFor()
      expect(await findings('the sign-in page')).toEqual([])
      await link.click()

      await page.getByRole('heading', { name: 'Your account' }).waitFor()
      await page.getByText('Tess Teacher · tess@school.example').waitFor()
      await page.getByText('Work account: linked').waitFor()
      expect(await findings('the account')).toEqual([])
    } finally {
      await other.close()
    }
  })
})
