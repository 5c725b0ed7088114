import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { startTestApp, type TestApp, type TestTenant } from '../support/app.ts'
import { connect, syncAndWait } from '../support/synced.ts'
import { startVendors, type TestVendors } from '../support/vendors.ts'

// A school whose learning platform is fed by its student record system, both connected here.

let app: TestApp
let vendors: TestVendors

beforeAll(async () => {
  vendors = await startVendors()
  app = await startTestApp()
}, 60_000)

afterAll(async () => {
  await app.stop()
  await vendors.stop()
})

const maths = { moodle: '2', blackboard: '_2_1' }

describe.each(['moodle', 'blackboard'] as const)('a record system beside %s', (vendor) => {
  let school: TestTenant
  let lmsId: string

  beforeAll(async () => {
    school = await app.addTenant(`School with both, ${vendor}`)
    const sisId = await connect(school, vendors, 'oneroster', 'Records')
    expect(await syncAndWait(school, sisId)).toMatchObject({ status: 'succeeded' })
    lmsId = await connect(school, vendors, vendor, 'Learning platform')
    const run = await syncAndWait(school, lmsId)
    expect(run).toMatchObject({ status: 'succeeded', error: null, loss: { whole: true } })
  }, 60_000)

  const courseNow = async () => {
    const query = { sourcedId: `${lmsId}:${maths[vendor]}` }
    const { data } = await school.client('GET /api/v1/classes', { query })
    return data[0]
  }
  const readAgain = () => syncAndWait(school, lmsId, { full: true })

  it('knows the same people by the identifier of the record system, without asking', async () => {
    const { data: certain } = await school.client('GET /api/v1/roster/matches', {
      query: { status: 'certain', limit: 200 },
    })
    const { data: open } = await school.client('GET /api/v1/roster/matches', {
      query: { status: 'open' },
    })
    const { data: people } = await school.client('GET /api/v1/users', { query: { limit: 200 } })
    const { data: enrollments } = await school.client('GET /api/v1/enrollments', {
      query: { classSourcedId: `${lmsId}:${maths[vendor]}`, limit: 200 },
    })

    expect(certain.length).toBeGreaterThan(10)
    expect(open).toEqual([])
    // Nobody is there twice, and the course is attended by people as the record system calls them.
    expect(people.filter(({ sourcedId }) => sourcedId.startsWith(lmsId))).toEqual([])
    expect(enrollments.length).toBeGreaterThan(5)
    expect(enrollments.every(({ userSourcedId }) => /^user-\d+$/.test(userSourcedId))).toBe(true)
  })

  it('has the subject and year group of the class that is taught in a course', async () => {
    const { data } = await school.client('GET /api/v1/classes', {
      query: { sourcedId: 'class-2' },
    })

    expect(data[0]).toMatchObject({ grades: ['8'], subjects: ['Mathematics'] })
    expect(await courseNow()).toMatchObject({
      title: 'Year 8 Mathematics',
      grades: ['8'],
      subjects: ['Mathematics'],
      sisClassSourcedIds: ['class-2'],
    })
  })

  it('changes nothing the second time', async () => {
    const again = await readAgain()

    expect(again.counts.classes).toMatchObject({ created: 0, updated: 0, removed: 0 })
    expect(again.counts.users).toMatchObject({ created: 0, updated: 0, removed: 0 })
    expect(again.loss?.whole).toBe(true)
  })

  it('gives a course the title of whoever owns titles, from the next whole run on', async () => {
    const { client } = school
    const { data } = await client('GET /api/v1/classes', { query: { sourcedId: 'class-2' } })
    const id = data[0]?.id ?? ''
    await client('PATCH /api/v1/classes/:id', { params: { id }, body: { title: '8x/Ma1' } })
    await client('PATCH /api/v1/settings', {
      body: { changes: [{ key: 'roster.titleOwner', value: 'sis' }] },
    })

    const run = await readAgain()

    expect(run.loss?.whole).toBe(true)
    expect(await courseNow()).toMatchObject({ title: '8x/Ma1' })
  })
})

it('names people in groups of classes as was decided, and as before when that is taken back', async () => {
  const { client } = await app.addTenant('School with a doubtful match')
  const lmsId = await connect({ client }, vendors, 'moodle', 'Learning platform')
  await syncAndWait({ client }, lmsId)
  const groupsNow = async () => {
    const query = { sourcedId: `${lmsId}:2` }
    const { data } = await client('GET /api/v1/classes', { query })
    return data[0]?.groups.flatMap(({ memberSourcedIds }) => memberSourcedIds) ?? []
  }
  const [member = ''] = await groupsNow()
  const { data: people } = await client('GET /api/v1/users', { query: { sourcedId: member } })
  const { givenName = '', familyName = '', email = '' } = people[0] ?? {}
  await client('POST /api/v1/users', {
    body: { sourcedId: 'sis-x', givenName, familyName, email, role: 'student' },
  })
  await syncAndWait({ client }, lmsId, { full: true })
  const { data: open } = await client('GET /api/v1/roster/matches', { query: { status: 'open' } })
  const params = { id: open[0]?.id ?? '' }

  await client('POST /api/v1/roster/matches/:id/decide', {
    params,
    body: { decision: 'same', sourcedId: 'sis-x' },
  })
  const decided = await groupsNow()
  await client('POST /api/v1/roster/matches/:id/undo', { params })

  expect(open).toHaveLength(1)
  expect(decided).toContain('sis-x')
  expect(decided).not.toContain(member)
  expect(await groupsNow()).toContain(member)
}, 60_000)
