import { randomUUID } from 'node:crypto'
import { setTimeout as wait } from 'node:timers/promises'
import { failWaiting } from '../delivery-store.ts'
import type { WebhookDeps } from '../deps.ts'
import { openForgottenLanes, openLane } from '../schedule-store.ts'
import {
  afterFailure,
  afterSuccess,
  allowedAtOnce,
  type Circuit,
  closedCircuit,
} from './circuit.ts'
import {
  type ClaimedRow,
  claimAll,
  completeAll,
  endpointsWithDue,
  findDue,
  releaseClaims,
  renewClaims,
} from './claim-store.ts'
import { createEndpointCache, type ReadyEndpoint } from './endpoint-cache.ts'
import { createPoster } from './post.ts'
import { type Sent, sendDelivery } from './send.ts'
import { recordHealth } from './watch-health.ts'

export interface DeliveryWorker {
  start(): void
  /** Something is due to these endpoints. */
  wake(endpointIds: readonly string[]): void
  /** An endpoint was changed by hand in this process. */
  forget(endpointId: string): void
  /** Waits for what is being sent, and hands back the rest. */
  stop(options: { timeoutMs: number }): Promise<void>
}

export interface WorkerOptions {
  /** Told of deliveries whose attempt is on record. */
  onCompleted(sent: readonly Sent[]): void
}

const pollMs = 1000
const lanesEveryMs = 15_000
const mostEndpointsAsked = 200

interface WorkerState {
  started: boolean
  pumping: boolean
  again: boolean
  flushing: boolean
  lanesAt: number
}

interface InFlight {
  readonly row: ClaimedRow
  leaseEndsAt: number
}

/** Claims what is due and sends it; any number of processes may share the work. */
export function createDeliveryWorker(
  deps: WebhookDeps,
  { onCompleted }: WorkerOptions,
): DeliveryWorker {
  const { log, leaseMs = 6000, concurrency = 256, perEndpoint = 32, timeoutMs } = deps
  const poster = createPoster({ settings: deps.settings, timeoutMs, lookup: deps.lookup })
  const sender = { ...deps, post: poster.post }
  const endpoints = createEndpointCache(deps)
  const inFlight = new Map<string, InFlight>()
  const underWay = new Map<string, number>()
  const circuits = new Map<string, Circuit>()
  /** Endpoints to which something may be due. */
  const hungry = new Set<string>()
  const completed: { readonly sent: Sent; readonly endpoint: ReadyEndpoint }[] = []
  const state: WorkerState = {
    started: false,
    pumping: false,
    again: false,
    flushing: false,
    lanesAt: 0,
  }
  let timer: NodeJS.Timeout | undefined
  let polling = Promise.resolve()

  function freeFor(id: string): number {
    const circuit = circuits.get(id) ?? closedCircuit
    return allowedAtOnce(circuit, perEndpoint, Date.now()) - (underWay.get(id) ?? 0)
  }

  async function pump(): Promise<void> {
    state.again = true
    if (state.pumping) return
    state.pumping = true
    try {
      while (state.again) {
        state.again = false
        while (state.started && (await claimSome())) {
          // Each round takes what has room; the last one finds nothing.
        }
      }
    } catch (error) {
      log.warn({ err: error }, 'webhook deliveries could not be claimed')
    } finally {
      state.pumping = false
    }
  }

  /** What is due and has room, of the endpoints that may have something. */
  async function lookForDue(room: number, now: Date): Promise<ClaimedRowLike[]> {
    const asked = [...hungry].filter((id) => freeFor(id) > 0).slice(0, mostEndpointsAsked)
    if (room <= 0 || asked.length === 0) return []
    for (const id of asked) hungry.delete(id)
    const due = await findDue(asked, now, room)
    // A full answer says nothing of the endpoints that are not in it.
    const left = due.length >= room ? asked : due.map(({ endpointId }) => endpointId)
    for (const id of left) hungry.add(id)
    return due
  }

  /** True: more may be claimable at once. */
  async function claimSome(): Promise<boolean> {
    const now = new Date()
    const due = await lookForDue(concurrency - inFlight.size, now)
    if (due.length === 0) return false
    const known = await endpoints.load([...new Set(due.map(({ endpointId }) => endpointId))])
    const picked = pickWithRoom(due, known)
    for (const row of await claimAll(picked, randomUUID(), { now, leaseMs })) {
      const endpoint = known.get(row.endpointId)
      if (endpoint) void deliver(row, endpoint, now.getTime())
    }
    await giveUpClosed(due, known)
    return picked.length > 0
  }

  /** What was put on record while its endpoint was being disabled or deleted. */
  async function giveUpClosed(
    due: readonly ClaimedRowLike[],
    known: ReadonlyMap<string, ReadyEndpoint | null>,
  ): Promise<void> {
    const closed = due.filter(({ endpointId }) => known.get(endpointId)?.row.enabled !== true)
    const byEndpoint = new Map(closed.map((row) => [row.endpointId, row]))
    for (const row of byEndpoint.values()) {
      await failWaiting(row, 'The endpoint is disabled or deleted')
    }
  }

  function pickWithRoom(
    due: readonly ClaimedRowLike[],
    known: ReadonlyMap<string, ReadyEndpoint | null>,
  ) {
    const room = new Map<string, number>()
    return due.filter(({ _id, endpointId }) => {
      const left = room.get(endpointId) ?? freeFor(endpointId)
      const isOpen = known.get(endpointId)?.row.enabled === true && !inFlight.has(_id)
      if (left <= 0 || !isOpen) return false
      room.set(endpointId, left - 1)
      return true
    })
  }

  async function deliver(
    row: ClaimedRow,
    endpoint: ReadyEndpoint,
    claimedAt: number,
  ): Promise<void> {
    const { endpointId } = row
    const held = { row, leaseEndsAt: claimedAt + leaseMs }
    inFlight.set(row._id, held)
    underWay.set(endpointId, (underWay.get(endpointId) ?? 0) + 1)
    try {
      if (row.duplicate) await sendDelivery(sender, row, endpoint)
      const sent = await sendDelivery(sender, row, endpoint)
      judge(endpointId, sent)
      completed.push({ sent, endpoint })
      void flush()
    } catch (error) {
      // Nothing is recorded: the lease ends and it is tried again.
      log.error({ err: error, deliveryId: row._id }, 'a webhook delivery could not be made')
      inFlight.delete(row._id)
    } finally {
      const left = (underWay.get(endpointId) ?? 1) - 1
      if (left > 0) underWay.set(endpointId, left)
      else underWay.delete(endpointId)
      // Before it runs dry, and not for each one: claims are cheap only many at once.
      if (left === perEndpoint / 2) void pump()
    }
  }

  function judge(endpointId: string, { verdict, startedAt }: Sent): void {
    if (verdict.kind === 'delivered') circuits.delete(endpointId)
    else {
      const circuit = circuits.get(endpointId) ?? closedCircuit
      circuits.set(endpointId, afterFailure(circuit, startedAt, Date.now()))
    }
  }

  /** Writes what has ended; what ends meanwhile goes with the next write. */
  async function flush(): Promise<void> {
    if (state.flushing) return
    state.flushing = true
    while (completed.length > 0) {
      const batch = completed.splice(0)
      try {
        await completeAll(batch.map(({ sent }) => sent))
        await settle(batch)
      } catch (error) {
        // The leases end by themselves and the same deliveries are made again.
        log.error({ err: error }, 'webhook deliveries could not be recorded')
      }
      for (const { sent } of batch) inFlight.delete(sent.row._id)
      for (const { sent } of batch) hungry.add(sent.row.endpointId)
      void pump()
    }
    state.flushing = false
  }

  async function settle(batch: typeof completed): Promise<void> {
    onCompleted(batch.map(({ sent }) => sent))
    const ended = batch.flatMap(({ sent: { row, status } }) =>
      status !== 'waiting' && row.lane !== undefined ? [{ ...row, lane: row.lane }] : [],
    )
    for (const { tenantId, lane } of ended) await openLane(tenantId, lane)
    const byEndpoint = new Map<string, { endpoint: ReadyEndpoint; sent: Sent[] }>()
    for (const { sent, endpoint } of batch) {
      const entry = byEndpoint.get(sent.row.endpointId) ?? { endpoint, sent: [] }
      entry.sent.push(sent)
      byEndpoint.set(sent.row.endpointId, entry)
    }
    for (const [id, { endpoint, sent }] of byEndpoint) {
      const circuit = circuits.get(id) ?? afterSuccess()
      await recordHealth(deps, { endpoint: endpoint.row, circuit, sent })
      if (sent.some(({ verdict }) => verdict.kind === 'gone')) endpoints.forget(id)
    }
  }

  async function renew(): Promise<void> {
    const now = Date.now()
    const old = [...inFlight.values()].filter(
      ({ leaseEndsAt }) => leaseEndsAt - now < leaseMs * 0.6,
    )
    if (old.length === 0) return
    await renewClaims(
      old.map(({ row }) => row),
      new Date(now + leaseMs),
    )
    for (const held of old) held.leaseEndsAt = now + leaseMs
  }

  async function poll(): Promise<void> {
    try {
      await renew()
      if (Date.now() >= state.lanesAt) {
        state.lanesAt = Date.now() + lanesEveryMs
        await openForgottenLanes()
      }
      for (const id of await endpointsWithDue(new Date())) hungry.add(id)
    } catch (error) {
      log.warn({ err: error }, 'webhook deliveries could not be looked for')
    }
    void pump()
  }

  function schedulePoll(): void {
    timer = setTimeout(
      () => {
        polling = poll().finally(() => {
          if (state.started) schedulePoll()
        })
      },
      Math.min(pollMs, leaseMs / 4),
    )
    timer.unref()
  }

  async function drain(): Promise<void> {
    await polling
    while (state.pumping || inFlight.size > 0 || state.flushing) await wait(5)
  }

  return {
    start() {
      if (state.started) return
      state.started = true
      polling = poll()
      schedulePoll()
    },
    wake(ids) {
      for (const id of ids) hungry.add(id)
      if (state.started) void pump()
    },
    forget(id) {
      endpoints.forget(id)
      circuits.delete(id)
    },
    async stop({ timeoutMs: withinMs }) {
      state.started = false
      clearTimeout(timer)
      await Promise.race([drain(), wait(withinMs, undefined, { ref: false })])
      await releaseClaims(
        [...inFlight.values()].map(({ row }) => row),
        new Date(),
      )
      await poster.close()
    },
  }
}

type ClaimedRowLike = Omit<ClaimedRow, 'claim'>
