import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { schoolAt, startedAt } from '../../backend/sandbox/vendors/school-data.ts'
import { startTestApp, type TestApp, type TestTenant } from '../support/app.ts'
import { connect, ended, syncAndWait, until } from '../support/synced.ts'
import { startVendors, type TestVendors } from '../support/vendors.ts'

let app: TestApp
let vendors: TestVendors
let made = 0

beforeAll(async () => {
  vendors = await startVendors()
  app = await startTestApp()
}, 60_000)

afterAll(async () => {
  await app.stop()
  await vendors.stop()
})

beforeEach(async () => {
  for (const vendor of ['moodle', 'oneroster'] as const) await vendors.reset(vendor)
})

function newSchool(): Promise<TestTenant> {
  made += 1
  return app.addTenant(`Synced School ${made}`)
}

const unchangedAll = { created: 0, updated: 0, removed: 0, refused: 0 }

async function problemsOf({ client }: TestTenant, cause: string) {
  const { data } = await client('GET /api/v1/problems', { query: { include: 'count' } })
  return data.filter((one) => one.cause === cause)
}

async function changesOf(
  { client }: TestTenant,
  id: string,
  change: 'refused' | 'lost' | 'removed',
) {
  const { data } = await client('GET /api/v1/syncs/:id/changes', {
    params: { id },
    query: { change, limit: 200 },
  })
  return data
}

describe.each(['moodle', 'oneroster'] as const)('a whole run of %s', (vendor) => {
  it('takes over everybody, changes nothing the second time, and leaves the trail', async () => {
    const school = await newSchool()
    const id = await connect(school, vendors, vendor, 'Source')

    const first = await syncAndWait(school, id)
    const second = await syncAndWait(school, id, { full: true })

    expect(first.error).toBeNull()
    expect(first).toMatchObject({ status: 'succeeded', full: true, trigger: 'person', progress: 1 })
    const { counts } = first
    expect(counts.classes.created).toBe(schoolAt({ users: 0, day: 0 }).courses.length)
    expect(counts.users.created).toBeGreaterThan(5)
    for (const { sourceHash, ourHash, taken, ours } of first.loss?.kinds ?? []) {
      expect([ourHash, ours]).toEqual([sourceHash, taken])
    }
    const { data: users } = await school.client('GET /api/v1/users', { query: { limit: 200 } })
    expect(users).toHaveLength(counts.users.created)
    expect(second.status).toBe('succeeded')
    for (const kind of ['classes', 'users', 'enrollments'] as const) {
      expect(second.counts[kind]).toMatchObject({
        ...unchangedAll,
        unchanged: counts[kind].created,
        seen: counts[kind].seen,
      })
    }
    await expect
      .poll(async () => {
        const { data } = await school.client('GET /api/v1/audit', { query: { limit: 100 } })
        return data.map(({ action }) => action)
      })
      .toEqual(expect.arrayContaining(['sync.start', 'sync.finish']))
    const read = async () =>
      (await school.client('GET /api/v1/connections/:id', { params: { id } })).sync
    await expect.poll(read).toMatchObject({ last: { runId: second.id, status: 'succeeded' } })
    expect(Date.parse((await read()).nextAt ?? '')).toBeGreaterThan(Date.now())
  }, 60_000)
})

it('only counts in a preview', async () => {
  const school = await newSchool()
  const id = await connect(school, vendors, 'oneroster', 'Source')

  const preview = await syncAndWait(school, id, { preview: true })
  const real = await syncAndWait(school, id)

  expect(preview).toMatchObject({ status: 'succeeded', preview: true, loss: null })
  expect(preview.counts.users).toEqual(real.counts.users)
  expect(preview.counts.users.created).toBeGreaterThan(0)
  await expect
    .poll(async () => {
      const { sync } = await school.client('GET /api/v1/connections/:id', { params: { id } })
      return sync.last?.runId
    })
    .toBe(real.id)
}, 60_000)

it('fetches only what changed after a whole run', async () => {
  const school = await newSchool()
  const id = await connect(school, vendors, 'oneroster', 'Source')
  // The first day of the vendor's records that lies ahead of its clock.
  const day = Math.ceil((Date.now() - startedAt) / 86_400_000) + 1
  await vendors.dial('oneroster', { users: 300, day })
  const first = await syncAndWait(school, id)
  await vendors.dial('oneroster', { day: day + 10 })

  const second = await syncAndWait(school, id)

  expect(first.full).toBe(true)
  expect(second).toMatchObject({ status: 'succeeded', full: false })
  expect(second.counts.users.created).toBe(10)
  expect(second.counts.users.removed).toBe(10)
  expect(second.counts.users.updated).toBeGreaterThan(10)
  expect(second.counts.users.seen).toBeLessThan(first.counts.users.seen)
}, 60_000)

describe('somebody who teaches in one course and learns in another', () => {
  it('teaches, and each enrolment says what they do there', async () => {
    const school = await newSchool()
    const id = await connect(school, vendors, 'moodle', 'Source')

    const run = await syncAndWait(school, id)

    const { data: enrollments } = await school.client('GET /api/v1/enrollments', {
      query: { limit: 200 },
    })
    const { data: users } = await school.client('GET /api/v1/users', { query: { limit: 200 } })
    const teaching = new Set(
      enrollments.filter(({ role }) => role === 'teacher').map((one) => one.userSourcedId),
    )
    expect(run.status).toBe('succeeded')
    for (const { sourcedId, role } of users) {
      expect(role).toBe(teaching.has(sourcedId) ? 'teacher' : 'student')
    }
  }, 60_000)
})

describe('a removal of unusually many', () => {
  it('is held until somebody confirms the very number, and told as a problem', async () => {
    const school = await newSchool()
    const id = await connect(school, vendors, 'oneroster', 'Source')
    await vendors.dial('oneroster', { users: 400 })
    const first = await syncAndWait(school, id)
    await vendors.dial('oneroster', { users: 0 })

    const held = await syncAndWait(school, id, { full: true })

    expect(held.status).toBe('held')
    expect(held.heldBecause).toMatchObject({ limitPercent: 10 })
    const { data: all } = await school.client('GET /api/v1/users', {
      query: { include: 'count', limit: 1 },
    })
    expect(all).toHaveLength(1)
    await expect.poll(() => problemsOf(school, 'removal_held')).toMatchObject([{ status: 'open' }])
    const params = { id: held.id }
    const removals = held.heldBecause?.removals ?? 0
    await expect(
      school.client('POST /api/v1/syncs/:id/confirm', { params, body: { removals: removals - 1 } }),
    ).rejects.toMatchObject({ code: 'sync_state_conflict' })

    await school.client('POST /api/v1/syncs/:id/confirm', { params, body: { removals } })
    const done = await ended(school, held.id)

    expect(done.status).toBe('succeeded')
    expect(done.counts.users.removed).toBeGreaterThan(300)
    expect(done.counts.users.removed).toBeLessThan(first.counts.users.created)
    expect(await changesOf(school, held.id, 'removed')).toHaveLength(200)
    await expect
      .poll(() => problemsOf(school, 'removal_held'))
      .toMatchObject([{ status: 'resolved' }])
  }, 90_000)

  it('can be cancelled, and then nothing is gone', async () => {
    const school = await newSchool()
    const id = await connect(school, vendors, 'oneroster', 'Source')
    await vendors.dial('oneroster', { users: 100 })
    const first = await syncAndWait(school, id)
    await vendors.dial('oneroster', { users: 0 })
    const held = await syncAndWait(school, id, { full: true })

    const cancelled = await school.client('POST /api/v1/syncs/:id/cancel', {
      params: { id: held.id },
    })

    expect(cancelled.status).toBe('cancelled')
    const { data } = await school.client('GET /api/v1/users', { query: { limit: 200 } })
    expect(data).toHaveLength(first.counts.users.created)
    await expect
      .poll(() => problemsOf(school, 'removal_held'))
      .toMatchObject([{ status: 'resolved' }])
  }, 60_000)
})

describe('what is lost in silence', () => {
  it('is found, named, and over when the next run is whole', async () => {
    const school = await newSchool()
    const id = await connect(school, vendors, 'oneroster', 'Source')
    await vendors.dial('oneroster', { users: 200 })
    const before = await syncAndWait(school, id)
    await vendors.dial('oneroster', { missingRowsPercent: 20 })

    const lossy = await syncAndWait(school, id, { full: true })

    const users = lossy.loss?.kinds.find(({ kind }) => kind === 'users')
    expect(before.loss?.whole).toBe(true)
    expect(lossy).toMatchObject({ status: 'partial', loss: { whole: false } })
    expect(users?.vendorSays).toBe((users?.received ?? 0) + (users?.missingTotal ?? 0))
    expect(users?.missing[0]).toMatchObject({ why: 'not_sent', sourcedId: expect.any(String) })
    expect(lossy.counts.users.removed).toBe(0)
    const detail = expect.stringMatching(/users: \d+ missing.*not_sent/)
    await expect
      .poll(() => problemsOf(school, 'silent_loss'))
      .toMatchObject([{ status: 'open', severity: 'critical', evidence: [{ detail }] }])
    expect(await changesOf(school, lossy.id, 'lost')).not.toHaveLength(0)

    await vendors.dial('oneroster', { missingRowsPercent: 0 })
    const whole = await syncAndWait(school, id, { full: true })

    expect(whole.status).toBe('succeeded')
    await expect
      .poll(() => problemsOf(school, 'silent_loss'))
      .toMatchObject([{ status: 'resolved' }])
  }, 90_000)

  it('is found at the first run too, with the people whose enrolments name them', async () => {
    const school = await newSchool()
    await vendors.dial('oneroster', { users: 200, missingRowsPercent: 20 })
    const id = await connect(school, vendors, 'oneroster', 'Source')

    const lossy = await syncAndWait(school, id)

    const enrollments = lossy.loss?.kinds.find(({ kind }) => kind === 'enrollments')
    expect(lossy.status).toBe('partial')
    expect(enrollments?.missing[0]).toMatchObject({ why: 'reference_missing' })
    expect(enrollments?.missing[0]?.detail).toMatch(/^The (user|class) \S+ does not exist$/)
    expect(lossy.counts.enrollments.refused).toBeGreaterThan(0)
    const refused = await changesOf(school, lossy.id, 'refused')
    expect(refused).toHaveLength(Math.min(200, lossy.counts.enrollments.refused))
  }, 60_000)

  it('names what was removed here, and puts it right with the next run', async () => {
    const school = await newSchool()
    const id = await connect(school, vendors, 'oneroster', 'Source')
    await syncAndWait(school, id)
    const { data } = await school.client('GET /api/v1/users', { query: { role: 'student' } })
    const [one] = data
    await school.client('DELETE /api/v1/users/:id', { params: { id: one?.id ?? '' } })

    const lossy = await syncAndWait(school, id)
    const healed = await syncAndWait(school, id)

    const users = lossy.loss?.kinds.find(({ kind }) => kind === 'users')
    expect(lossy).toMatchObject({ full: false, status: 'partial' })
    expect(users?.missing).toMatchObject([{ sourcedId: one?.sourcedId, why: 'removed_here' }])
    expect(healed).toMatchObject({
      full: true,
      status: 'succeeded',
      counts: { users: { updated: 1 } },
    })
  }, 60_000)

  it('leaves a record alone that comes from another connection', async () => {
    const school = await newSchool()
    const first = await connect(school, vendors, 'oneroster', 'First')
    const second = await connect(school, vendors, 'oneroster', 'Second')
    await syncAndWait(school, first)

    const run = await syncAndWait(school, second)

    expect(run.status).toBe('partial')
    expect(run.counts.users).toMatchObject({
      created: 0,
      refused: run.counts.users.seen - run.counts.users.leftOut,
    })
    expect(run.loss?.kinds[0]?.missing[0]).toMatchObject({ why: 'other_connection' })
  }, 60_000)
})

describe('a run that cannot go on', () => {
  it('fails, becomes a problem, backs off, and is resumed from its checkpoint', async () => {
    const school = await newSchool()
    const id = await connect(school, vendors, 'oneroster', 'Source')
    await vendors.dial('oneroster', { users: 300, slowMs: 100 })
    const { id: runId } = await school.client('POST /api/v1/connections/:id/syncs', {
      params: { id },
      body: {},
    })
    await until(school, runId, ({ checkpoint }) => (checkpoint?.pages ?? 0) >= 4)
    await vendors.dial('oneroster', { changedSchema: true, slowMs: 0 })
    const failed = await ended(school, runId)
    await expect.poll(() => problemsOf(school, 'sync_failed')).toMatchObject([{ status: 'open' }])
    await vendors.dial('oneroster', { changedSchema: false })

    await school.client('POST /api/v1/syncs/:id/resume', { params: { id: runId } })
    const done = await ended(school, runId)

    expect(failed).toMatchObject({ status: 'failed', error: { code: 'schema_changed' } })
    expect(done).toMatchObject({ status: 'succeeded', trigger: 'resume', resumes: 1 })
    expect(done.counts.users.created).toBe(done.counts.users.seen - done.counts.users.leftOut)
    await expect
      .poll(() => problemsOf(school, 'sync_failed'))
      .toMatchObject([{ status: 'resolved' }])
    await expect
      .poll(async () => {
        const { data } = await school.client('GET /api/v1/connections/:id/acts', { params: { id } })
        return data.map(({ act, result }) => `${act} ${result}`)
      })
      .toEqual(expect.arrayContaining(['back-off waiting', 'resume worked']))
  }, 60_000)

  it('is cancelled within its page, and goes on where it was', async () => {
    const school = await newSchool()
    const id = await connect(school, vendors, 'oneroster', 'Source')
    await vendors.dial('oneroster', { users: 300, slowMs: 200 })
    const params = { id }
    const { id: runId } = await school.client('POST /api/v1/connections/:id/syncs', {
      params,
      body: {},
    })
    await expect(
      school.client('POST /api/v1/connections/:id/syncs', { params, body: {} }),
    ).rejects.toMatchObject({ code: 'sync_running' })
    await until(school, runId, ({ checkpoint }) => (checkpoint?.pages ?? 0) >= 3)

    const cancelled = await school.client('POST /api/v1/syncs/:id/cancel', {
      params: { id: runId },
    })
    await vendors.dial('oneroster', { slowMs: 0 })
    await school.client('POST /api/v1/syncs/:id/resume', { params: { id: runId } })
    const done = await ended(school, runId)

    expect(cancelled.status).toBe('cancelled')
    expect(done).toMatchObject({ status: 'succeeded', resumes: 1 })
  }, 60_000)
})

it('does not run through a connection that is paused, or that cannot fetch people', async () => {
  const school = await newSchool()
  const id = await connect(school, vendors, 'moodle', 'Source')
  const oak = await connect(school, vendors, 'oak', 'Lessons')
  await school.client('POST /api/v1/connections/:id/pause', { params: { id }, body: {} })

  const ask = (of: string) =>
    school.client('POST /api/v1/connections/:id/syncs', { params: { id: of }, body: {} })

  await expect(ask(id)).rejects.toMatchObject({ code: 'connection_not_in_use' })
  await expect(ask(oak)).rejects.toMatchObject({ code: 'sync_unsupported' })
})
