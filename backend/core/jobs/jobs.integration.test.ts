import { fork } from 'node:child_process'
import { once } from 'node:events'
import { setTimeout as wait } from 'node:timers/promises'
import mongoose from 'mongoose'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { z } from 'zod'
import { useTestDatabase } from '../../../tests/support/database.ts'
import { newId } from '../ids.ts'
import { createLogger } from '../logging.ts'
import { platformContext } from '../platform-tenant.ts'
import { systemContext, type TenantContext } from '../tenancy.ts'
import { type AnyJob, defineJob, JobGiveUp, JobRetry, type Jobs, JobWait } from './definition.ts'
import { createJobs, type JobsOptions } from './runner.ts'
import { JobModel } from './store.ts'

const database = useTestDatabase()
const log = createLogger({ level: 'silent' })
const runners: Jobs[] = []
let ctx: TenantContext
let clock: { now: number }

beforeEach(async () => {
  await JobModel.deleteMany({}, { acrossTenants: 'a clean start' })
  ctx = systemContext(newId('ten'), 'test', 'req-1')
  clock = { now: Date.now() }
})

afterEach(async () => {
  for (const runner of runners.splice(0)) await runner.stop({ timeoutMs: 1000 })
})

function runner(definitions: readonly AnyJob[], options: Partial<JobsOptions> = {}): Jobs {
  const jobs = createJobs({ definitions, log, ...options })
  runners.push(jobs)
  return jobs
}

function withClock(definitions: readonly AnyJob[]): Jobs {
  return runner(definitions, { clock: () => clock.now })
}

async function until(
  condition: () => boolean | Promise<boolean>,
  timeoutMs = 45_000,
): Promise<void> {
  const end = Date.now() + timeoutMs
  while (!(await condition())) {
    if (Date.now() > end) throw new Error('waited in vain')
    await wait(10)
  }
}

const Empty = z.object({})

function makeGate() {
  let open = () => {}
  const opened = new Promise<void>((resolve) => {
    open = resolve
  })
  return { opened, open }
}

function counting(options: Partial<AnyJob> = {}) {
  const runs: { input: unknown; attempt: number; ctx: TenantContext }[] = []
  const job = defineJob({
    name: 'count',
    input: z.looseObject({}),
    ...options,
    async run(context, input, { attempt }) {
      runs.push({ input, attempt, ctx: context })
    },
  })
  return { job, runs }
}

describe('enqueue', () => {
  it('runs a job as its tenant, with its parsed input and the request that asked for it', async () => {
    const seen: unknown[] = []
    const job = defineJob({
      name: 'add',
      input: z.object({ by: z.coerce.number().default(2), at: z.date() }),
      async run(context, input, { attempt }) {
        seen.push([context.tenantId, context.requestId, context.principal.id, input, attempt])
      },
    })
    const jobs = withClock([job])
    const at = new Date(0)

    const id = await jobs.enqueue(ctx, job, { at })
    await jobs.runDue()

    expect(seen).toEqual([[ctx.tenantId, 'req-1', 'job:add', { by: 2, at }, 1]])
    expect(await jobs.get(ctx, id)).toMatchObject({ name: 'add', status: 'done', progress: 1 })
  })

  it('refuses input that does not fit at the caller, not later', async () => {
    const job = defineJob({ name: 'strict', input: z.object({ id: z.string() }), async run() {} })
    const jobs = withClock([job])

    // @ts-expect-error the type forbids it too
    await expect(jobs.enqueue(ctx, job, { id: 3 })).rejects.toThrow()
    expect(await JobModel.countDocuments({ tenantId: ctx.tenantId })).toBe(0)
  })

  it('makes one job of fifty parallel requests with the same key', async () => {
    const { job, runs } = counting()
    const jobs = withClock([job])

    const ids = await Promise.all(
      Array.from({ length: 50 }, () => jobs.enqueue(ctx, job, {}, { key: 'once' })),
    )
    await jobs.runDue()
    const late = await jobs.enqueue(ctx, job, {}, { key: 'once' })
    await jobs.runDue()

    expect(new Set([...ids, late]).size).toBe(1)
    expect(runs).toHaveLength(1)
  })

  it('keeps equal keys of two tenants apart', async () => {
    const { job, runs } = counting()
    const jobs = withClock([job])

    await jobs.enqueue(ctx, job, {}, { key: 'k' })
    await jobs.enqueue(systemContext('ten_other', 'test'), job, {}, { key: 'k' })
    await jobs.runDue()

    expect(runs).toHaveLength(2)
  })

  it('waits for the moment it was planned for', async () => {
    const { job, runs } = counting()
    const jobs = withClock([job])
    await jobs.enqueue(ctx, job, {}, { runAt: new Date(clock.now + 60_000) })

    expect(await jobs.runDue()).toBe(0)
    clock.now += 60_000
    expect(await jobs.runDue()).toBe(1)

    expect(runs).toHaveLength(1)
  })

  it('starts a job of this process without waiting for a poll', async () => {
    const started: number[] = []
    const job = defineJob({
      name: 'fast',
      input: Empty,
      async run() {
        started.push(performance.now())
      },
    })
    const jobs = runner([job], { pollMs: 60_000 })
    await jobs.start()
    await wait(100)

    const asked = performance.now()
    await jobs.enqueue(ctx, job, {})
    await until(() => started.length === 1)

    // A poll would be a minute away.
    expect((started[0] ?? 0) - asked).toBeLessThan(40_000)
  })

  it('leaves alone the jobs of a newer release that it does not know', async () => {
    const { job } = counting({ name: 'from-the-future' })
    await withClock([job]).enqueue(ctx, job, {})

    expect(await withClock([counting().job]).runDue()).toBe(0)
  })
})

describe('failures', () => {
  function failing(error: unknown, options: Partial<AnyJob> = {}) {
    const attempts: number[] = []
    const job = defineJob({
      name: 'fail',
      input: Empty,
      attempts: 3,
      backoff: { firstMs: 1000, maxMs: 10_000 },
      ...options,
      async run(_ctx, _input, { attempt }) {
        attempts.push(attempt)
        throw error
      },
    })
    return { job, attempts, jobs: withClock([job]) }
  }

  it('tries again with growing pauses and then gives up', async () => {
    const { job, attempts, jobs } = failing(new Error('planted personal data'))
    const id = await jobs.enqueue(ctx, job, {})

    await jobs.runDue()
    const first = await jobs.get(ctx, id)
    clock.now += 1200
    await jobs.runDue()
    const second = await jobs.get(ctx, id)
    clock.now += 1500
    expect(await jobs.runDue()).toBe(0)
    clock.now += 900
    await jobs.runDue()

    expect(attempts).toEqual([1, 2, 3])
    expect(first).toMatchObject({ status: 'waiting', attempts: 1 })
    expect(second).toMatchObject({ status: 'waiting', attempts: 2 })
    const last = await jobs.get(ctx, id)
    expect(last).toMatchObject({ status: 'failed', attempts: 3 })
    expect(last.error).toBe('Something unexpected failed; the log says what')
    clock.now += 1e9
    expect(await jobs.runDue()).toBe(0)
  })

  it('comes back when the job says so', async () => {
    const { job, attempts, jobs } = failing(new JobRetry(120_000, 'the LMS asks to wait'))
    const id = await jobs.enqueue(ctx, job, {})

    await jobs.runDue()
    clock.now += 119_000
    await jobs.runDue()
    expect(attempts).toEqual([1])
    clock.now += 1000
    await jobs.runDue()

    expect(attempts).toEqual([1, 2])
    expect((await jobs.get(ctx, id)).error).toBe('the LMS asks to wait')
  })

  it('waits for its turn as often as it likes, without using up its tries', async () => {
    const { job, attempts, jobs } = failing(new JobWait(1_000, 'others go first'))
    const id = await jobs.enqueue(ctx, job, {})

    for (let no = 0; no < 10; no++) {
      await jobs.runDue()
      clock.now += 1_000
    }

    expect(attempts).toEqual(Array(10).fill(1))
    expect(await jobs.get(ctx, id)).toMatchObject({ status: 'waiting', attempts: 0 })
  })

  it('stops at once when the job says that nothing will help, and can be retried by hand', async () => {
    const { job, attempts, jobs } = failing(new JobGiveUp('the line item is gone'))
    const id = await jobs.enqueue(ctx, job, {})
    await jobs.runDue()

    expect(await jobs.get(ctx, id)).toMatchObject({
      status: 'failed',
      error: 'the line item is gone',
    })
    expect(await jobs.retry(ctx, id)).toMatchObject({ status: 'waiting', attempts: 0 })
    await jobs.runDue()
    expect(attempts).toEqual([1, 1])
  })

  it('fails a job whose stored input no longer fits, like any other failure', async () => {
    const { job, jobs } = failing(new Error('unreached'), { attempts: 1 })
    const id = await jobs.enqueue(ctx, job, {})
    await JobModel.updateOne({ _id: id, tenantId: ctx.tenantId }, { $set: { input: 'broken' } })

    await jobs.runDue()

    expect((await jobs.get(ctx, id)).status).toBe('failed')
  })
})

it('runs what is due next when it is due, not a pause later', async () => {
  const { job, runs } = counting()
  const other = runner([job])
  await other.enqueue(ctx, job, { no: 1 })
  await other.enqueue(ctx, job, { no: 2 }, { runAt: new Date(Date.now() + 1_000) })
  const mine = runner([job], { pollMs: 60_000 })

  await mine.start()

  // Before it looks after the leases of what runs, which is in 7.5 s.
  await until(() => runs.length === 2, 6_000)
  expect(runs.map(({ input }) => input)).toEqual([{ no: 1 }, { no: 2 }])
})

describe('lanes', () => {
  function lane() {
    const order: string[] = []
    const state = { failFirst: 0, running: 0, mostAtOnce: 0 }
    const job = defineJob({
      name: 'lane',
      input: z.object({ n: z.string() }),
      backoff: { firstMs: 1000, maxMs: 1000 },
      async run(_ctx, { n }) {
        state.running++
        state.mostAtOnce = Math.max(state.mostAtOnce, state.running)
        await wait(5)
        state.running--
        if (n === 'a' && state.failFirst-- > 0) throw new Error('down')
        order.push(n)
      },
    })
    return { job, order, state }
  }

  it('runs the jobs of one lane one at a time in their order, across two runners', async () => {
    const { job, order, state } = lane()
    const one = runner([job])
    const two = runner([job])
    await Promise.all([one.start(), two.start()])
    const names = Array.from({ length: 20 }, (_, i) => String(i))

    for (const n of names) {
      await (Number(n) % 2 ? one : two).enqueue(ctx, job, { n }, { exclusiveKey: 'line-item-1' })
    }
    await until(() => order.length === names.length, 15_000)

    expect(order).toEqual(names)
    expect(state.mostAtOnce).toBe(1)
  })

  it('holds back later jobs while an earlier one is waiting to be tried again', async () => {
    const { job, order, state } = lane()
    state.failFirst = 2
    const jobs = withClock([job])
    for (const n of ['a', 'b', 'c']) await jobs.enqueue(ctx, job, { n }, { exclusiveKey: 'l' })
    await jobs.enqueue(ctx, job, { n: 'other lane' }, { exclusiveKey: 'm' })

    await jobs.runDue()
    expect(order).toEqual(['other lane'])
    clock.now += 1500
    await jobs.runDue()
    expect(order).toEqual(['other lane'])
    clock.now += 1500
    await jobs.runDue()

    expect(order).toEqual(['other lane', 'a', 'b', 'c'])
  })

  it('goes on when a job of the lane is cancelled', async () => {
    const { job, order } = lane()
    const jobs = withClock([job])
    const first = await jobs.enqueue(ctx, job, { n: 'a' }, { exclusiveKey: 'l' })
    const second = await jobs.enqueue(ctx, job, { n: 'b' }, { exclusiveKey: 'l' })
    await jobs.enqueue(ctx, job, { n: 'c' }, { exclusiveKey: 'l' })

    await jobs.cancel(ctx, second)
    await jobs.cancel(ctx, first)
    await jobs.runDue()

    expect(order).toEqual(['c'])
  })

  it('opens a lane whose process died between one job and the next', async () => {
    const { job, order } = lane()
    const jobs = withClock([job])
    const first = await jobs.enqueue(ctx, job, { n: 'a' }, { exclusiveKey: 'l' })
    await jobs.enqueue(ctx, job, { n: 'b' }, { exclusiveKey: 'l' })
    await JobModel.deleteOne({ _id: first, tenantId: ctx.tenantId })

    await jobs.runDue()

    expect(order).toEqual(['b'])
  })
})

describe('cancel', () => {
  it('never starts a waiting job', async () => {
    const { job, runs } = counting()
    const jobs = withClock([job])
    const id = await jobs.enqueue(ctx, job, {})

    expect((await jobs.cancel(ctx, id)).status).toBe('cancelled')
    await jobs.runDue()

    expect(runs).toHaveLength(0)
    await expect(jobs.cancel(ctx, id)).rejects.toMatchObject({ code: 'conflict' })
  })

  it.each(['this process', 'another process'])('aborts a job running in %s', async (where) => {
    const seen: string[] = []
    const job = defineJob({
      name: 'long',
      input: Empty,
      async run(_ctx, _input, { signal }) {
        seen.push('began')
        await wait(60_000, undefined, { signal })
      },
    })
    const worker = runner([job], { pollMs: 100 })
    await worker.start()
    const id = await worker.enqueue(ctx, job, {})
    await until(() => seen.length === 1)

    if (where === 'this process') await worker.cancel(ctx, id)
    else {
      await JobModel.updateOne(
        { _id: id, tenantId: ctx.tenantId },
        { $set: { cancelRequested: true } },
      )
    }

    await until(async () => (await worker.get(ctx, id)).status === 'cancelled')
    expect(seen).toEqual(['began'])
  })

  it("does not find another tenant's job", async () => {
    const { job } = counting()
    const jobs = withClock([job])
    const id = await jobs.enqueue(ctx, job, {})
    const stranger = systemContext('ten_stranger', 'test')

    for (const ask of [jobs.get, jobs.cancel, jobs.retry]) {
      await expect(ask(stranger, id)).rejects.toMatchObject({ code: 'not_found' })
    }
    expect((await jobs.list(stranger, { limit: 10 })).data).toEqual([])
  })
})

describe('progress', () => {
  it('shows how far a running job is', async () => {
    const gate = makeGate()
    const job = defineJob({
      name: 'steps',
      input: Empty,
      async run(_ctx, _input, { progress }) {
        progress(0.4)
        await gate.opened
      },
    })
    const jobs = runner([job])
    await jobs.start()
    const id = await jobs.enqueue(ctx, job, {})

    await until(async () => (await jobs.get(ctx, id)).progress === 0.4)
    expect((await jobs.get(ctx, id)).status).toBe('running')

    gate.open()
    await until(async () => (await jobs.get(ctx, id)).progress === 1)
  })
})

describe('leases', () => {
  it('takes over the job of a worker that was killed with SIGKILL', async () => {
    const child = fork(
      new URL('../../../tests/support/job-worker.ts', import.meta.url),
      [database.uri, database.dbName],
      { execArgv: ['--import', 'tsx'] },
    )
    const { job, runs } = counting({ name: 'hang', leaseMs: 3000 })
    const jobs = runner([job], { pollMs: 100 })
    const id = await jobs.enqueue(ctx, job, {})
    try {
      await once(child, 'message')
      await jobs.start()
      await wait(1500)
      expect(runs).toHaveLength(0)
    } finally {
      child.kill('SIGKILL')
    }

    await until(() => runs.length === 1)

    expect(runs[0]?.attempt).toBe(2)
    await until(async () => (await jobs.get(ctx, id)).status === 'done')
  })

  it('gives up a job that kills its process each time', async () => {
    const { job, runs } = counting({ attempts: 2, leaseMs: 1000 })
    const jobs = withClock([job])
    const id = await jobs.enqueue(ctx, job, {})
    await JobModel.updateOne(
      { _id: id, tenantId: ctx.tenantId },
      { $set: { status: 'running', attempts: 2, leaseId: 'dead' } },
    )

    await jobs.runDue()

    expect(runs).toHaveLength(0)
    expect(await jobs.get(ctx, id)).toMatchObject({
      status: 'failed',
      error: 'Each try ended with the death of its process',
    })
  })

  it('lets a worker that lost its lease change nothing, and tells it', async () => {
    const gate = makeGate()
    const reasons: unknown[] = []
    const job = defineJob({
      name: 'slow',
      input: Empty,
      async run(_ctx, _input, { signal }) {
        signal.addEventListener('abort', () => reasons.push(signal.reason))
        await gate.opened
      },
    })
    const jobs = runner([job], { pollMs: 50 })
    await jobs.start()
    const id = await jobs.enqueue(ctx, job, {})
    await until(async () => (await jobs.get(ctx, id)).status === 'running')

    await JobModel.updateOne(
      { _id: id, tenantId: ctx.tenantId },
      { $set: { leaseId: 'a successor', dueAt: new Date(Date.now() + 60_000) } },
    )
    await until(() => reasons.length === 1)
    gate.open()
    await wait(100)

    expect(String(reasons[0])).toContain('lease-lost')
    expect((await jobs.get(ctx, id)).status).toBe('running')
  })

  it('takes no lease for lost that was given while the leases were being read', async () => {
    const reasons: string[] = []
    let runs = 0
    const job = defineJob({
      name: 'brief',
      input: z.object({ no: z.number() }),
      async run(_ctx, _input, { signal }) {
        signal.addEventListener('abort', () => reasons.push(String(signal.reason)))
        await wait(15)
        runs += 1
      },
    })
    const jobs = runner([job], { pollMs: 1 })
    for (let no = 0; no < 300; no++) await jobs.enqueue(ctx, job, { no })
    await jobs.start()

    await until(() => runs + reasons.length >= 300)

    expect(reasons).toEqual([])
  })

  it('renews the lease of a job that takes longer than it', async () => {
    const runs: number[] = []
    const job = defineJob({
      name: 'longer',
      input: Empty,
      leaseMs: 2000,
      async run(_ctx, _input, { attempt }) {
        runs.push(attempt)
        await wait(3000)
      },
    })
    const one = runner([job], { pollMs: 100 })
    const two = runner([job], { pollMs: 100 })
    await Promise.all([one.start(), two.start()])
    const id = await one.enqueue(ctx, job, {})

    await until(async () => (await one.get(ctx, id)).status === 'done')

    expect(runs).toEqual([1])
  })

  it('hands a stopped job to another process at once and does not count the try', async () => {
    const attempts: string[] = []
    const job = defineJob({
      name: 'handed',
      input: Empty,
      async run(_ctx, _input, { signal, attempt }) {
        attempts.push(`try ${attempt}`)
        if (attempts.length === 1) await wait(60_000, undefined, { signal })
      },
    })
    const stopping = runner([job])
    await stopping.start()
    const id = await stopping.enqueue(ctx, job, {})
    await until(() => attempts.length === 1)

    const asked = Date.now()
    await stopping.stop({ timeoutMs: 40_000 })
    expect(Date.now() - asked).toBeLessThan(35_000)
    const next = runner([job], { pollMs: 100 })
    await next.start()

    await until(async () => (await next.get(ctx, id)).status === 'done')
    expect(attempts).toEqual(['try 1', 'try 1'])
  })

  it('hands back even a job that ignores its signal', async () => {
    const gate = makeGate()
    const job = defineJob({
      name: 'deaf',
      input: Empty,
      async run() {
        await gate.opened
      },
    })
    const jobs = runner([job])
    await jobs.start()
    const id = await jobs.enqueue(ctx, job, {})
    await until(async () => (await jobs.get(ctx, id)).status === 'running')

    await jobs.stop({ timeoutMs: 100 })

    expect((await jobs.get(ctx, id)).status).toBe('waiting')
    gate.open()
    await wait(50)
    expect((await jobs.get(ctx, id)).status).toBe('waiting')
  })
})

describe('scheduled jobs', () => {
  it('run once across processes at each interval, and survive failures', async () => {
    const runs: number[] = []
    const job = defineJob({
      name: 'tidy',
      input: Empty,
      every: 300,
      attempts: 1,
      async run(context) {
        expect(context.tenantId).toBe('platform')
        runs.push(Date.now())
        if (runs.length === 1) throw new Error('first run fails')
      },
    })
    const three = [1, 2, 3].map(() => runner([job], { pollMs: 50 }))

    await Promise.all(three.map((jobs) => jobs.start()))
    await until(() => runs.length === 4)

    const gaps = runs.slice(1).map((at, i) => at - (runs[i] ?? 0))
    expect(Math.min(...gaps)).toBeGreaterThanOrEqual(290)
    const [first] = three
    const { data } = (await first?.list(platformContext('test'), { limit: 10 })) ?? { data: [] }
    expect(data.map(({ name }) => name)).toEqual(['tidy'])
    await expect(first?.cancel(platformContext('test'), data[0]?.id ?? '')).rejects.toMatchObject({
      code: 'conflict',
    })
  })

  it('take a shorter interval at once', async () => {
    const { job, runs } = counting({ every: 3_600_000 })
    const first = runner([job])
    await first.start()
    await until(() => runs.length === 1)
    await first.stop({ timeoutMs: 1000 })

    const { job: sooner, runs: soonerRuns } = counting({ every: 200 })
    const second = runner([sooner], { pollMs: 50 })
    await second.start()

    await until(() => soonerRuns.length >= 2, 3000)
  })
})

describe('list', () => {
  it('pages through the tenant newest first and filters by status and name', async () => {
    const { job } = counting()
    const { job: other } = counting({ name: 'other' })
    const jobs = withClock([job, other])
    for (let i = 0; i < 5; i++) {
      clock.now += 1
      await jobs.enqueue(ctx, i < 4 ? job : other, {})
    }
    await jobs.runDue()
    clock.now += 1
    const waiting = await jobs.enqueue(ctx, job, {})

    const first = await jobs.list(ctx, { limit: 4 })
    const second = await jobs.list(ctx, { limit: 4, cursor: first.nextCursor ?? undefined })

    expect(first.data[0]?.id).toBe(waiting)
    expect([first.data.length, second.data.length, second.nextCursor]).toEqual([4, 2, null])
    expect((await jobs.list(ctx, { limit: 9, status: 'waiting' })).data).toHaveLength(1)
    expect((await jobs.list(ctx, { limit: 9, name: 'other' })).data).toHaveLength(1)
    expect(JSON.stringify(first.data)).not.toContain('input')
  })
})

describe('the cost of doing nothing', () => {
  it('is about one small query per second', async () => {
    const queries: string[] = []
    const jobs = runner([counting().job])
    await jobs.start()
    await wait(300)
    mongoose.set('debug', (collection, method) => queries.push(`${collection}.${method}`))

    await wait(3000)
    mongoose.set('debug', false)

    expect(queries.length).toBeLessThanOrEqual(5)
  })
})
