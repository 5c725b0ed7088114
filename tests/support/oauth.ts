import { createHash, randomBytes } from 'node:crypto'
import { systemContext } from '../../backend/core/tenancy.ts'
import { ensureAccount } from '../../backend/modules/auth/index.ts'
import { createClient } from '../../backend/modules/oauth/index.ts'
import type { RoleName } from '../../shared/scopes.ts'
import type { TestApp, TestTenant } from './app.ts'
import { createHttpBrowser, type HttpBrowser } from './http-browser.ts'

export const passphrase = 'heron lamp quilt orbit'
export const callback = 'https://app.example.org/callback'

export interface TokenAnswer {
  readonly status: number
  readonly headers: Headers
  // biome-ignore lint/suspicious/noExplicitAny: tests look into answers of every endpoint
  readonly body: any
}

export function pkce() {
  const verifier = randomBytes(32).toString('base64url')
  const challenge = createHash('sha256').update(verifier).digest('base64url')
  return { verifier, challenge }
}

/** What the tests register most: a confidential web application with a few rights. */
export async function registerClient(app: TestApp, tenant: TestTenant, more: object = {}) {
  return createClient(
    tenant.ctx,
    {
      name: 'Timetable Plus',
      kind: 'confidential',
      grantTypes: ['authorization_code', 'refresh_token', 'client_credentials'],
      redirectUris: [callback],
      scopes: ['items.read', 'resources.read'],
      homePage: 'https://app.example.org/',
      contact: 'help@app.example.org',
      privacyNotice: 'https://app.example.org/privacy',
      purpose: 'Shows lessons beside the matching exercises.',
      requirePushedRequests: false,
      requireDpop: false,
      ...more,
    },
    { settings: settingsOf(app), now: () => new Date() },
  )
}

function settingsOf(app: TestApp) {
  return {
    publicUrl: app.url,
    allowPrivateNetworks: true,
    trustedUrlPrefixes: [],
    version: '0.0.0-test',
  }
}

/** A browser in which a new member of staff of the tenant is signed in. */
export async function staffBrowser(
  app: TestApp,
  tenantId: string,
  email: string,
  role: RoleName = 'school-admin',
): Promise<HttpBrowser & { readonly userId: string }> {
  const ctx = systemContext(tenantId, 'test')
  await ensureAccount(ctx, { name: 'Ada Lovelace', email, role }, new Date(), passphrase)
  return signIn(app, email)
}

export async function signIn(app: TestApp, email: string, known = createHttpBrowser()) {
  const response = await fetch(`${app.url}/api/v1/session`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ email, password: passphrase }),
  })
  if (response.status !== 201) throw new Error(`sign-in answered ${response.status}`)
  known.remember(app.url, response.headers.getSetCookie())
  const body = (await response.json()) as { user: { id: string } }
  return Object.assign(known, { userId: body.user.id })
}

export function authorizeUrl(app: TestApp, params: Record<string, string | undefined>): string {
  const url = new URL('/oauth/authorize', app.url)
  const all = { response_type: 'code', redirect_uri: callback, state: 'st4te', ...params }
  for (const [name, value] of Object.entries(all)) {
    if (value !== undefined) url.searchParams.set(name, value)
  }
  return url.href
}

/** Follows redirects of the server itself; ends at a page or at the address of the application. */
export async function follow(browser: HttpBrowser, app: TestApp, url: string) {
  let answer = await browser.send(url)
  for (let hop = 0; hop < 10; hop++) {
    const location = answer.headers.get('location')
    if (location === null) return { answer, location: null }
    const next = new URL(location, answer.url)
    if (next.origin !== app.url) return { answer, location: next }
    answer = await browser.send(next.href)
  }
  throw new Error('too many redirects')
}

export function hiddenFields(page: string): Record<string, string> {
  const inputs = page.matchAll(/<input type="hidden" name="(\w+)" value="([^"]*)"/g)
  return Object.fromEntries([...inputs].map(([, name = '', value = '']) => [name, value]))
}

/** Opens an authorization request and presses a button of the consent page. */
export async function answerConsent(
  browser: HttpBrowser,
  app: TestApp,
  url: string,
  decision: 'allow' | 'refuse' = 'allow',
): Promise<URL> {
  const shown = await follow(browser, app, url)
  if (shown.location) return shown.location
  const { answer } = shown
  const sent = await browser.send(answer.url, {
    form: { ...hiddenFields(answer.body), decision },
    headers: { origin: app.url, 'sec-fetch-site': 'same-origin' },
  })
  const resume = sent.headers.get('location')
  if (resume === null) throw new Error(`the consent page answered ${sent.status}: ${sent.body}`)
  const { location, answer: last } = await follow(browser, app, new URL(resume, app.url).href)
  if (!location) throw new Error(`no redirect to the application: ${last.status} ${last.body}`)
  return location
}

export async function postForm(
  app: TestApp,
  path: string,
  form: Record<string, string | undefined>,
  headers: Record<string, string> = {},
): Promise<TokenAnswer> {
  const body = new URLSearchParams()
  for (const [name, value] of Object.entries(form)) if (value !== undefined) body.set(name, value)
  const response = await fetch(app.url + path, { method: 'POST', body, headers })
  const text = await response.text()
  return {
    status: response.status,
    headers: response.headers,
    body: text.startsWith('{') ? JSON.parse(text) : text,
  }
}

export function basic(id: string, secret: string | null): Record<string, string> {
  const pair = `${encodeURIComponent(id)}:${encodeURIComponent(secret ?? '')}`
  return { authorization: `Basic ${Buffer.from(pair).toString('base64')}` }
}

type Registered = Awaited<ReturnType<typeof registerClient>>

/** The whole code flow; answers the token endpoint's answer and what was used. */
export async function codeFlow(
  browser: HttpBrowser,
  app: TestApp,
  client: Registered,
  {
    scope,
    tenant,
    headers = {},
  }: { scope?: string; tenant?: string; headers?: Record<string, string> } = {},
) {
  const { verifier, challenge } = pkce()
  const url = authorizeUrl(app, {
    client_id: client.id,
    scope,
    tenant,
    code_challenge: challenge,
    code_challenge_method: 'S256',
  })
  const location = await answerConsent(browser, app, url)
  const code = location.searchParams.get('code') ?? ''
  const form = {
    grant_type: 'authorization_code',
    code,
    redirect_uri: callback,
    code_verifier: verifier,
    ...(client.clientSecret === null ? { client_id: client.id } : {}),
  }
  const auth = client.clientSecret === null ? {} : basic(client.id, client.clientSecret)
  const exchange = () => postForm(app, '/oauth/token', form, { ...auth, ...headers })
  return { location, code, form, exchange, tokens: await exchange() }
}

export async function callApi(
  app: TestApp,
  token: string,
  path = '/api/v1/items',
  init: RequestInit = {},
) {
  const response = await fetch(app.url + path, {
    ...init,
    headers: { authorization: `Bearer ${token}`, ...(init.headers as Record<string, string>) },
  })
  const text = await response.text()
  return {
    status: response.status,
    challenge: response.headers.get('www-authenticate') ?? '',
    // biome-ignore lint/suspicious/noExplicitAny: tests look into answers of every route
    body: (text.startsWith('{') ? JSON.parse(text) : {}) as any,
  }
}
