import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { AuditEntryModel } from '../../backend/core/audit/index.ts'
import { EventModel } from '../../backend/core/events/index.ts'
import { startTestApp, type TestApp, type TestTenant } from '../support/app.ts'

let app: TestApp
let tenant: TestTenant

beforeAll(async () => {
  app = await startTestApp()
  tenant = await app.addTenant('Roster')
})

afterAll(async () => {
  await app.stop()
})

const ada = {
  sourcedId: 'u-ada',
  givenName: 'Ada',
  familyName: 'Lovelace',
  role: 'student' as const,
  grades: ['7'],
}

function upsertUser(sourcedId: string, more: object = {}) {
  return { ...ada, method: 'upsert' as const, sourcedId, ...more }
}

async function call(method: string, path: string, body?: unknown, headers: object = {}) {
  const response = await fetch(app.url + path, {
    method,
    headers: {
      authorization: `Bearer ${tenant.key}`,
      ...(body === undefined ? {} : { 'content-type': 'application/json' }),
      ...headers,
    },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  })
  const text = await response.text()
  return {
    status: response.status,
    etag: response.headers.get('etag') ?? '',
    body: text === '' ? undefined : JSON.parse(text),
  }
}

async function eventsOf(id: string): Promise<string[]> {
  await app.server.services.events.relay()
  const rows = await EventModel.find({ tenantId: tenant.id }).sort({ _id: 1 }).lean()
  return rows.filter(({ data }) => JSON.stringify(data).includes(id)).map(({ type }) => type)
}

describe('one record', () => {
  it('is added, read, changed and removed, with an event each', async () => {
    const { client } = tenant
    const added = await client('POST /api/v1/users', { body: ada })
    const changed = await client('PATCH /api/v1/users/:id', {
      params: { id: added.id },
      body: { givenName: 'Augusta' },
    })
    const read = await client('GET /api/v1/users/:id', { params: { id: added.id } })
    await client('DELETE /api/v1/users/:id', { params: { id: added.id } })

    expect(added).toMatchObject(ada)
    expect(changed.grades).toEqual(['7'])
    expect(read).toEqual(changed)
    expect((await call('GET', `/api/v1/users/${added.id}`)).status).toBe(404)
    expect(await eventsOf(added.id)).toEqual(['user.created', 'user.updated', 'user.deleted'])
  })

  it('can be added again as soon as it was removed', async () => {
    const { client } = tenant
    const first = await client('POST /api/v1/classes', { body: { sourcedId: 'c-1', title: 'One' } })
    await client('DELETE /api/v1/classes/:id', { params: { id: first.id } })

    const second = await client('POST /api/v1/classes', {
      body: { sourcedId: 'c-1', title: 'Two' },
    })

    expect(second.title).toBe('Two')
    await app.server.services.events.relay()
    const { data } = await client('GET /api/v1/classes', { query: { sourcedId: 'c-1' } })
    expect(data).toEqual([second])
  })

  it('is refused where its sourcedId is taken', async () => {
    await call('POST', '/api/v1/users', { ...ada, sourcedId: 'u-twice' })

    const again = await call('POST', '/api/v1/users', { ...ada, sourcedId: 'u-twice' })

    expect(again.status).toBe(409)
    expect(again.body.code).toBe('conflict')
  })

  it('is changed by one of two writers who read the same version', async () => {
    const added = await call('POST', '/api/v1/users', { ...ada, sourcedId: 'u-race' })
    const path = `/api/v1/users/${added.body.id}`

    const answers = await Promise.all(
      ['A', 'B', 'C', 'D'].map((givenName) =>
        call('PATCH', path, { givenName }, { 'if-match': added.etag }),
      ),
    )

    expect(answers.filter(({ status }) => status === 412)).toHaveLength(3)
    const winner = answers.find(({ status }) => status === 200)
    expect((await call('GET', path)).body.givenName).toBe(winner?.body.givenName)
  })

  it('keeps every change of writers who send no If-Match', async () => {
    const added = await call('POST', '/api/v1/users', { ...ada, sourcedId: 'u-all' })
    const path = `/api/v1/users/${added.body.id}`

    const answers = await Promise.all([
      call('PATCH', path, { givenName: 'New' }),
      call('PATCH', path, { familyName: 'Name' }),
    ])

    expect(answers.map(({ status }) => status)).toEqual([200, 200])
    expect((await call('GET', path)).body).toMatchObject({ givenName: 'New', familyName: 'Name' })
  })

  it('is not enrolled in a class that does not exist', async () => {
    const answer = await call('POST', '/api/v1/enrollments', {
      sourcedId: 'e-none',
      classSourcedId: 'nowhere',
      userSourcedId: 'u-all',
      role: 'student',
    })

    expect(answer.status).toBe(404)
    expect(answer.body.detail).toContain('nowhere')
  })
})

describe('a bulk write', () => {
  it('answers one result per row, in order, and changes nothing the second time', async () => {
    const { client } = tenant
    const operations = [
      upsertUser('b-1'),
      upsertUser('b-2', { grades: undefined }),
      { method: 'delete' as const, sourcedId: 'b-none' },
    ]

    const first = await client('POST /api/v1/users/bulk', { body: { operations } })
    const second = await client('POST /api/v1/users/bulk', { body: { operations } })

    expect(first.results.map(({ status }) => status)).toEqual(['created', 'created', 'unchanged'])
    expect(second.results.map(({ status }) => status)).toEqual([
      'unchanged',
      'unchanged',
      'unchanged',
    ])
    expect(second.results.map(({ id }) => id)).toEqual(first.results.map(({ id }) => id))
    expect(await eventsOf(first.results[0]?.id ?? '')).toEqual(['user.created'])
  })

  it('lets a bad row fail alone and says why', async () => {
    const answer = await call('POST', '/api/v1/users/bulk', {
      operations: [
        upsertUser('b-bad', { role: 'wizard' }),
        upsertUser('b-good'),
        upsertUser('b-good', { givenName: 'Again' }),
        'nonsense',
        { method: 'erase', sourcedId: 'b-good' },
        upsertUser('b-inject', { givenName: { $gt: '' } }),
        null,
      ],
    })

    expect(answer.status).toBe(200)
    expect(answer.body.results.map(({ status }: { status: string }) => status)).toEqual([
      'failed',
      'created',
      'failed',
      'failed',
      'failed',
      'failed',
      'failed',
    ])
    expect(answer.body.results[0]).toMatchObject({
      index: 0,
      sourcedId: 'b-bad',
      problem: { code: 'invalid_request', errors: [{ pointer: '#/operations/0/role' }] },
    })
    expect(answer.body.results[2].problem.code).toBe('conflict')
    expect(answer.body.counts).toEqual({
      created: 1,
      updated: 0,
      unchanged: 0,
      deleted: 0,
      failed: 6,
      enrollmentsDeleted: 0,
    })
  })

  it('writes 1,000 rows with an event each and one entry in the audit', async () => {
    const { client } = tenant
    const operations = Array.from({ length: 1000 }, (_, n) => upsertUser(`many-${n}`))

    const made = await client('POST /api/v1/users/bulk', { body: { operations } })
    const changed = await client('POST /api/v1/users/bulk', {
      body: { operations: operations.map((each) => ({ ...each, familyName: 'Changed' })) },
    })

    expect(made.counts.created).toBe(1000)
    expect(changed.counts.updated).toBe(1000)
    await app.server.services.events.relay()
    const ids = new Set(made.results.map(({ id }) => id))
    const events = await EventModel.find({ tenantId: tenant.id }).lean()
    const ours = events.filter(({ data }) => ids.has((data as { userId?: string }).userId ?? ''))
    expect(ours.filter(({ type }) => type === 'user.created')).toHaveLength(1000)
    expect(ours.filter(({ type }) => type === 'user.updated')).toHaveLength(1000)
    const entries = await AuditEntryModel.find({
      tenantId: tenant.id,
      action: 'roster.user.bulk',
      fields: 'updated:1000',
    }).lean()
    expect(entries).toHaveLength(1)
  })

  it('refuses more than 1,000 rows, and none', async () => {
    const operations = Array.from({ length: 1001 }, (_, n) => upsertUser(`x-${n}`))

    expect((await call('POST', '/api/v1/users/bulk', { operations })).status).toBe(400)
    expect((await call('POST', '/api/v1/users/bulk', { operations: [] })).status).toBe(400)
  })

  it('enrols, refuses unknown references row by row, and takes enrolments along', async () => {
    const { client } = tenant
    await client('POST /api/v1/classes/bulk', {
      body: {
        operations: [{ method: 'upsert', sourcedId: 'c-maths', title: 'Maths', subjects: ['MA'] }],
      },
    })
    await client('POST /api/v1/users/bulk', {
      body: { operations: [upsertUser('e-u1'), upsertUser('e-u2')] },
    })
    const enrol = (userSourcedId: string, classSourcedId = 'c-maths') => ({
      method: 'upsert' as const,
      sourcedId: `${classSourcedId}/${userSourcedId}`,
      classSourcedId,
      userSourcedId,
      role: 'student' as const,
    })

    const enrolled = await client('POST /api/v1/enrollments/bulk', {
      body: {
        operations: [enrol('e-u1'), enrol('nobody'), enrol('e-u2'), enrol('e-u1', 'nowhere')],
      },
    })
    const removed = await client('POST /api/v1/users/bulk', {
      body: { operations: [{ method: 'delete', sourcedId: 'e-u1' }] },
    })

    expect(enrolled.results.map(({ status }) => status)).toEqual([
      'created',
      'failed',
      'created',
      'failed',
    ])
    expect(enrolled.results[1]?.problem).toMatchObject({
      code: 'not_found',
      detail: 'The user nobody does not exist',
    })
    expect(removed.results[0]).toMatchObject({ status: 'deleted', enrollmentsDeleted: 1 })
    const left = await client('GET /api/v1/enrollments', { query: { classSourcedId: 'c-maths' } })
    expect(left.data.map(({ userSourcedId }) => userSourcedId)).toEqual(['e-u2'])
    expect(await eventsOf(enrolled.results[0]?.id ?? '')).toEqual([
      'enrollment.created',
      'enrollment.deleted',
    ])
  })

  it('brings a removed record back with a new event', async () => {
    const { client } = tenant
    const operations = [upsertUser('back')]
    const made = await client('POST /api/v1/users/bulk', { body: { operations } })
    await client('POST /api/v1/users/bulk', {
      body: { operations: [{ method: 'delete', sourcedId: 'back' }] },
    })

    const again = await client('POST /api/v1/users/bulk', { body: { operations } })

    expect(again.results[0]?.status).toBe('created')
    await app.server.services.events.relay()
    const id = again.results[0]?.id ?? ''
    expect((await call('GET', `/api/v1/users/${id}`)).status).toBe(200)
    const events = await eventsOf(id)
    expect(events.at(-1)).toBe('user.created')
    expect(await eventsOf(made.results[0]?.id ?? '')).toContain('user.deleted')
  })
})

describe('a list', () => {
  let listed: TestTenant

  beforeAll(async () => {
    listed = await app.addTenant('Listed')
    const names = ['Cole', 'Adams', 'Baker', 'Adams', 'Dunn', 'Adams', 'Evans']
    const operations = names.map((familyName, n) => ({
      ...upsertUser(`l-${n}`, { role: n % 2 === 0 ? 'student' : 'teacher' }),
      familyName,
    }))
    await listed.client('POST /api/v1/users/bulk', { body: { operations } })
  })

  async function walk(query: Record<string, string | number>): Promise<string[]> {
    const found: string[] = []
    let cursor: string | undefined
    for (let page = 0; page < 20; page++) {
      const { data, nextCursor } = await listed.client('GET /api/v1/users', {
        query: { ...query, cursor } as never,
      })
      found.push(...data.map(({ familyName, sourcedId }) => `${familyName} ${sourcedId}`))
      if (nextCursor === null) return found
      cursor = nextCursor
    }
    throw new Error('the list does not end')
  }

  it.each([1, 2, 3, 200])('is whole and in order, %i at a time', async (limit) => {
    const up = await walk({ limit, sort: 'familyName' })
    const down = await walk({ limit, sort: '-familyName' })

    expect(up.map((each) => each.split(' ')[0])).toEqual([
      'Adams',
      'Adams',
      'Adams',
      'Baker',
      'Cole',
      'Dunn',
      'Evans',
    ])
    expect(new Set(up).size).toBe(7)
    expect(down).toEqual([...up].reverse())
  })

  it('sorts by what is unique and by the time of change', async () => {
    expect((await walk({ limit: 2, sort: '-sourcedId' }))[0]).toBe('Evans l-6')
    expect(new Set(await walk({ limit: 2, sort: 'updatedAt' })).size).toBe(7)
    expect(new Set(await walk({ limit: 3 })).size).toBe(7)
  })

  it('filters, counts and answers only some members', async () => {
    const answer = await listed.client('GET /api/v1/users', {
      query: { role: 'teacher', include: 'count', limit: 1, fields: 'familyName' },
    })

    expect(answer.count).toEqual({ value: 3, capped: false })
    expect(new Set(Object.keys(answer.data[0] ?? {}))).toEqual(new Set(['familyName', 'id']))
  })

  it('tells what changed since a time', async () => {
    const later = new Date(Date.now() + 60_000).toISOString()
    const earlier = new Date(Date.now() - 3_600_000).toISOString()

    expect(await walk({ updatedFrom: earlier })).toHaveLength(7)
    expect(await walk({ updatedFrom: later })).toHaveLength(0)
    expect(await walk({ from: earlier, to: later })).toHaveLength(7)
  })

  it.each([
    ['another order', 'sort=familyName'],
    ['another filter', 'role=teacher'],
  ])('refuses its cursor with %s', async (_what, query) => {
    const { nextCursor } = await listed.client('GET /api/v1/users', { query: { limit: 2 } })

    const response = await fetch(`${app.url}/api/v1/users?${query}&cursor=${nextCursor}`, {
      headers: { authorization: `Bearer ${listed.key}` },
    })

    expect(response.status).toBe(400)
    expect(await response.json()).toMatchObject({ code: 'invalid_cursor' })
  })

  it('takes its cursor with another size of page', async () => {
    const { nextCursor } = await listed.client('GET /api/v1/users', { query: { limit: 2 } })

    const { data } = await listed.client('GET /api/v1/users', {
      query: { limit: 5, cursor: nextCursor ?? '' },
    })

    expect(data).toHaveLength(5)
  })
})
