import { afterAll, beforeAll, expect, it } from 'vitest'
import { startTestApp, type TestApp } from '../support/app.ts'
import { course, launch, persona, startLms, type TestLms } from '../support/lms-client.ts'
import { openSession } from '../support/lti-launches.ts'
import { ended } from '../support/synced.ts'

const section = `section-${course.maths}`

let app: TestApp
let lms: TestLms

beforeAll(async () => {
  app = await startTestApp()
  lms = await startLms()
}, 60_000)

afterAll(async () => {
  await app.stop()
  await lms.close()
})

it('fetches the courses of a whole LMS that its launches came from, and nobody of the others', async () => {
  const { client } = await app.addTenant('School of the LMS')
  const tool = await lms.registerTool({
    name: 'EdPsych Connect',
    toolUrl: `${app.url}/lti/launch`,
    loginUrl: `${app.url}/lti/login`,
    redirectUris: [`${app.url}/lti/launch`],
    jwksUri: `${app.url}/lti/jwks`,
  })
  const { issuer, ...endpoints } = lms.platform
  const { id } = await client('POST /api/v1/lti/platforms', {
    body: {
      ...endpoints,
      name: 'Simulated LMS',
      issuer,
      clientId: tool.clientId,
      deploymentIds: [tool.deploymentId],
    },
  })
  const { link } = await lms.addLink(tool.id, { title: 'Fractions' })
  const { answer } = await launch(lms, { as: persona.teacher, linkId: link.id })
  const place = new URL(answer.headers.get('location') ?? '', app.url)
  const session = await openSession({ publicUrl: app.url }, place.hash.replace('#code=', ''))
  const params = { id }
  await expect
    .poll(() => client('GET /api/v1/lti/platforms/:id/course-sync', { params }))
    .toMatchObject({ courses: 1, readable: 1 })

  await client('POST /api/v1/classes', {
    body: { sourcedId: section, title: '8x/Ma1', subjects: ['Mathematics'], grades: ['8'] },
  })

  const started = await client('POST /api/v1/lti/platforms/:id/syncs', { params, body: {} })
  const first = await ended({ client }, started.id)
  const again = await client('POST /api/v1/lti/platforms/:id/syncs', { params, body: {} })
  const second = await ended({ client }, again.id)

  expect(session.status).toBe(200)
  expect(first).toMatchObject({ status: 'succeeded', loss: { whole: true } })
  const { data: courses } = await client('GET /api/v1/lti/courses', {})
  const { data: classes } = await client('GET /api/v1/classes', {})
  expect(courses.map(({ contextId }) => contextId)).toEqual([course.maths])
  // The launch said which class of the record system is taught in the course.
  const [own, taught] = classes.toSorted((a, b) => a.title.localeCompare(b.title))
  expect(own).toMatchObject({ sourcedId: section, title: '8x/Ma1' })
  expect(taught).toMatchObject({
    title: 'Year 8 Mathematics',
    grades: ['8'],
    subjects: ['Mathematics'],
    sisClassSourcedIds: [section],
  })
  const { members } = await client('GET /api/v1/lti/courses/:id/members', {
    params: { id: courses[0]?.id ?? '' },
    query: {},
  })
  const inClass = members.filter(({ roles }) =>
    roles.some((role) => ['instructor', 'teaching-assistant', 'learner'].includes(role)),
  )
  const { data: people } = await client('GET /api/v1/users', { query: { limit: 200 } })
  expect(people.map(({ sourcedId }) => sourcedId).toSorted()).toEqual(
    inClass.map(({ userId }) => `${id}:${userId}`).toSorted(),
  )
  expect(people.some(({ role }) => role === 'teacher')).toBe(true)
  expect(second.counts).toMatchObject({ classes: { unchanged: 1 }, users: { seen: 0 } })
}, 60_000)
