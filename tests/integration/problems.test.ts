import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { EventModel } from '../../backend/core/events/index.ts'
import { systemContext } from '../../backend/core/tenancy.ts'
import { ProblemModel } from '../../backend/modules/problems/store.ts'
import { type Client, createClient } from '../../shared/api/client.ts'
import { useTestDatabase } from '../support/database.ts'
import { type ModuleServer, serveModules } from '../support/module-server.ts'
import { createProblemWorld } from '../support/problem-world.ts'

useTestDatabase()
const world = createProblemWorld([
  { id: 'platform', kind: 'platform', parentId: null },
  { id: 'ten_trust', kind: 'trust', parentId: 'platform' },
  { id: 'ten_north', kind: 'school', parentId: 'ten_trust' },
  { id: 'ten_south', kind: 'school', parentId: 'ten_trust' },
  { id: 'ten_hostile', kind: 'school', parentId: 'platform' },
  { id: 'ten_try', kind: 'sandbox', parentId: 'platform' },
])
let server: ModuleServer
let north: Client
let trust: Client
let hostile: Client
let lastId = 0

beforeAll(async () => {
  server = await serveModules(() => ({
    modules: [world.problems],
    bearer: [
      { prefix: 'ten_', authenticate: async (token) => systemContext(token, 'test', 'req-test') },
    ],
  }))
  const clientOf = (tenantId: string) =>
    createClient({ baseUrl: server.url, headers: () => ({ authorization: `Bearer ${tenantId}` }) })
  north = clientOf('ten_north')
  trust = clientOf('ten_trust')
  hostile = clientOf('ten_hostile')
})
afterAll(() => server.close())

function connect(tenantId = 'ten_north', facts = {}): string {
  lastId += 1
  return world.connect(tenantId, `con_${String(lastId).padStart(6, '0')}`, facts)
}

async function problemsOf(connectionId: string, client = north) {
  const query = { connectionId, limit: 50, sort: '-createdAt' as const }
  return (await client('GET /api/v1/problems', { query })).data
}

async function onlyProblemOf(connectionId: string, client = north) {
  const found = await problemsOf(connectionId, client)
  expect(found).toHaveLength(1)
  const [problem] = found
  if (!problem) throw new TypeError('checked just above')
  return problem
}

async function eventsOf(problemId: string) {
  const row = await ProblemModel.findOne({ _id: problemId }, {}, { acrossTenants: 'a test' }).lean<{
    pendingEvents?: { type: string; data: { by?: string; reopened?: boolean } }[]
  }>()
  return row?.pendingEvents ?? []
}

describe('a problem', () => {
  it('is one, however many report it at once', async () => {
    const id = connect()

    await Promise.all(
      Array.from({ length: 40 }, (_, no) => world.fail('ten_north', id, 'timeout', `No ${no}`)),
    )
    await world.fail('ten_north', id, 'unauthorised', 'The token is wrong')

    const found = await problemsOf(id)
    expect(found.map(({ cause, occurrences }) => [cause, occurrences]).sort()).toEqual([
      ['timeout', 40],
      ['unauthorised', 1],
    ])
    expect(found.find(({ cause }) => cause === 'timeout')?.evidence).toHaveLength(20)
    expect(world.held.get(id)?.openProblems).toBe(2)
  })

  it('takes that we pause for a sign of what failed, and for a problem only where that is unknown', async () => {
    const [failed, paused] = [connect(), connect()]
    await world.fail('ten_north', failed, 'unauthorised', 'The token is wrong')
    await world.fail('ten_north', failed, 'unavailable', 'Status 503')
    await world.fail('ten_north', failed, 'circuit_open', 'Left alone for a moment')
    await world.fail('ten_north', paused, 'circuit_open', 'Left alone for a moment')

    const found = await problemsOf(failed)
    expect(found.map(({ cause, occurrences }) => [cause, occurrences]).sort()).toEqual([
      ['unauthorised', 1],
      ['unavailable', 2],
    ])
    expect(await onlyProblemOf(paused)).toMatchObject({ cause: 'circuit_open' })
  })

  it('says in school words what happened, what to do and whose turn it is', async () => {
    const id = connect()
    await world.fail('ten_north', id, 'unauthorised', 'Moodle refused the token')

    expect(await onlyProblemOf(id)).toMatchObject({
      connectionName: `Connection ${id}`,
      connectorId: 'moodle',
      status: 'open',
      severity: 'critical',
      owner: 'school',
      title: 'The other system does not accept our sign-in',
      whatToDo: expect.arrayContaining([expect.stringContaining('Credentials')]),
      evidence: [
        { kind: 'check', detail: 'Moodle refused the token', at: '2026-11-23T08:00:00.000Z' },
      ],
    })
  })

  it('keeps credentials and addresses of people out of its evidence', async () => {
    const id = connect()
    await world.fail(
      'ten_north',
      id,
      'refused',
      'ada@school.example https://vle.example/rest?wstoken=0123456789abcdef refused',
    )

    const [evidence] = (await onlyProblemOf(id)).evidence
    expect(evidence?.detail).toMatch(/refused$/)
    expect(evidence?.detail).not.toMatch(/ada@|0123456789/)
  })

  it('keeps a cause that nobody has written a text for as it was told', async () => {
    const id = connect()
    await world.fail('ten_north', id, 'moon_phase', 'It is full')

    expect(await onlyProblemOf(id)).toMatchObject({
      cause: 'other',
      evidence: [{ detail: 'moon_phase: It is full' }],
    })
  })

  it('is the trust’s to solve where the connection is', async () => {
    const id = connect('ten_trust')
    await world.fail('ten_trust', id, 'invalid_grant')

    expect(await onlyProblemOf(id, trust)).toMatchObject({ owner: 'trust' })
  })

  it('ends by itself after everything worked for an hour, and not before', async () => {
    const id = connect()
    await world.fail('ten_north', id)
    for (let minutes = 5; minutes <= 60; minutes += 5) {
      world.pass(5)
      await world.work('ten_north', id)
    }
    const recovering = await onlyProblemOf(id)
    world.pass(5)
    await world.work('ten_north', id)

    expect(recovering).toMatchObject({ status: 'open', recovery: { successes: 12, needed: 3 } })
    const closed = await onlyProblemOf(id)
    expect(closed).toMatchObject({ status: 'resolved', resolvedBy: 'recovery', recovery: null })
    expect(world.held.get(id)?.openProblems).toBe(0)
    expect((await eventsOf(closed.id)).map(({ type }) => type)).toEqual([
      'problem.opened',
      'problem.resolved',
    ])
  })

  it('starts its proof anew with each failure, also with another one', async () => {
    const id = connect()
    await world.fail('ten_north', id, 'timeout')
    for (let minutes = 5; minutes <= 60; minutes += 5) {
      world.pass(5)
      await world.work('ten_north', id)
    }
    await world.fail('ten_north', id, 'unavailable')
    world.pass(5)
    await world.work('ten_north', id)

    const found = await problemsOf(id)
    expect(found.map(({ status }) => status)).toEqual(['open', 'open'])
    expect(found.map(({ recovery }) => recovery?.successes)).toEqual([1, 1])
  })

  it('is the same one when it comes back, and has to prove itself for longer', async () => {
    const id = connect()
    await world.fail('ten_north', id)
    async function recover(minutes: number) {
      for (let passed = 0; passed <= minutes; passed += 5) {
        world.pass(5)
        await world.work('ten_north', id)
      }
    }
    await recover(60)
    await world.fail('ten_north', id)
    const back = await onlyProblemOf(id)
    await recover(60)
    const notYet = await onlyProblemOf(id)
    await recover(60)

    expect(back).toMatchObject({ status: 'open', flaps: 1, occurrences: 2, resolvedAt: null })
    expect(notYet.status).toBe('open')
    expect((await onlyProblemOf(id)).status).toBe('resolved')

    world.pass(25 * 60)
    await world.fail('ten_north', id)
    expect((await problemsOf(id)).map(({ flaps }) => flaps)).toEqual([0, 1])
  })

  it('of a capability is not closed by other calls that work', async () => {
    const id = connect()
    const ctx = systemContext('ten_north', 'test')
    const evidence = { kind: 'sync', detail: 'field users[0].familyName is missing' }
    await world.problems.report(ctx, {
      connectionId: id,
      cause: 'schema_changed',
      capability: 'roster.pull',
      evidence,
    })
    for (let passed = 0; passed < 90; passed += 5) {
      world.pass(5)
      await world.work('ten_north', id)
    }
    const stillOpen = await onlyProblemOf(id)
    await world.problems.succeeded(ctx, id, world.now(), { capability: 'roster.pull' })

    expect(stillOpen.status).toBe('open')
    expect((await onlyProblemOf(id)).status).toBe('resolved')
  })

  it('that only its reporter can take back stays until then', async () => {
    const id = connect()
    const ctx = systemContext('ten_north', 'test')
    await world.fail('ten_north', id, 'silent_loss', '12 people did not arrive')
    for (let passed = 0; passed < 90; passed += 5) {
      world.pass(5)
      await world.work('ten_north', id)
    }
    const stillOpen = await onlyProblemOf(id)
    await world.problems.recovered(ctx, { connectionId: id, cause: 'silent_loss' })

    expect(stillOpen).toMatchObject({ status: 'open', recovery: null })
    expect((await onlyProblemOf(id)).status).toBe('resolved')
  })

  it('of credentials grows graver as their end comes nearer', async () => {
    const id = connect('ten_north', {
      credentialsExpireAt: new Date(world.now().getTime() + 30 * 86_400_000).toISOString(),
    })
    await world.fail('ten_north', id, 'credentials_expiring')
    const first = (await onlyProblemOf(id)).severity
    world.pass(29.5 * 24 * 60)
    await world.fail('ten_north', id, 'credentials_expiring')

    expect(first).toBe('info')
    expect((await onlyProblemOf(id)).severity).toBe('critical')
  })
})

describe('a person', () => {
  it('acknowledges, resolves and reopens with a note', async () => {
    const id = connect()
    await world.fail('ten_north', id)
    const { id: problemId } = await onlyProblemOf(id)
    const of = { params: { id: problemId } }

    const taken = await north('POST /api/v1/problems/:id/acknowledge', {
      ...of,
      body: { note: 'I call them' },
    })
    await world.fail('ten_north', id)
    const still = await onlyProblemOf(id)
    const solved = await north('POST /api/v1/problems/:id/resolve', {
      ...of,
      body: { note: 'They restarted it' },
    })
    const again = await north('POST /api/v1/problems/:id/reopen', {
      ...of,
      body: { note: 'No, not yet' },
    })

    expect(taken).toMatchObject({ status: 'acknowledged', acknowledgedBy: 'test' })
    expect(still.status).toBe('acknowledged')
    expect(solved).toMatchObject({ status: 'resolved', resolvedBy: 'test' })
    expect(again).toMatchObject({ status: 'open', flaps: 0, acknowledgedBy: null })
    expect(again.notes.map(({ act, note }) => [act, note])).toEqual([
      ['acknowledged', 'I call them'],
      ['resolved', 'They restarted it'],
      ['reopened', 'No, not yet'],
    ])
  })

  it('is told where the state has moved on', async () => {
    const id = connect()
    await world.fail('ten_north', id)
    const of = { params: { id: (await onlyProblemOf(id)).id } }
    await north('POST /api/v1/problems/:id/resolve', { ...of, body: { note: '' } })

    await expect(
      north('POST /api/v1/problems/:id/acknowledge', { ...of, body: { note: '' } }),
    ).rejects.toMatchObject({
      code: 'problem_state_conflict',
    })
    await expect(
      north('POST /api/v1/problems/:id/resolve', { ...of, body: { note: '' } }),
    ).rejects.toMatchObject({
      code: 'problem_state_conflict',
    })
  })

  it('of a trust sees and handles problems of its schools, one of another school nothing', async () => {
    const id = connect('ten_south')
    await world.fail('ten_south', id)
    const query = { below: 'true', connectionId: id, limit: 10, sort: '-createdAt' as const }
    const [found] = (await trust('GET /api/v1/problems', { query })).data
    const of = { params: { id: found?.id ?? '' } }

    expect((await hostile('GET /api/v1/problems', { query })).data).toEqual([])
    for (const act of [
      () => hostile('GET /api/v1/problems/:id', of),
      () => hostile('POST /api/v1/problems/:id/resolve', { ...of, body: { note: '' } }),
      () => north('POST /api/v1/problems/:id/acknowledge', { ...of, body: { note: '' } }),
      () =>
        hostile('GET /api/v1/connections/:id/acts', {
          params: { id },
          query: { limit: 10, sort: '-createdAt' },
        }),
    ]) {
      await expect(act()).rejects.toMatchObject({ code: 'not_found' })
    }
    expect(
      await trust('POST /api/v1/problems/:id/acknowledge', { ...of, body: { note: 'Ours' } }),
    ).toMatchObject({ status: 'acknowledged', tenantId: 'ten_south' })
  })

  it('counts what is unresolved', async () => {
    const before = await trust('GET /api/v1/problems/summary', { query: { below: 'true' } })
    await world.fail('ten_south', connect('ten_south'), 'unauthorised')
    const after = await trust('GET /api/v1/problems/summary', { query: { below: 'true' } })

    expect(after.unresolved - before.unresolved).toBe(1)
    expect(after.bySeverity.critical - before.bySeverity.critical).toBe(1)
    expect(after.byOwner.school - before.byOwner.school).toBe(1)
  })
})

describe('healing acts', () => {
  it('are on record in plain words with the problem and the connection', async () => {
    const id = connect()
    await world.fail('ten_north', id)
    const event = {
      tenantId: 'ten_north',
      connectionId: id,
      connectorId: 'moodle',
      cause: 'timeout',
    }
    world.gate({ ...event, act: 'breaker-open', forMs: 30_000, at: world.now() })
    // A system that asks each request to wait.
    for (let no = 0; no < 200; no++) {
      world.gate({ ...event, act: 'back-off', forMs: 1000, at: world.now() })
    }
    world.refresh({
      tenantId: 'ten_north',
      connectionId: id,
      result: 'worked',
      code: null,
      at: world.now(),
    })

    const params = { id }
    const acts = await north('GET /api/v1/connections/:id/acts', {
      params,
      query: { limit: 50, sort: '-createdAt' },
    })
    expect(acts.data.map(({ act, result }) => [act, result]).sort()).toEqual([
      ['back-off', 'worked'],
      ['breaker-open', 'waiting'],
      ['refresh-token', 'worked'],
    ])
    expect(acts.data.find(({ act }) => act === 'breaker-open')).toMatchObject({
      before: 'Requests were sent as usual.',
      after: 'Nothing is sent for 30 seconds.',
      cause: 'timeout',
    })
    const problem = await onlyProblemOf(id)
    const detail = await north('GET /api/v1/problems/:id', { params: { id: problem.id } })
    expect(detail.acts).toHaveLength(3)
  })
})

describe('a pause and the tries after it', () => {
  it('learn how they ended', async () => {
    const id = connect()
    const event = {
      tenantId: 'ten_north',
      connectionId: id,
      connectorId: 'moodle',
      cause: 'timeout',
      forMs: 30_000,
    }
    const started = world.now().getTime()
    const steps = [
      'breaker-open',
      'breaker-half-open',
      'breaker-open',
      'breaker-half-open',
      'breaker-close',
    ] as const
    const results = async () => {
      const { data } = await north('GET /api/v1/connections/:id/acts', {
        params: { id },
        query: { limit: 50, sort: '-createdAt' },
      })
      return data
        .sort((a, b) => a.at.localeCompare(b.at))
        .map(({ act, result }) => `${act} ${result}`)
    }
    const pass = (from: number, to: number) => {
      for (const [no, act] of steps.slice(from, to).entries()) {
        world.gate({ ...event, act, at: new Date(started + (from + no) * 1000) })
      }
    }

    pass(0, 3)
    expect(await results()).toEqual([
      'breaker-open waiting',
      'breaker-half-open failed',
      'breaker-open waiting',
    ])
    pass(3, 5)
    expect(await results()).toEqual([
      'breaker-open worked',
      'breaker-half-open failed',
      'breaker-open worked',
      'breaker-half-open worked',
      'breaker-close worked',
    ])
  })
})

describe('an outage of a supplier', () => {
  it('is one problem of the platform, from three organisations on, without sandboxes', async () => {
    const outages = () =>
      ProblemModel.find({ tenantId: 'platform', subject: 'vle' }).lean<
        { status: string; evidence: { detail: string }[] }[]
      >()
    const vle = { connectorId: 'vle' }
    const ids = ['ten_north', 'ten_south', 'ten_try'].map(
      (tenantId) => [tenantId, connect(tenantId, vle)] as const,
    )
    for (const [tenantId, id] of ids) await world.fail(tenantId, id, 'unavailable')
    await world.problems.look()
    const none = await outages()

    await world.fail('ten_hostile', connect('ten_hostile', vle), 'timeout')
    await Promise.all([world.problems.look(), world.problems.look()])
    const open = await outages()
    const resolve = await problemsOf(ids[0]?.[1] ?? '')
    await north('POST /api/v1/problems/:id/resolve', {
      params: { id: resolve[0]?.id ?? '' },
      body: { note: '' },
    })
    await world.problems.look()

    expect(none).toEqual([])
    expect(open).toHaveLength(1)
    expect(open[0]?.status).toBe('open')
    expect(open[0]?.evidence[0]?.detail).toBe('3 connections of 3 organisations fail')
    expect((await outages()).map(({ status }) => status)).toEqual(['resolved'])
  })
})

describe('watchers', () => {
  it('are told of each change, in the room of its organisation alone', async () => {
    const id = connect()
    world.published.length = 0
    await world.fail('ten_north', id)

    expect(world.published).toMatchObject([
      {
        tenantId: 'ten_north',
        topic: 'problems',
        message: { kind: 'problem.changed', problem: { connectionId: id } },
      },
    ])
    expect(await EventModel.countDocuments({ tenantId: 'ten_hostile' })).toBe(0)
  })
})
