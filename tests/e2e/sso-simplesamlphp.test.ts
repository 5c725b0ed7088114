import type { Page } from 'playwright'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type ChromiumProfile, launchProfile } from '../support/chromium-profile.ts'
import { type DnsServer, startDnsServer } from '../support/dns-server.ts'
import { type LiveServer, startLiveServer } from '../support/live-server.ts'
import {
  hasSimpleSamlPhp,
  type SimpleSamlPhp,
  startSimpleSamlPhp,
} from '../support/simplesamlphp.ts'
import { callApi } from '../support/staff-page.ts'
import { signIn } from '../support/story.ts'

const isThere = hasSimpleSamlPhp()
if (!isThere) {
  console.info('skipped: SimpleSAMLphp is not installed (Debian: simplesamlphp and php-cli)')
}

let server: LiveServer
let dns: DnsServer
let idp: SimpleSamlPhp
let administrator: ChromiumProfile
let admin: Page
let providerId: string

beforeAll(async () => {
  if (!isThere) return
  dns = await startDnsServer()
  idp = await startSimpleSamlPhp({
    tess: {
      password: 'tesspass',
      attributes: {
        mail: ['tess@school.example'],
        displayName: ['Tess Teacher'],
        eduPersonAffiliation: ['member', 'teaching'],
      },
    },
  })
  server = await startLiveServer({
    env: { EDPSYCH_DNS_SERVERS: dns.address, EDPSYCH_ALLOW_PRIVATE_NETWORKS: '1' },
  })
  administrator = await launchProfile()
  admin = await administrator.context.newPage()
  await signIn(admin, server, server.admin)
  const domain = await callApi(admin, 'POST', '/api/v1/sso-domains', { domain: 'school.example' })
  const record = domain['record'] as { name: string; value: string }
  dns.records.set(record.name, record.value)
  await callApi(admin, 'POST', `/api/v1/sso-domains/${domain['id']}/verify`)
  const provider = await callApi(admin, 'POST', '/api/v1/identity-providers', {
    protocol: 'saml',
    name: 'School account',
    preset: 'shibboleth',
    metadataUrl: idp.metadataUrl,
    createsAccounts: true,
    roleMapping: [{ value: 'teaching', role: 'teacher' }],
  })
  providerId = String(provider['id'])
  // The addresses of a SAML provider are all there.
  idp.trust(provider['addresses'] as Parameters<typeof idp.trust>[0])
})

afterAll(async () => {
  if (!isThere) return
  await administrator.close()
  await server.stop()
  await idp.stop()
  await dns.stop()
})

/** From the sign-in page to the provider's own form and back. */
async function signInAtProvider(page: Page): Promise<void> {
  await page.goto(`${server.url}/sign-in?next=/admin/account`)
  await page.getByLabel('E-mail').fill('tess@school.example')
  await page.keyboard.press('Tab')
  await page.getByRole('link', { name: 'Sign in with School account' }).click()
  await page.getByLabel('Username').fill('tess')
  await page.getByLabel('Password').fill('tesspass')
  await page.keyboard.press('Enter')
}

async function withBrowser(act: (page: Page) => Promise<void>): Promise<void> {
  const profile = await launchProfile()
  try {
    await act(await profile.context.newPage())
  } finally {
    await profile.close()
  }
}

describe.skipIf(!isThere)('SimpleSAMLphp, a real identity provider', () => {
  it('signs somebody in with a new account and the role of a group', async () => {
    await withBrowser(async (page) => {
      await signInAtProvider(page)

      await page.getByRole('heading', { name: 'Your account' }).waitFor()
      await page.getByText('Tess Teacher · tess@school.example').waitFor()
      await page.getByText('School account: linked').waitFor()
      expect((await callApi(page, 'GET', '/api/v1/session'))['roles']).toEqual(['teacher'])
    })
  })

  it('reports a test step by step', async () => {
    await admin.goto(`${server.url}/admin/sso/${providerId}`)
    await admin.getByRole('button', { name: 'Test a sign-in' }).click()
    await admin.getByLabel('Username').fill('tess')
    await admin.getByLabel('Password').fill('tesspass')
    await admin.keyboard.press('Enter')

    await admin.getByText('Tested: people can sign in.').waitFor()
    await admin.getByText('The account is linked already').waitFor()
  })

  it('ends the session there when it ends here', async () => {
    await withBrowser(async (page) => {
      await signInAtProvider(page)
      await page.getByRole('link', { name: 'Sign out here and at School account' }).click()
      await page.waitForURL(/\/sign-in/)
      // Whoever were still signed in there would not be asked.
      await page.goto(`${server.url}/saml/${providerId}/login`)

      await page.getByLabel('Username').waitFor()
      expect((await page.request.get(`${server.url}/api/v1/session`)).status()).toBe(401)
    })
  })

  it('ends the session here when it ends there', async () => {
    await withBrowser(async (page) => {
      await signInAtProvider(page)
      await page.getByRole('heading', { name: 'Your account' }).waitFor()
      const { origin } = new URL(idp.metadataUrl)
      const back = `${origin}/logout.php`
      await page.goto(`${origin}/saml2/idp/SingleLogoutService.php?ReturnTo=${back}`)

      await expect
        .poll(async () => (await page.request.get(`${server.url}/api/v1/session`)).status())
        .toBe(401)
    })
  })

  it('rolls its certificate over: refused until the metadata is read again', async () => {
    idp.rollOver()
    await withBrowser(async (page) => {
      await signInAtProvider(page)
      await page.getByRole('heading', { name: 'The sign-in could not be trusted' }).waitFor()
    })
    await admin.goto(`${server.url}/admin/sso/${providerId}`)
    await admin.getByRole('button', { name: 'Read the metadata now' }).click()
    await admin.getByText('The metadata is read again.').waitFor()

    await withBrowser(async (page) => {
      await signInAtProvider(page)
      await page.getByRole('heading', { name: 'Your account' }).waitFor()
    })
  })
})
