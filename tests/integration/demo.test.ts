import { describe, expect, it } from 'vitest'
import { AuditEntryModel } from '../../backend/core/audit/index.ts'
import { systemContext } from '../../backend/core/tenancy.ts'
import { demoLibrary } from '../../backend/demo/library/index.ts'
import { demoRoster, demoSchools } from '../../backend/demo/roster.ts'
import { type DemoDeps, seedDemo } from '../../backend/demo/seed-demo.ts'
import { ResourceModel } from '../../backend/modules/content/resource-store.ts'
import { resourceView } from '../../backend/modules/content/resources.ts'
import { createRosterModule, upsertRoster } from '../../backend/modules/roster/index.ts'
import { ClassModel, EnrollmentModel, UserModel } from '../../backend/modules/roster/store.ts'
import { findTenantBySlug, tenantAndDescendants } from '../../backend/modules/tenants/index.ts'
import { Resource, ResourceBody } from '../../shared/api/resources.ts'
import { addStaff, password, serveAuth } from '../support/auth-server.ts'
import { useTestDatabase } from '../support/database.ts'
import { createStaffBrowser } from '../support/staff-browser.ts'

useTestDatabase()

function demoDeps() {
  const calls: string[] = []
  const deps: DemoDeps = {
    now: () => new Date('2026-11-23T09:00:00Z'),
    itemBank: async () => Buffer.from('zip'),
    importItems: async (ctx, { fileName }) => void calls.push(`items ${fileName} ${ctx.tenantId}`),
    platform: {
      name: 'Simulated LMS',
      issuer: 'http://127.0.0.1:3000/sandbox/lms',
      clientId: 'edpsych-connect',
      authorizationEndpoint: 'http://127.0.0.1:3000/sandbox/lms/lti/auth',
      tokenEndpoint: 'http://127.0.0.1:3000/sandbox/lms/lti/token',
      jwksUri: 'http://127.0.0.1:3000/sandbox/lms/lti/jwks',
      deploymentIds: ['1'],
    },
    registerPlatform: async (_ctx, { issuer }) => void calls.push(`platform ${issuer}`),
  }
  return { deps, calls }
}

describe('the demo trust', () => {
  it('is one trust with two schools, their people, a library and an item bank', async () => {
    const { deps, calls } = demoDeps()

    const { accounts } = await seedDemo(deps)

    const trust = await findTenantBySlug('demo')
    const tenantIds = await tenantAndDescendants(trust?.id ?? '')
    const within = { tenantId: { $in: tenantIds } }
    expect(trust).toMatchObject({ name: 'Harbourside Learning Trust', kind: 'trust' })
    expect(tenantIds).toHaveLength(3)
    expect(await UserModel.countDocuments({ ...within, role: 'student' })).toBe(60)
    expect(await UserModel.countDocuments({ ...within, role: 'teacher' })).toBe(8)
    expect(await ClassModel.countDocuments(within)).toBe(6)
    expect(await EnrollmentModel.countDocuments(within)).toBe(60 + 6 + 6)
    expect(await ResourceModel.countDocuments({ tenantId: trust?.id ?? '' })).toBe(16)
    expect(calls).toEqual([
      'platform http://127.0.0.1:3000/sandbox/lms',
      `items item-bank.zip ${trust?.id}`,
    ])
    expect(accounts.map(({ email }) => email)).toEqual([
      'admin@harbourside.example',
      'teacher@harbourside.example',
    ])
  })

  it('gives learners names that no child has twice', () => {
    const names = demoSchools.flatMap((school) =>
      [...demoRoster(school).users].map(
        ({ givenName, familyName }) => `${givenName} ${familyName}`,
      ),
    )

    expect(new Set(names).size).toBe(68)
    expect(names.every((name) => / (Example|Sample|Placeholder|Standin)$/.test(name))).toBe(true)
  })

  it('is made once: what was deleted stays deleted, and passwords are shown once', async () => {
    const trust = await findTenantBySlug('demo')
    const one = await ResourceModel.findOne({ tenantId: trust?.id ?? '' }).lean()
    await ResourceModel.deleteOne({ _id: one?._id ?? '', tenantId: trust?.id ?? '' })
    const { deps, calls } = demoDeps()

    const { accounts } = await seedDemo(deps)

    expect(accounts).toEqual([])
    expect(calls).toEqual(['platform http://127.0.0.1:3000/sandbox/lms'])
    expect(await ResourceModel.countDocuments({ tenantId: trust?.id ?? '' })).toBe(15)
  })

  it('holds resources that the API can show, each long enough to be of use', async () => {
    const show = resourceView('https://connect.example')
    const times = { createdAt: new Date(0), updatedAt: new Date(0) }

    for (const { id, body } of demoLibrary) {
      const resource = ResourceBody.parse(body)
      const row = { ...resource, ...times, _id: id, tenantId: 't', searchText: '', revision: 1 }
      const shown = Resource.parse(show(row))
      const words = JSON.stringify(shown.content).split(/\s+/).length
      expect(words, resource.name).toBeGreaterThan(110)
      expect(shown.license.name).toBe('CC BY 4.0')
      expect(shown.attribution).toContain('EdPsych Connect demo library')
    }
    expect(new Set(demoLibrary.map(({ id }) => id)).size).toBe(demoLibrary.length)
  })
})

describe('the roster', () => {
  it('takes the same records twice without a change, and only what differs', async () => {
    const school = demoSchools[0]
    if (!school) throw new TypeError('the demo has no school')
    const ctx = systemContext('ten_roster', 'test')
    const roster = demoRoster(school)
    const [first] = [...roster.users]
    if (!first) throw new TypeError('the demo school has no users')

    const made = await upsertRoster(ctx, roster)
    const again = await upsertRoster(ctx, roster)
    const renamed = await upsertRoster(ctx, {
      users: [{ ...first, familyName: 'Renamed' }],
      classes: [],
      enrollments: [],
    })

    expect(made.users).toMatchObject({ inserted: 34, updated: 0, failed: [] })
    expect(again.users).toMatchObject({ inserted: 0, updated: 0, unchanged: 34 })
    expect(renamed.users).toMatchObject({ updated: 1 })
    expect(await UserModel.findOne({ tenantId: 'ten_roster', familyName: 'Renamed' })).toBeTruthy()
  })

  it('is read by the staff of its school, class by class, and each reading is audited', async () => {
    const server = await serveAuth(() => ({
      modules: [
        createRosterModule({
          ownershipOf: async () => ({ name: 'sis', email: 'sis', title: 'lms' }),
        }),
      ],
    }))
    const { deps } = demoDeps()
    await seedDemo(deps)
    const school = await findTenantBySlug('larkfield')
    const trust = await findTenantBySlug('demo')
    await addStaff(trust?.id ?? '', 'senco@harbourside.example', 'school-admin')
    const senco = createStaffBrowser(server.url)
    await senco.signIn('senco@harbourside.example', password)
    const there = { headers: { 'edpsych-tenant': school?.id ?? '' } }

    const classes = await senco.call('GET /api/v1/classes', there)
    const science = classes.body.data.find(({ title }: { title: string }) =>
      title.includes('Science'),
    )
    const learners = await senco.call(`GET /api/v1/users?role=student&classId=${science.id}`, there)
    const enrollments = await senco.call(
      `GET /api/v1/enrollments?classSourcedId=${science.sourcedId}`,
      there,
    )
    const elsewhere = await senco.call(`GET /api/v1/users?classId=${science.id}`)

    expect(classes.body.data).toHaveLength(3)
    expect(learners.body.data).toHaveLength(10)
    expect(learners.body.data[0]).toMatchObject({ familyName: 'Example', grades: ['9'] })
    expect(enrollments.body.data).toHaveLength(12)
    expect(elsewhere.body.data).toEqual([])
    const reads = { tenantId: school?.id ?? '', action: 'roster.users.read' }
    expect(await AuditEntryModel.countDocuments(reads)).toBe(1)
    await server.close()
  })
})
