import { readFileSync } from 'node:fs'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { insertSupportAccess } from '../../backend/modules/auth/support-access-store.ts'
import type { Route } from '../../shared/api/contract.ts'
import { api } from '../../shared/api/index.ts'
import { launchOnly } from '../../shared/scopes.ts'
import { startTestApp, type TestApp, type TestTenant } from '../support/app.ts'
import { addAssignment } from '../support/assignment-rows.ts'
import { addCourse, addGradeRows } from '../support/course-rows.ts'
import { addDeploymentRequest } from '../support/deployment-request-rows.ts'
import { addMatch } from '../support/match-rows.ts'
import { addProblemRows } from '../support/problem-rows.ts'
import { addSsoRows } from '../support/sso-rows.ts'
import { addSyncRows } from '../support/sync-rows.ts'

const item = readFileSync(
  new URL('../../backend/demo/sample-package/items/half-of-ninety.xml', import.meta.url),
)

let app: TestApp
let ours: TestTenant
let theirs: TestTenant
/** An object of the other tenant for each path that names one. */
const foreign: Record<string, string> = {}

const routes = Object.entries(api) as [string, Route][]
// What only a launch may do is tested with launches: no credential of an organisation reaches it.
const withId = routes.filter(
  ([key, route]) =>
    key.includes(':') &&
    !(route.scope && launchOnly.includes(route.scope)) &&
    route.access !== 'public' &&
    route.access !== 'staff' &&
    !route.shared,
)
// The log of one's own requests names the addresses that one asked for, foreign ids included.
const lists = routes.filter(
  ([key, route]) =>
    key.startsWith('GET ') &&
    !key.includes(':') &&
    route.access === 'tenant' &&
    key !== 'GET /api/v1/requests',
)

function pathOf(key: string): string {
  return key.slice(key.indexOf(' ') + 1)
}

beforeAll(async () => {
  app = await startTestApp()
  ours = await app.addTenant('Ours')
  theirs = await app.addTenant('Theirs')
  const { client } = theirs
  const report = await client('POST /api/v1/items/import', {
    query: { fileName: 'half-of-ninety.xml' },
    file: new Blob([item], { type: 'application/xml' }),
  })
  const itemId = report.imported[0]?.id ?? ''
  const attempt = await client('POST /api/v1/attempts', { body: { itemId } })
  const platform = await client('POST /api/v1/lti/platforms', {
    body: {
      name: 'Their LMS',
      issuer: 'https://lms.theirs.example',
      clientId: 'c1',
      authorizationEndpoint: 'https://lms.theirs.example/auth',
      tokenEndpoint: 'https://lms.theirs.example/token',
      jwksUri: 'https://lms.theirs.example/jwks',
      deploymentIds: ['1'],
    },
  })
  const resource = await client('POST /api/v1/resources', {
    body: {
      name: 'Their resource',
      learningResourceType: 'guidance',
      license: { name: 'CC BY 4.0', url: null },
      attribution: 'Them',
    },
  })
  const path = await client('POST /api/v1/learning-paths', {
    body: { name: 'Their path', steps: [{ kind: 'resource', targetId: resource.id }] },
  })
  const embed = await client('POST /api/v1/embeds', {
    body: { kind: 'resource', targetId: resource.id },
  })
  const key = await client('POST /api/v1/keys', {
    body: { name: 'Their key', scopes: ['items.read'] },
  })
  const person = await client('POST /api/v1/people', {
    body: { name: 'Their teacher', email: 'teacher@theirs.example', role: 'teacher' },
  })
  const sandbox = await client('POST /api/v1/sandboxes', { body: {} })
  await client('POST /api/v1/attempts/:id/submit', {
    params: { id: attempt.id },
    body: { responses: { RESPONSE: ['45'] } },
  })
  const user = await client('POST /api/v1/users', {
    body: { sourcedId: 'u1', givenName: 'Their', familyName: 'Pupil', role: 'student' },
  })
  const schoolClass = await client('POST /api/v1/classes', {
    body: { sourcedId: 'c1', title: 'Their class' },
  })
  const enrollment = await client('POST /api/v1/enrollments', {
    body: { sourcedId: 'e1', classSourcedId: 'c1', userSourcedId: 'u1', role: 'student' },
  })
  const audit = await client('GET /api/v1/audit', { query: { limit: 1 } })
  const application = await client('POST /api/v1/oauth-clients', {
    body: {
      name: 'Their application',
      redirectUris: ['https://app.theirs.example/callback'],
      scopes: ['items.read', 'roster.read'],
      contact: 'help@theirs.example',
      purpose: 'Theirs',
    },
  })
  const webhook = await client('POST /api/v1/webhooks', {
    body: { url: 'https://hooks.theirs.example/in', eventTypes: ['*'] },
  })
  const role = await client('POST /api/v1/custom-roles', {
    body: { name: 'Their role', scopes: ['items.read'] },
  })
  const access = await insertSupportAccess(theirs.ctx, {
    personId: person.id,
    personName: 'Sam Support',
    reason: 'Launches fail',
    until: new Date(Date.now() + 3_600_000),
  })
  const below = await client('POST /api/v1/tenants', {
    body: { name: 'Theirs below', slug: 'theirs-below', kind: 'sandbox' },
  })
  const leaving = await client('POST /api/v1/offboardings', {
    body: { tenantId: below.id, confirm: 'theirs-below', reason: 'No longer needed' },
  })
  const connection = await client('POST /api/v1/connections', {
    body: { connectorId: 'moodle', name: 'Theirs', config: { url: 'https://a.theirs.example' } },
  })
  Object.assign(foreign, await addProblemRows(theirs, connection.id))
  Object.assign(foreign, await addSsoRows(theirs.id, 0))
  foreign['syncs'] = await addSyncRows(theirs.id, connection.id)
  const courseId = await addCourse(theirs.id, 0)
  const gradeRows = await addGradeRows(theirs.id, courseId, 0)
  const events = await client('GET /api/v1/events', { query: { limit: 1 } })
  Object.assign(foreign, {
    webhooks: webhook.id,
    'custom-roles': role.id,
    connections: connection.id,
    'support-accesses': access._id,
    offboardings: leaving.id,
    'webhook-deliveries': 'whd_00000000000000000000000000',
    events: events.data[0]?.id,
    imports: report.id,
    results: attempt.id,
    users: user.id,
    classes: schoolClass.id,
    enrollments: enrollment.id,
    assignments: await addAssignment(theirs, 0),
    audit: audit.data[0]?.id,
    sandboxes: sandbox.id,
    items: itemId,
    attempts: attempt.id,
    'lti/platforms': platform.id,
    'lti/courses': courseId,
    'roster/matches': await addMatch(theirs.id, 0),
    lineItemId: gradeRows.lineItemId,
    grades: gradeRows.gradeId,
    'grade-comparisons': gradeRows.comparisonId,
    'lti/deployment-requests': await addDeploymentRequest(theirs.id, 0),
    'lti/score-deliveries': 'dlv_00000000000000000000000000',
    resources: resource.id,
    'learning-paths': path.id,
    embeds: embed.id,
    keys: key.id,
    'oauth-clients': application.id,
    'oauth-grants': 'gra_00000000000000000000000000',
    people: person.id,
    tenants: theirs.id,
    jobs: 'job_00000000000000000000000000',
    requests: 'rec_00000000000000000000000000',
  })
})

afterAll(async () => {
  await app.stop()
})

/** Bodies by the end of the route they are for. */
const bodies: Readonly<Record<string, object>> = {
  '/decide': { decision: 'later' },
  '/clock': { offsetSeconds: 1 },
  '/:id/certifications': { webhookId: 'whk_0' },
  '/line-items': { label: 'Taken over', scoreMaximum: 1 },
  '/:id/roles': { role: 'teacher' },
  '/:id/deployments': { deploymentId: '1' },
  '/approvals': { scopes: ['roster.read'], reason: 'x' },
  '/webhooks/:id/rotate-secret': { overlapSeconds: 0 },
  '/webhooks/:id/replay': { failed: true },
  '/credentials': { values: { token: 'Taken over' } },
  '/my-progress': { stepId: 'step_1' },
  '/submit': { responses: { RESPONSE: ['45'] } },
}

/** A body that its schema accepts, so that only the tenant can be the reason for a refusal. */
function bodyFor(key: string): object | undefined {
  if (/^(GET|DELETE) /.test(key)) return undefined
  const [, named] = Object.entries(bodies).find(([end]) => key.endsWith(end)) ?? []
  if (named) return named
  if (key.startsWith('PUT /api/v1/sandboxes')) return {}
  if (key.startsWith('PATCH '))
    return {
      name: 'Taken over',
      step: 'alerts',
      note: 'Taken over',
      comment: 'Taken over',
      providerId: null,
    }
  if (/\/(rollback|confirm)$/.test(key)) return { version: 1, removals: 1 }
  if (key.endsWith('/clone')) return { tenantIds: [ours.id] }
  if (
    /^POST \/api\/v1\/(connections|problems|lti\/(deployment-requests|platforms|courses)|grades|identity-providers|sso-domains)\//.test(
      key,
    )
  )
    return {}
  return undefined
}

async function callAs(tenant: TestTenant, key: string, path: string): Promise<Response> {
  const body = bodyFor(key)
  return fetch(app.url + path, {
    method: key.slice(0, key.indexOf(' ')),
    headers: {
      authorization: `Bearer ${tenant.key}`,
      ...(body ? { 'content-type': 'application/json' } : {}),
    },
    ...(body ? { body: JSON.stringify(body) } : {}),
  })
}

function foreignPath(key: string): string {
  const path = pathOf(key)
  const collection = path.slice('/api/v1/'.length, path.indexOf('/:'))
  const id = foreign[collection]
  if (!id) throw new Error(`this test knows no ${collection} of the other tenant: add one`)
  return path
    .replace(':id', id)
    .replace(':role', 'teacher')
    .replace(':deploymentId', '1')
    .replace(':lineItemId', `${foreign['lineItemId']}`)
    .replace(':version', '1')
}

describe('an object of another tenant does not exist', () => {
  it.each(withId.map(([key]) => key))('%s', async (key) => {
    const response = await callAs(ours, key, foreignPath(key))

    expect(response.status).toBe(404)
    expect(await response.json()).toMatchObject({ code: 'not_found' })
  })
})

describe('its owner still finds it unchanged afterwards', () => {
  it.each(withId.map(([key]) => key).filter((key) => /^GET \S+\/:id$/.test(key)))(
    '%s',
    async (key) => {
      if (/jobs|deliveries|requests/.test(key)) return
      const response = await callAs(theirs, key, foreignPath(key))

      expect(response.status).toBe(200)
      expect(await response.text()).not.toContain('Taken over')
    },
  )
})

describe('a list shows nothing of another tenant', () => {
  it.each(lists.map(([key]) => key))('%s', async (key) => {
    const text = await (await callAs(ours, key, `${pathOf(key)}`)).text()

    for (const id of Object.values(foreign)) expect(text).not.toContain(id)
  })
})

it('refuses to use an object of another tenant in a body', async () => {
  const attempt = await fetch(`${app.url}/api/v1/attempts`, {
    method: 'POST',
    headers: { authorization: `Bearer ${ours.key}`, 'content-type': 'application/json' },
    body: JSON.stringify({ itemId: foreign['items'] }),
  })
  const embed = await fetch(`${app.url}/api/v1/embeds`, {
    method: 'POST',
    headers: { authorization: `Bearer ${ours.key}`, 'content-type': 'application/json' },
    body: JSON.stringify({ kind: 'item', targetId: foreign['items'] }),
  })

  expect(attempt.status).toBe(404)
  expect(embed.status).toBe(404)
})

it('knows an object of the other tenant for every route that names one', () => {
  expect(withId.length).toBeGreaterThan(15)
  for (const [key] of withId) expect(() => foreignPath(key)).not.toThrow()
})
