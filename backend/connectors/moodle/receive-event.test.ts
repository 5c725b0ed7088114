import { describe, expect, it } from 'vitest'
import { receiveEvent } from './receive-event.ts'

const now = new Date('2026-11-23T10:00:00Z')
const webhookSecret = 'a-secret-for-events'
const ctx = { credentials: { webhookSecret }, now: () => now }
const event = {
  eventname: '\\core\\event\\user_enrolment_created',
  objecttable: 'user_enrolments',
  objectid: '12',
  courseid: '3',
  relateduserid: '44',
  timecreated: now.getTime() / 1000,
}
const bearer = { authorization: `Bearer ${webhookSecret}` }

const receive = (body: object, headers: Record<string, string> = bearer) =>
  receiveEvent(ctx, { headers, body: JSON.stringify(body) })

describe('an event of Moodle', () => {
  it.each([
    ['as a bearer token', bearer, {}],
    ['in its body', {}, { token: webhookSecret }],
  ])('with the secret %s announces a change of courses', async (_name, headers, more) => {
    const notices = await receive({ ...event, ...more }, headers)

    expect(notices).toEqual([
      {
        id: expect.any(String),
        capability: 'courses',
        change: 'members',
        courseId: '3',
        entity: 'members user_enrolments 12 44',
        detail: 'user_enrolment_created',
        happenedAt: now,
      },
    ])
  })

  it('has one id however often it is posted, and another event has another', async () => {
    const [first] = await receive(event)
    const [again] = await receive({ ...event, token: webhookSecret }, {})
    const [other] = await receive({ ...event, relateduserid: '45' })

    expect(again?.id).toBe(first?.id)
    expect(other?.id).not.toBe(first?.id)
  })

  it.each([
    ['course_deleted', 'course-deleted', undefined, 'course course 3 '],
    ['course_updated', 'course', '3', 'course course 3 '],
    ['group_member_added', 'members', '3', 'members course 3 '],
    ['course_module_updated', 'assignments', '3', 'assignments course 3 '],
    ['user_updated', 'people', undefined, 'people course 3 '],
  ])('%s means %s of course %s', async (name, change, courseId, entity) => {
    const about = { objecttable: 'course', objectid: 3, relateduserid: null }

    const [notice] = await receive({ ...event, ...about, eventname: `\\core\\event\\${name}` })

    expect(notice).toMatchObject({ capability: 'courses', change, entity })
    expect(notice?.courseId).toBe(courseId)
  })

  it('of a grade announces a change of grades', async () => {
    const [notice] = await receive({ ...event, eventname: '\\core\\event\\user_graded' })

    expect(notice).toMatchObject({ capability: 'grades', change: 'grades', courseId: '3' })
  })

  it('about something else announces nothing', async () => {
    expect(await receive({ ...event, eventname: '\\mod_quiz\\event\\attempt_submitted' })).toEqual(
      [],
    )
  })

  it.each([
    ['with another secret', event, { authorization: 'Bearer another-secret-here' }, 'refused'],
    ['without a secret', event, {}, 'refused'],
    ['that is none', { any: 'thing' }, bearer, 'schema_changed'],
    [
      'from the future',
      { ...event, timecreated: now.getTime() / 1000 + 600 },
      bearer,
      'clock_skew',
    ],
    ['that does not say when', { ...event, timecreated: undefined }, bearer, 'schema_changed'],
    ['of last month', { ...event, timecreated: now.getTime() / 1000 - 2e6 }, bearer, 'refused'],
  ])('%s is refused', async (_name, body, headers, code) => {
    await expect(receive(body, headers as Record<string, string>)).rejects.toMatchObject({
      kind: 'reject',
      code,
    })
  })

  it('is not expected where no secret is set', async () => {
    const without = { credentials: {}, now: () => now }

    await expect(
      receiveEvent(without, { headers: bearer, body: JSON.stringify(event) }),
    ).rejects.toMatchObject({ kind: 'unsupported' })
  })
})
