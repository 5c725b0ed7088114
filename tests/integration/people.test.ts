import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { systemContext } from '../../backend/core/tenancy.ts'
import { createKey } from '../../backend/modules/auth/index.ts'
import { startTestApp, type TestApp, type TestTenant } from '../support/app.ts'

let app: TestApp
let tenant: TestTenant
let adminId = ''

beforeAll(async () => {
  app = await startTestApp()
  tenant = await app.addTenant('People')
  adminId = (await addPerson('admin@people.example', 'school-admin')).id
})

afterAll(async () => {
  await app.stop()
})

async function addPerson(email: string, role: 'school-admin' | 'teacher' | 'developer') {
  return tenant.client('POST /api/v1/people', { body: { name: 'Somebody', email, role } })
}

async function call(method: string, path: string, body?: object, headers: object = {}) {
  const response = await fetch(app.url + path, {
    method,
    headers: {
      authorization: `Bearer ${tenant.key}`,
      ...(body ? { 'content-type': 'application/json' } : {}),
      ...headers,
    },
    ...(body ? { body: JSON.stringify(body) } : {}),
  })
  const text = await response.text()
  return {
    status: response.status,
    etag: response.headers.get('etag') ?? '',
    body: text === '' ? undefined : JSON.parse(text),
  }
}

function signIn(email: string, password: string) {
  return call('POST', '/api/v1/session', { email, password }, { authorization: '' })
}

describe('a person', () => {
  it('is renamed, disabled and enabled', async () => {
    const { id, oneTimePassword } = await addPerson('ann@people.example', 'teacher')
    const renamed = await call('PATCH', `/api/v1/people/${id}`, { name: 'Ann' })
    const disabled = await call('PATCH', `/api/v1/people/${id}`, { disabled: true })
    const refused = await signIn('ann@people.example', oneTimePassword)
    await call('PATCH', `/api/v1/people/${id}`, { disabled: false })

    expect(renamed.body.name).toBe('Ann')
    expect(disabled.body.disabled).toBe(true)
    expect(refused.status).toBe(401)
    expect((await call('GET', `/api/v1/people/${id}`)).body).toMatchObject({
      name: 'Ann',
      disabled: false,
    })
  })

  it('gets and loses a role', async () => {
    const { id } = await addPerson('bea@people.example', 'teacher')
    const given = await call('POST', `/api/v1/people/${id}/roles`, { role: 'developer' })
    const taken = await call('DELETE', `/api/v1/people/${id}/roles/developer`)
    const again = await call('DELETE', `/api/v1/people/${id}/roles/developer`)

    expect(given.body.roles.map(({ role }: { role: string }) => role)).toEqual([
      'teacher',
      'developer',
    ])
    expect([taken.status, again.status]).toEqual([204, 404])
  })

  it('gets a one-time password that replaces the one before', async () => {
    const first = await addPerson('cat@people.example', 'teacher')
    const second = await call('POST', `/api/v1/people/${first.id}/one-time-password`)

    expect(second.status).toBe(201)
    expect((await signIn('cat@people.example', first.oneTimePassword)).status).toBe(401)
    expect((await signIn('cat@people.example', second.body.oneTimePassword)).status).toBe(201)
  })

  it('is deleted', async () => {
    const { id } = await addPerson('dan@people.example', 'teacher')

    expect((await call('DELETE', `/api/v1/people/${id}`)).status).toBe(204)
    expect((await call('GET', `/api/v1/people/${id}`)).status).toBe(404)
  })

  it('is not changed by who read another version', async () => {
    const { id } = await addPerson('eve@people.example', 'teacher')
    const { etag } = await call('GET', `/api/v1/people/${id}`)
    const path = `/api/v1/people/${id}`

    const answers = await Promise.all(
      ['A', 'B', 'C'].map((name) => call('PATCH', path, { name }, { 'if-match': etag })),
    )

    expect(answers.filter(({ status }) => status === 412)).toHaveLength(2)
  })
})

describe('the last administrator', () => {
  it.each([
    ['is not disabled', 'PATCH', '', { disabled: true }],
    ['is not deleted', 'DELETE', '', undefined],
    ['keeps the role', 'DELETE', '/roles/school-admin', undefined],
  ])('%s', async (_what, method, path, body) => {
    const answer = await call(method, `/api/v1/people/${adminId}${path}`, body)

    expect(answer.status).toBe(409)
    expect(answer.body.code).toBe('last_administrator')
    expect((await call('GET', `/api/v1/people/${adminId}`)).body).toMatchObject({
      disabled: false,
      roles: [{ role: 'school-admin' }],
    })
  })

  it('remains when two are removed at the same moment', async () => {
    const other = await addPerson('fay@people.example', 'school-admin')

    await Promise.all(
      [adminId, other.id].map((id) => call('PATCH', `/api/v1/people/${id}`, { disabled: true })),
    )

    const { data } = await tenant.client('GET /api/v1/people', {
      query: { role: 'school-admin', disabled: 'false' },
    })
    expect(data.length).toBeGreaterThan(0)
    for (const id of [adminId, other.id]) {
      await call('PATCH', `/api/v1/people/${id}`, { disabled: false })
    }
  })
})

it('does not let a key with few rights take over somebody with more', async () => {
  const { key } = await createKey(
    systemContext(tenant.id, 'test'),
    { name: 'Few', scopes: ['people.read', 'people.write'], expiresInDays: null },
    new Date(),
  )
  const few = { authorization: `Bearer ${key}` }

  const answers = [
    await call('POST', `/api/v1/people/${adminId}/one-time-password`, undefined, few),
    await call('PATCH', `/api/v1/people/${adminId}`, { disabled: true }, few),
    await call('DELETE', `/api/v1/people/${adminId}`, undefined, few),
    await call('POST', `/api/v1/people/${adminId}/roles`, { role: 'teacher' }, few),
  ]

  expect(answers.map(({ status }) => status)).toEqual([403, 403, 403, 403])
})

it('renames the organisation and lists the tree by parent', async () => {
  const renamed = await call('PATCH', `/api/v1/tenants/${tenant.id}`, { name: 'New name' })
  const below = await call('GET', `/api/v1/tenants?below=${tenant.id}`)
  const own = await call('GET', '/api/v1/tenants?sort=name&include=count')

  expect(renamed.body.name).toBe('New name')
  expect(below.body.data).toEqual([])
  expect(own.body.count).toEqual({ value: 1, capped: false })
})

it('lists roles and rights as they are for everybody', async () => {
  const roles = await tenant.client('GET /api/v1/roles', {})
  const scopes = await tenant.client('GET /api/v1/scopes', {})

  expect(roles.data.find(({ name }) => name === 'platform-admin')?.organisations).toEqual([
    'platform',
  ])
  expect(scopes.data.find(({ name }) => name === 'roster.write')?.sensitive).toBe(true)
})

it('reads one audit entry and exports the chain so that it can be verified elsewhere', async () => {
  const { data } = await tenant.client('GET /api/v1/audit', { query: { limit: 1 } })
  const one = await call('GET', `/api/v1/audit/${data[0]?.id}`)
  await app.server.services.audit.checkpointAll()
  const checkpoints = await tenant.client('GET /api/v1/audit/checkpoints', { query: {} })
  const exported = await tenant.client('POST /api/v1/audit/export', { body: {} })

  const entries = exported.content
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line))
  expect(one.body).toEqual(data[0])
  expect(entries).toHaveLength(exported.entries)
  for (const [n, entry] of entries.entries()) {
    if (n > 0) expect(entry.prevHash).toBe(entries[n - 1].hash)
  }
  const signed = checkpoints.data[0]
  expect(entries.find(({ seq }) => seq === signed?.seq)?.hash).toBe(signed?.hash)
})
