import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { platformContext, platformTenantId } from '../../backend/core/platform-tenant.ts'
import { ensureAccount } from '../../backend/modules/auth/index.ts'
import type { RoleName } from '../../shared/scopes.ts'
import { startTestApp, type TestApp, type TestTenant } from '../support/app.ts'
import { createStaffBrowser, type StaffBrowser } from '../support/staff-browser.ts'

const password = 'heron lamp quilt orbit'
let app: TestApp
let trust: TestTenant
let school: TestTenant
let stranger: TestTenant
let head: StaffBrowser
let operator: StaffBrowser

beforeAll(async () => {
  app = await startTestApp()
  trust = await app.addTenant('Role Trust', { kind: 'trust' })
  school = await app.addTenant('Role School', { below: trust })
  stranger = await app.addTenant('Role Stranger')
  head = await staffOf(trust, 'head@role.example', 'trust-admin')
  operator = await staffOf(school, 'operator@role.example', 'integration-operator')
})
afterAll(() => app.stop())

async function staffOf(
  { ctx }: Pick<TestTenant, 'ctx'>,
  email: string,
  role: RoleName,
): Promise<StaffBrowser> {
  await ensureAccount(ctx, { name: 'Sam Staff', email, role }, new Date(), password)
  const browser = createStaffBrowser(app.url)
  await browser.signIn(email, password)
  return browser
}

const inSchool = () => ({ headers: { 'edpsych-tenant': school.id } })

async function personId(email: string): Promise<string> {
  const { body } = await head.call(`GET /api/v1/people?email=${encodeURIComponent(email)}`)
  return body.data[0].id
}

describe('a role that an organisation makes', () => {
  let roleId = ''

  it('is made of rights that its maker holds', async () => {
    const { status, body } = await head.call('POST /api/v1/custom-roles', {
      body: { name: 'Data manager', description: 'Classes', scopes: ['roster.read', 'audit.read'] },
    })
    roleId = body.id

    expect(status).toBe(201)
    expect(body).toMatchObject({ name: 'Data manager', scopes: ['roster.read', 'audit.read'] })
    const again = await head.call('POST /api/v1/custom-roles', {
      body: { name: 'data MANAGER', scopes: ['roster.read'] },
    })
    expect(again).toMatchObject({ status: 409, body: { code: 'conflict' } })
  })

  it('cannot be made or changed by somebody with less', async () => {
    const make = await operator.call('POST /api/v1/custom-roles', {
      body: { name: 'More', scopes: ['audit.read'] },
    })
    const launch = await head.call('POST /api/v1/custom-roles', {
      body: { name: 'Launcher', scopes: ['lti.launch'] },
    })

    expect(make).toMatchObject({ status: 403, body: { code: 'insufficient_scope' } })
    expect(launch).toMatchObject({ status: 403, body: { code: 'insufficient_scope' } })
  })

  it('opens exactly its rights to whoever gets it, in the schools below too', async () => {
    const member = await staffOf(school, 'member@role.example', 'integration-operator')
    expect((await member.call('GET /api/v1/users')).status).toBe(403)

    const given = await head.call(
      `POST /api/v1/people/${await personId('member@role.example')}/roles`,
      {
        body: { customRoleId: roleId, tenantId: school.id },
      },
    )

    expect(given.body.customRoles).toEqual([{ tenantId: school.id, roleId }])
    expect((await member.call('GET /api/v1/users')).status).toBe(200)
    expect((await member.call('GET /api/v1/audit')).status).toBe(200)
    expect((await member.call('POST /api/v1/keys', { body: {} })).status).toBe(403)
    const { body } = await member.call('GET /api/v1/session')
    expect(body.customRoles).toEqual([{ id: roleId, name: 'Data manager' }])
  })

  it('follows a change at once', async () => {
    const member = createStaffBrowser(app.url)
    await member.signIn('member@role.example', password)
    await head.call(`PATCH /api/v1/custom-roles/${roleId}`, { body: { scopes: ['audit.read'] } })

    expect((await member.call('GET /api/v1/users')).status).toBe(403)
    expect((await member.call('GET /api/v1/audit')).status).toBe(200)
  })

  it('stays while somebody has it, and leaves before and after in the trail', async () => {
    const id = await personId('member@role.example')
    const inUse = await head.call(`DELETE /api/v1/custom-roles/${roleId}`)
    await head.call(`DELETE /api/v1/people/${id}/roles/${roleId}?tenantId=${school.id}`)
    const gone = await head.call(`DELETE /api/v1/custom-roles/${roleId}`)

    expect(inUse).toMatchObject({ status: 409, body: { code: 'role_in_use' } })
    expect(gone.status).toBe(204)
    const { body } = await head.call('GET /api/v1/audit?action=role.update')
    expect(body.data[0].changes).toEqual([
      { field: 'scopes', before: '["audit.read","roster.read"]', after: '["audit.read"]' },
    ])
  })

  it('does not exist for others', async () => {
    const { body } = await head.call('POST /api/v1/custom-roles', {
      body: { name: 'Ours', scopes: ['items.read'] },
    })
    const other = await staffOf(stranger, 'head@stranger.example', 'school-admin')

    expect((await other.call(`GET /api/v1/custom-roles/${body.id}`)).status).toBe(404)
    expect((await other.call('GET /api/v1/custom-roles')).body.data).toEqual([])
    const { body: me } = await other.call('GET /api/v1/session')
    const given = await other.call(`POST /api/v1/people/${me.user.id}/roles`, {
      body: { customRoleId: body.id },
    })
    expect(given.status).toBe(404)
  })
})

it('tells of each change of an account and an organisation by an event', async () => {
  const added = await head.call('POST /api/v1/people', {
    body: { name: 'Rosa Event', email: 'rosa@role.example', role: 'teacher' },
  })
  const path = `/api/v1/people/${added.body.id}`
  await head.call(`PATCH ${path}`, { body: { name: 'Rosa Events' } })
  await head.call(`POST ${path}/roles`, { body: { role: 'auditor' } })
  await head.call(`DELETE ${path}/roles/auditor`)
  await head.call(`DELETE ${path}`)
  await head.call(`PATCH /api/v1/tenants/${school.id}`, { body: { name: 'Role School II' } })

  const again = await head.call('POST /api/v1/people', {
    body: { name: 'Rosa Again', email: 'rosa@role.example', role: 'teacher' },
  })
  const { body } = await head.call('GET /api/v1/events?limit=200')
  const types = body.data
    .filter(({ data }: { data: { personId?: string; tenantId?: string } }) =>
      [added.body.id, school.id].includes(data.personId ?? data.tenantId),
    )
    .map(({ type }: { type: string }) => type)
  expect(again.status).toBe(201)
  expect(types).toEqual(
    expect.arrayContaining([
      'person.added',
      'person.updated',
      'person.role_granted',
      'person.role_revoked',
      'person.removed',
      'tenant.updated',
    ]),
  )
})

describe('support staff of the platform', () => {
  let support: StaffBrowser

  beforeAll(async () => {
    const platform = { ctx: platformContext('test') }
    support = await staffOf(platform, 'support@edpsych.example', 'support')
  })

  it('see no organisation by themselves', async () => {
    const { status } = await support.call('GET /api/v1/items', inSchool())
    const { body } = await support.call('GET /api/v1/session')

    expect(status).toBe(404)
    expect(body.tenant.id).toBe(platformTenantId)
  })

  it('open one with a reason and for a while, which the organisation reads', async () => {
    const short = await support.call('POST /api/v1/support-accesses', {
      body: { tenantId: school.id, reason: 'help' },
    })
    const opened = await support.call('POST /api/v1/support-accesses', {
      body: { tenantId: school.id, reason: 'Ticket 4711: launches fail since Monday', minutes: 30 },
    })

    expect(short.status).toBe(400)
    expect(opened.status).toBe(201)
    expect((await support.call('GET /api/v1/items', inSchool())).status).toBe(200)
    expect((await support.call('GET /api/v1/users', inSchool())).status).toBe(403)
    const { body } = await head.call('GET /api/v1/audit?action=support.open', inSchool())
    expect(body.data[0]).toMatchObject({
      purpose: 'support',
      changes: [{ field: 'reason', after: 'Ticket 4711: launches fail since Monday' }, {}],
    })
    const events = await head.call('GET /api/v1/events?type=support.access_opened', inSchool())
    expect(events.body.data).toHaveLength(1)
  })

  it('are shown out by the organisation at once', async () => {
    const { body } = await head.call('GET /api/v1/support-accesses?open=true', inSchool())
    const { status } = await head.call(
      `DELETE /api/v1/support-accesses/${body.data[0].id}`,
      inSchool(),
    )

    expect(status).toBe(204)
    expect((await support.call('GET /api/v1/items', inSchool())).status).toBe(404)
    const open = await head.call('GET /api/v1/support-accesses?open=true', inSchool())
    expect(open.body.data).toEqual([])
  })

  it('is not what an administrator of an organisation can make of themselves', async () => {
    const { status, body } = await head.call('POST /api/v1/support-accesses', {
      body: { tenantId: stranger.id, reason: 'I would like to have a look' },
    })

    expect(status).toBe(403)
    expect(body.code).toBe('forbidden')
  })
})
