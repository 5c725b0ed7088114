import { mkdirSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as wait } from 'node:timers/promises'
import { register } from 'tsx/esm/api'
import { buildStale } from './build.mjs'
import { findBrowser } from './find-browser.mjs'
import { root } from './run.mjs'

// Pictures of connections after a day in which one of them failed for a while: the server's clock is moved on.
await buildStale(['server', 'web'])
process.env.CHROMIUM = await findBrowser()
register()
const { readConfig } = await import('../backend/config.ts')
const { createLogger } = await import('../backend/core/logging.ts')
const { startServer } = await import('../backend/start.ts')
const { launchProfile } = await import('../tests/support/chromium-profile.ts')
const { freePort } = await import('../tests/support/live-server.ts')

const folder = join(root, 'docs', 'images')
mkdirSync(folder, { recursive: true })
const dataDir = mkdtempSync(join(tmpdir(), 'edpsych-pictures-'))
const port = await freePort()
const url = `http://localhost:${port}`
const vendors = `http://127.0.0.1:${port}/sandbox/vendors`
const minuteMs = 60_000
/** Hours that pass before, during, after and at the end of the failures. */
const hours = [12, 1, 10.5, 0.4]

let aheadMs = -hours.reduce((sum, one) => sum + one) * 60 * minuteMs
const server = await startServer(
  readConfig({ PORT: String(port), DATA_DIR: dataDir, EDPSYCH_DEMO: '1' }, '0.0.0'),
  createLogger({ level: 'silent' }),
  { now: () => new Date(Date.now() + aheadMs) },
)
const profile = await launchProfile({})
try {
  await takeAll(await profile.context.newPage())
} finally {
  await profile.close()
  await server.stop()
  rmSync(dataDir, { recursive: true, force: true })
}

async function takeAll(page) {
  await page.setViewportSize({ width: 1360, height: 1080 })
  await signIn(page)
  const moodle = await connectAll(page)

  await passTime(hours[0])
  await dial('moodle', { down: true })
  await passTime(hours[1])
  await page.goto(`${url}/admin/problems`)
  await page
    .getByRole('link', { name: /has a failure/ })
    .first()
    .click()
  await page.getByRole('heading', { level: 1 }).waitFor()
  await take(page, 'problem')
  await dial('moodle', {})
  // The breaker's pause goes by the clock on the wall.
  await wait(40_000)
  await passTime(hours[2])
  await dial('oak', { rateLimited: true })
  await dial('oneroster', { expiredCredentials: true })
  await passTime(hours[3])

  await page.goto(`${url}/admin/connections`)
  await page.getByRole('row').nth(3).waitFor()
  await take(page, 'connections')
  await page.goto(`${url}/admin/connections/${moodle}/health`)
  await page.locator('canvas').first().waitFor()
  await page.evaluate(() => scrollTo(0, 230))
  await take(page, 'health')
}

async function signIn(page) {
  const account = server.accounts.find(({ email }) => email === 'admin@harbourside.example')
  await page.goto(`${url}/sign-in`)
  await page.getByLabel('E-mail').fill(account.email)
  await page.getByLabel('Password').fill(account.password)
  await page.getByRole('button', { name: 'Sign in' }).click()
  await page.waitForURL('**/admin**')
}

/** Connects every simulated system in turn with the schools of the trust; answers the id of the Moodle. */
async function connectAll(page) {
  const { tenants } = await call(page, 'GET', '/api/v1/session')
  const schools = tenants.filter(({ kind }) => kind === 'school').map(({ id }) => id)
  const pasted = Object.fromEntries(
    await Promise.all(['moodle', 'oneroster', 'oak'].map(async (id) => [id, await paste(id)])),
  )
  const wanted = [
    [
      'Moodle',
      'moodle',
      { url: pasted.moodle['Site address'] },
      { token: pasted.moodle['Web service token'] },
    ],
    [
      'School information system',
      'oneroster',
      { url: pasted.oneroster['Service address'], tokenUrl: pasted.oneroster['Token address'] },
      {
        clientId: pasted.oneroster['Client ID'],
        clientSecret: pasted.oneroster['Client secret'],
      },
    ],
    [
      'Oak National Academy',
      'oak',
      { url: pasted.oak['API address'] },
      { apiKey: pasted.oak['API key'] },
    ],
  ]
  const ids = []
  for (const [index, [name, connectorId, config, credentials]] of wanted.entries()) {
    const tenant = schools[index % schools.length]
    const body = { connectorId, name, config, credentials }
    const { id } = await call(page, 'POST', '/api/v1/connections', body, tenant)
    await call(page, 'POST', `/api/v1/connections/${id}/activate`, {}, tenant)
    ids.push(id)
  }
  return ids[0]
}

/** Some hours pass in steps in which everything is looked at that is due. */
async function passTime(hours) {
  for (let left = hours * 60; left > 0; left -= 5) {
    aheadMs += 5 * minuteMs
    await server.services.monitoring.runDue()
    await wait(50)
  }
  await wait(7000)
}

async function paste(vendor) {
  const rows = await (await fetch(`${vendors}/${vendor}/credentials`)).json()
  return Object.fromEntries(rows.map(({ label, value }) => [label, value]))
}

async function dial(vendor, dials) {
  const reset = Object.keys(dials).length === 0
  const answer = await fetch(`${vendors}/${vendor}/${reset ? 'reset' : 'dials'}`, {
    method: reset ? 'POST' : 'PUT',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(dials),
  })
  if (!answer.ok) throw new Error(`${vendor} answered ${answer.status}`)
}

async function call(page, method, path, body, tenant) {
  return page.evaluate(
    async ({ method, path, body, tenant }) => {
      const { csrfToken } = await (await fetch('/api/v1/session')).json()
      const answer = await fetch(path, {
        method,
        headers: {
          'content-type': 'application/json',
          'x-edpsych-csrf': csrfToken,
          ...(tenant ? { 'edpsych-tenant': tenant } : {}),
        },
        ...(body ? { body: JSON.stringify(body) } : {}),
      })
      if (!answer.ok) throw new Error(`${path}: ${answer.status} ${await answer.text()}`)
      return answer.json()
    },
    { method, path, body, tenant },
  )
}

async function take(page, name) {
  await page.waitForTimeout(600)
  await page.screenshot({ path: join(folder, `${name}.png`), animations: 'disabled' })
}
