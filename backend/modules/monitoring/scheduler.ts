import { randomBytes } from 'node:crypto'
import { setMaxListeners } from 'node:events'
import type { MonitoringDeps } from './deps.ts'
import type { LookOutcome } from './look.ts'
import type { Finding } from './settle.ts'
import { claimDue, deleteWatches, releaseClaims, type WatchRow } from './watch-store.ts'

export interface SchedulerParts
  extends Pick<MonitoringDeps, 'log' | 'now' | 'random' | 'figures' | 'concurrency' | 'leaseMs'> {
  look(row: WatchRow, stopped: AbortSignal): Promise<LookOutcome>
  settle(findings: readonly Finding[]): Promise<unknown>
}

const usualConcurrency = 200
const usualLeaseMs = 60_000
const mostPerClaim = 50
/** Claims in a row in which other processes were quicker; the next tick tries again. */
const mostLost = 10
const tickMs = 1000
/** What was found is written together: after so long, or when there is this much of it. */
const gatherMs = 250
const gatherMost = 50
/** Where the fault is ours, or the process stops. */
const againMs = 30_000

/** Every check under way listens to it. */
function newStop(): AbortController {
  const stop = new AbortController()
  setMaxListeners(0, stop.signal)
  return stop
}

interface Running {
  readonly row: WatchRow
  readonly claim: string
}

/**
 * Looks at every connection in its turn. Processes share the work: each takes a few that are due longest with one
 * claim, and has them for the time of the lease; what a killed process had taken is due again after that.
 */
export function createScheduler(parts: SchedulerParts) {
  const { log, now, random, figures } = parts
  const concurrency = parts.concurrency ?? usualConcurrency
  const leaseMs = parts.leaseMs ?? usualLeaseMs
  const mostOfConnector = Math.max(1, Math.ceil(concurrency / 2))
  const by = randomBytes(6).toString('hex')
  const running = new Set<Promise<void>>()
  const perConnector = new Map<string, number>()
  let claims = 0
  let found: (Finding & { readonly claim: string })[] = []
  let gathering: NodeJS.Timeout | undefined
  let settling: Promise<void> = Promise.resolve()
  let ticking: Promise<number> | null = null
  let timer: NodeJS.Timeout | undefined
  let isFailing = false
  let stop = newStop()

  /** Begins what is due, as far as there is room; answers how much that was. */
  async function begin(): Promise<number> {
    let begun = 0
    let lost = 0
    while (!stop.signal.aborted && lost <= mostLost) {
      const limit = Math.min(mostPerClaim, concurrency - running.size)
      if (limit <= 0) break
      const { rows, isContended } = await take(limit)
      begun += rows.length
      lost = isContended ? lost + 1 : 0
      if (rows.length < limit && !isContended) break
    }
    return begun
  }

  async function take(limit: number) {
    claims += 1
    const claim = `${by}.${claims}`
    const at = now()
    const taken = await claimDue({ now: at, limit, claim, leaseMs, without: busyConnectors() })
    for (const row of taken.rows) {
      figures.lateSeconds.observe(Math.max(0, at.getTime() - row.dueAt.getTime()) / 1000)
      run({ row, claim })
    }
    return taken
  }

  function busyConnectors(): string[] {
    return [...perConnector].filter(([, n]) => n >= mostOfConnector).map(([id]) => id)
  }

  function run(one: Running): void {
    const { connectorId } = one.row
    perConnector.set(connectorId, (perConnector.get(connectorId) ?? 0) + 1)
    const ended = lookAt(one).finally(() => {
      running.delete(ended)
      const left = (perConnector.get(connectorId) ?? 1) - 1
      if (left > 0) perConnector.set(connectorId, left)
      else perConnector.delete(connectorId)
      figures.running.set(running.size)
    })
    running.add(ended)
    figures.running.set(running.size)
  }

  async function lookAt({ row, claim }: Running): Promise<void> {
    try {
      const outcome = await parts.look(row, stop.signal)
      if (outcome === 'gone') await deleteWatches([row._id])
      else if (outcome === 'none') await giveBack(row, claim)
      else {
        found.push({ row, claim, trigger: 'schedule', look: outcome })
        if (found.length >= gatherMost) settleFound()
        else gathering ??= setTimeout(settleFound, gatherMs)
      }
    } catch (error) {
      // The database is away: the lease ends by itself.
      note(error)
    }
  }

  async function giveBack(row: WatchRow, claim: string): Promise<void> {
    const afterMs = stop.signal.aborted ? 0 : againMs
    await releaseClaims([row], claim, new Date(now().getTime() + afterMs))
  }

  function settleFound(): void {
    clearTimeout(gathering)
    gathering = undefined
    const all = found
    found = []
    if (all.length === 0) return
    settling = settling.then(async () => {
      try {
        await parts.settle(all)
        isFailing = false
      } catch (error) {
        note(error)
      }
    })
  }

  /** Once for each time that the database is away. */
  function note(error: unknown): void {
    if (!isFailing) log.warn({ err: error }, 'health checks are held up')
    isFailing = true
  }

  async function tick(): Promise<number> {
    ticking ??= begin().finally(() => {
      ticking = null
    })
    return ticking
  }

  async function settled(): Promise<void> {
    while (running.size > 0 || found.length > 0) {
      await Promise.all(running)
      settleFound()
      await settling
    }
    await settling
  }

  function plan(): void {
    timer = setTimeout(
      () => {
        tick()
          .catch(note)
          .finally(() => {
            if (!stop.signal.aborted) plan()
          })
      },
      tickMs * (0.8 + 0.4 * random()),
    )
    timer.unref()
  }

  return {
    start(): void {
      if (timer) return
      stop = newStop()
      plan()
    },
    /** Ends what runs and hands it back, so that another process continues at once. */
    async stop(): Promise<void> {
      stop.abort()
      clearTimeout(timer)
      timer = undefined
      await ticking?.catch(() => undefined)
      await settled()
    },
    /** Looks at all that is due, a claim at a time; for tests and the bench. */
    async runDue({ atMost = Number.POSITIVE_INFINITY } = {}): Promise<number> {
      let done = 0
      while (done < atMost) {
        const begun = await tick()
        await settled()
        if (begun === 0) break
        done += begun
      }
      return done
    },
  }
}
