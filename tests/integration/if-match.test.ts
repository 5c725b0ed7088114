import { afterAll, beforeAll, expect, it } from 'vitest'
import { seedObjects } from '../contract/seed-objects.ts'
import { startTestApp, type TestApp, type TestTenant } from '../support/app.ts'

let app: TestApp
let tenant: TestTenant
let seeded: Record<string, string>

beforeAll(async () => {
  app = await startTestApp({ EDPSYCH_ALLOW_PRIVATE_NETWORKS: '1' })
  tenant = await app.addTenant('If-Match')
  seeded = await seedObjects(tenant)
}, 120_000)

afterAll(() => app.stop())

function send(method: string, path: string, ifMatch?: string, body?: object): Promise<Response> {
  return fetch(`${app.url}/api/v1/${path}`, {
    method,
    headers: {
      authorization: `Bearer ${tenant.key}`,
      ...(ifMatch === undefined ? {} : { 'if-match': ifMatch }),
      ...(body === undefined ? {} : { 'content-type': 'application/json' }),
    },
    body: body === undefined ? null : JSON.stringify(body),
  })
}

async function tagOf(path: string): Promise<string> {
  return (await send('GET', path)).headers.get('etag') ?? ''
}

it.each([
  ['resources', 'name'],
  ['users', 'givenName'],
  ['classes', 'title'],
  ['keys', 'name'],
  ['lti/platforms', 'name'],
  ['webhooks', 'description'],
  ['oauth-clients', 'name'],
  ['tenants', 'name'],
])('lets one of ten changes of %s with the same tag through', async (collection, field) => {
  const path = `${collection}/${seeded[collection]}`
  const tag = await tagOf(path)

  const answers = await Promise.all(
    Array.from({ length: 10 }, (_, i) => send('PATCH', path, tag, { [field]: `Change ${i}` })),
  )

  const statuses = answers.map(({ status }) => status).sort()
  expect(statuses).toEqual([200, ...Array.from({ length: 9 }, () => 412)])
})

it.each([
  ['keys', 'rotate', {}],
  ['webhooks', 'rotate-secret', {}],
  ['oauth-clients', 'rotate-secret', {}],
])('refuses what is done to one of %s by its old tag: %s', async (collection, action, body) => {
  const path = `${collection}/${seeded[collection]}`

  const old = await send('POST', `${path}/${action}`, '"old"', body)
  const current = await send('POST', `${path}/${action}`, await tagOf(path), body)

  expect(old.status).toBe(412)
  expect(current.ok).toBe(true)
})
