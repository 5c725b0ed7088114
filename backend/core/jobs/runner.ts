import { randomUUID } from 'node:crypto'
import { setTimeout as wait } from 'node:timers/promises'
import { retryOnDisconnect } from '../database/retry-write.ts'
import { isDuplicateKey } from '../duplicate-key.ts'
import { newId } from '../ids.ts'
import type { Logger } from '../logging.ts'
import { platformTenantId } from '../platform-tenant.ts'
import type { AnyJob, Jobs } from './definition.ts'
import { openForgottenLanes } from './lanes.ts'
import { createQueue, queueSignals } from './queue.ts'
import { type RunningJob, runJob } from './run-job.ts'
import { claimJob, findNextDue, JobModel, type JobRecord, readLeases, renewLease } from './store.ts'

export interface JobsOptions {
  readonly definitions: readonly AnyJob[]
  readonly log: Logger
  readonly clock?: () => number
  /** Jobs at once in this process; default 8. */
  readonly concurrency?: number
  /** How often other processes' jobs are looked for; default 1 s. */
  readonly pollMs?: number
}

interface RunnerState {
  started: boolean
  filling: boolean
  /** More became due while claims were under way. */
  fillAgain: boolean
  timerAt: number
  lanesAt: number
  /** Some job ran since it was looked for the next. */
  isBusy: boolean
}

const lanesEveryMs = 15_000
/** However close together jobs are due, so that looking for them leaves time to run them. */
const leastPauseMs = 25

/** The runner of this process; any number of processes may share the work. */
export function createJobs(options: JobsOptions): Jobs {
  const { log, clock = Date.now, concurrency = 8, pollMs = 1000 } = options
  const definitions = new Map(options.definitions.map((job) => [job.name, job]))
  if (definitions.size !== options.definitions.length) {
    throw new TypeError('two jobs have the same name')
  }
  const names = [...definitions.keys()]
  const running = new Map<string, RunningJob>()
  const state: RunnerState = {
    started: false,
    filling: false,
    fillAgain: false,
    timerAt: 0,
    lanesAt: 0,
    isBusy: false,
  }
  let timer: NodeJS.Timeout | undefined
  let polling = Promise.resolve()

  async function claim(): Promise<RunningJob | null> {
    const record = await claimJob(names, randomUUID(), clock())
    const job = record && definitions.get(record.name)
    if (!job) return null
    return runJob(record, job, { clock, log, onDue: wakeAt })
  }

  function track(job: RunningJob): void {
    running.set(job.record._id, job)
    state.isBusy = true
    wakeAt(clock() + job.record.leaseMs / 4)
    void job.ended.then(() => {
      // A lost lease may have come back to this process under the same job id.
      if (running.get(job.record._id) === job) running.delete(job.record._id)
      wakeAt(clock())
    })
  }

  async function fill(): Promise<void> {
    while (state.started && running.size < concurrency) {
      const job = await claim()
      if (!job) return
      track(job)
      if (!state.started) job.abort('stopping')
    }
  }

  /** Renews leases in time and learns of cancellations asked for in other processes. */
  async function supervise(): Promise<void> {
    if (running.size === 0) return
    // Of jobs that begin, or begin anew, while this is read, it says nothing.
    const supervised = [...running.values()]
    const leases = await readLeases([...running.keys()])
    const still = supervised.filter((job) => running.get(job.record._id) === job)
    await Promise.all(still.map((job) => superviseOne(job, leases)))
  }

  async function superviseOne(
    job: RunningJob,
    leases: Awaited<ReturnType<typeof readLeases>>,
  ): Promise<void> {
    const { record } = job
    const lease = leases.get(record._id)
    if (lease?.leaseId !== record.leaseId) return job.abort('lease-lost')
    if (lease?.cancelRequested) job.abort('cancelled')
    const now = clock()
    if (job.leaseEndsAt - now > (record.leaseMs * 2) / 3) return
    if (await renewLease(record, now)) job.leaseEndsAt = now + record.leaseMs
    else job.abort('lease-lost')
  }

  async function tick(): Promise<void> {
    if (state.filling) {
      state.fillAgain = true
      return
    }
    state.filling = true
    try {
      do {
        state.fillAgain = false
        await fill()
      } while (state.fillAgain)
    } catch (error) {
      log.warn({ err: error }, 'jobs could not be claimed')
    } finally {
      state.filling = false
    }
  }

  /** When to look again: among many that wait for their turn, each would come up to a whole pause late. */
  async function nextPollAt(): Promise<number> {
    const latest = clock() + pauseMs()
    if (!state.isBusy) return latest
    state.isBusy = running.size > 0
    const dueAt = await findNextDue(names, clock()).catch(() => undefined)
    if (dueAt === undefined || dueAt > latest) return latest
    return Math.max(dueAt, clock() + leastPauseMs)
  }

  /** Looks after what runs and begins what is due; answers when to look again. */
  async function poll(): Promise<number> {
    try {
      await supervise()
      if (clock() >= state.lanesAt) {
        state.lanesAt = clock() + lanesEveryMs
        await openForgottenLanes()
      }
    } catch (error) {
      log.warn({ err: error }, 'jobs could not be supervised')
    }
    for (const job of running.values()) {
      // Without the database no renewal came through, and another process may be at it by now.
      if (clock() >= job.leaseEndsAt) job.abort('lease-lost')
    }
    await tick()
    return await nextPollAt()
  }

  function wakeAt(at: number): void {
    if (!state.started) return
    if (at <= clock()) {
      void tick()
      return
    }
    if (at < state.timerAt) setTimer(at)
  }

  function setTimer(at: number): void {
    clearTimeout(timer)
    state.timerAt = at
    timer = setTimeout(startPoll, Math.max(0, at - clock()))
    timer.unref()
  }

  /** A short lease needs a shorter pause, or it would end before it is renewed. */
  function pauseMs(): number {
    const leases = [...running.values()].map(({ record }) => record.leaseMs / 4)
    return Math.min(pollMs, ...leases)
  }

  function startPoll(): void {
    polling = poll().then((at) => {
      if (state.started) setTimer(at)
    })
  }

  async function drain(): Promise<void> {
    await polling
    while (state.filling) await wait(5)
    await Promise.all([...running.values()].map((job) => job.ended))
  }

  function cancelHere(id: string): void {
    running.get(id)?.abort('cancelled')
  }

  return {
    ...createQueue(clock),
    async start() {
      if (state.started) return
      state.started = true
      for (const job of definitions.values()) await schedule(job, clock())
      queueSignals.on('due', wakeAt)
      queueSignals.on('cancel', cancelHere)
      startPoll()
    },
    async stop({ timeoutMs }) {
      state.started = false
      clearTimeout(timer)
      queueSignals.off('due', wakeAt)
      queueSignals.off('cancel', cancelHere)
      for (const job of running.values()) job.abort('stopping')
      await Promise.race([drain(), wait(timeoutMs, undefined, { ref: false })])
      await Promise.all([...running.values()].map((job) => job.abandon()))
    },
    async runDue() {
      let count = 0
      for (;;) {
        await openForgottenLanes()
        const job = await claim()
        if (!job) return count
        running.set(job.record._id, job)
        await job.ended
        running.delete(job.record._id)
        count++
      }
    },
  }
}

/** Puts a recurring job on record, once for all processes; a shorter interval takes effect at once. */
async function schedule(job: AnyJob, now: number): Promise<void> {
  const { name, every } = job
  if (every === undefined) return
  const mine = { tenantId: platformTenantId, name, key: 'schedule' }
  const record: Omit<JobRecord, 'tenantId' | 'name' | 'key' | 'everyMs' | 'leaseMs'> = {
    _id: newId('job', now),
    input: {},
    status: 'waiting',
    attempts: 0,
    runAt: new Date(now),
    dueAt: new Date(now),
    progress: null,
    error: null,
    requestId: `schedule-${name}`,
    createdAt: new Date(now),
    updatedAt: new Date(now),
  }
  const put = () =>
    JobModel.updateOne(
      mine,
      { $set: { everyMs: every, leaseMs: job.leaseMs ?? 30_000 }, $setOnInsert: record },
      { upsert: true },
    )
  await retryOnDisconnect(put).catch((error: unknown) => {
    if (!isDuplicateKey(error)) throw error
  })
  const latest = new Date(now + every)
  await retryOnDisconnect(() =>
    JobModel.updateOne(
      { ...mine, status: 'waiting', dueAt: { $gt: latest } },
      { $set: { dueAt: latest, runAt: latest } },
    ),
  )
}
