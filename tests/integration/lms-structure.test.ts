import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { startTestApp, type TestApp, type TestTenant } from '../support/app.ts'
import { connect, syncAndWait } from '../support/synced.ts'
import { startVendors, type TestVendors } from '../support/vendors.ts'

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

/** The maths course of the simulated school, as each LMS calls it. */
const courseIds = { moodle: '2', blackboard: '_2_1' }
const dueAt = '2026-12-02T06:00:00.000Z'

describe.each(['moodle', 'blackboard'] as const)('what a course of %s holds', (vendor) => {
  let school: TestTenant
  let id: string

  beforeAll(async () => {
    school = await app.addTenant(`School with ${vendor}`)
    id = await connect(school, vendors, vendor, 'Source')
    const run = await syncAndWait(school, id)
    expect(run).toMatchObject({ status: 'succeeded', error: null })
    expect(run.counts.assignments.created).toBeGreaterThan(1)
    expect(run.loss?.whole).toBe(true)
  }, 60_000)

  it('is found with its groups', async () => {
    const { data } = await school.client('GET /api/v1/classes', {
      query: { sourcedId: `${id}:${courseIds[vendor]}` },
    })

    const groups = data[0]?.groups ?? []
    expect(groups.map(({ title, set }) => `${set}: ${title}`)).toEqual([
      'Projects: Red',
      'Projects: Blue',
    ])
    const { data: enrollments } = await school.client('GET /api/v1/enrollments', {
      query: { classSourcedId: `${id}:${courseIds[vendor]}`, role: 'student', limit: 200 },
    })
    const learners = enrollments.map(({ userSourcedId }) => userSourcedId)
    expect(groups.flatMap(({ memberSourcedIds }) => memberSourcedIds).sort()).toEqual(
      learners.sort(),
    )
  })

  it('is found with what is set and when it is due', async () => {
    const classSourcedId = `${id}:${courseIds[vendor]}`
    const list = async (query: object) =>
      (await school.client('GET /api/v1/assignments', { query: { classSourcedId, ...query } })).data

    const all = await list({})
    const due = await list({ dueFrom: dueAt, dueTo: dueAt })

    expect(all.map(({ title }) => title).sort()).toEqual([
      'Mathematics homework',
      'Mathematics quiz',
    ])
    expect(due).toMatchObject([{ title: 'Mathematics homework', dueAt }])
    expect(await list({ dueFrom: '2027-01-01T00:00:00Z' })).toEqual([])
    const one = await school.client('GET /api/v1/assignments/:id', {
      params: { id: due[0]?.id ?? '' },
    })
    expect(one).toEqual(due[0])
  })

  it('changes nothing the second time', async () => {
    const again = await syncAndWait(school, id, { full: true })

    expect(again.counts.assignments).toMatchObject({ created: 0, updated: 0, removed: 0 })
    expect(again.counts.classes).toMatchObject({ created: 0, updated: 0, removed: 0 })
  })
})
