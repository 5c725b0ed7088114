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
  type DueRow,
  endpointsWithDue,
  findDue,
  releaseClaims,
  renewClaims,
} from './claim-store.ts'
import { type Claimed, createClaimedQueue } from './claimed-queue.ts'
import { createEndpointCache, type ReadyEndpoint } from './endpoint-cache.ts'
import { createPace } from './pace.ts'
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
/** What waits for its turn longer is given back: its endpoint may have been changed meanwhile. */
const queuedForMs = 1000

interface WorkerState {
  started: boolean
  pumping: boolean
  again: boolean
  flushing: boolean
  lanesAt: number
  sending: number
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
  /** Those under way, those ahead of their turn and those not yet on record. */
  const mostClaimed = 2 * concurrency
  const poster = createPoster({ settings: deps.settings, timeoutMs, lookup: deps.lookup })
  const sender = { ...deps, post: poster.post }
  const endpoints = createEndpointCache(deps)
  const inFlight = new Map<string, InFlight>()
  const underWay = new Map<string, number>()
  const circuits = new Map<string, Circuit>()
  const queue = createClaimedQueue()
  const pace = createPace(2 * perEndpoint)
  /** Endpoints to which something may be due. */
  const hungry = new Set<string>()
  const completed: { readonly sent: Sent; readonly endpoint: ReadyEndpoint }[] = []
  const state: WorkerState = {
    started: false,
    pumping: false,
    again: false,
    flushing: false,
    lanesAt: 0,
    sending: 0,
  }
  let timer: NodeJS.Timeout | undefined
  let polling = Promise.resolve()

  function freeFor(id: string): number {
    const circuit = circuits.get(id) ?? closedCircuit
    return allowedAtOnce(circuit, perEndpoint, Date.now()) - (underWay.get(id) ?? 0)
  }

  /** How many more may be claimed: those that can be sent now, and some of an endpoint that keeps up. */
  function roomFor(id: string): number {
    return freeFor(id) + aheadOf(id) - queue.size(id)
  }

  function aheadOf(id: string): number {
    return circuits.has(id) ? 0 : pace.ahead(id, Date.now())
  }

  /** Before it runs dry, and not for each one: claims are cheap only many at once. */
  function wantsMore(id: string): boolean {
    const capacity = allowedAtOnce(circuits.get(id) ?? closedCircuit, perEndpoint, Date.now())
    const room = roomFor(id)
    return room > 0 && room * 2 >= capacity + aheadOf(id)
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
  async function lookForDue(now: Date): Promise<DueRow[]> {
    const asked = [...hungry].filter(wantsMore).slice(0, mostEndpointsAsked)
    const wanted = asked.reduce((sum, id) => sum + roomFor(id), 0)
    const room = Math.min(wanted, mostClaimed - inFlight.size)
    if (room <= 0) return []
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
    const due = await lookForDue(now)
    if (due.length === 0) return false
    const known = await endpoints.load([...new Set(due.map(({ endpointId }) => endpointId))])
    const picked = pickWithRoom(due, known)
    for (const row of await claimAll(picked, randomUUID(), { now, leaseMs })) {
      const endpoint = known.get(row.endpointId)
      if (!endpoint) continue
      inFlight.set(row._id, { row, leaseEndsAt: now.getTime() + leaseMs })
      queue.push({ row, endpoint, claimedAt: now.getTime() })
    }
    for (const id of queue.ids) sendQueued(id)
    await giveUpClosed(due, known)
    return picked.length > 0
  }

  /** What was put on record while its endpoint was being disabled or deleted. */
  async function giveUpClosed(
    due: readonly DueRow[],
    known: ReadonlyMap<string, ReadyEndpoint | null>,
  ): Promise<void> {
    const closed = due.filter(({ endpointId }) => known.get(endpointId)?.row.enabled !== true)
    const byEndpoint = new Map(closed.map((row) => [row.endpointId, row]))
    for (const row of byEndpoint.values()) {
      await failWaiting(row, 'The endpoint is disabled or deleted')
    }
  }

  function pickWithRoom(due: readonly DueRow[], known: ReadonlyMap<string, ReadyEndpoint | null>) {
    const room = new Map<string, number>()
    return due.filter(({ _id, endpointId }) => {
      const left = room.get(endpointId) ?? roomFor(endpointId)
      const isOpen = known.get(endpointId)?.row.enabled === true && !inFlight.has(_id)
      if (left <= 0 || !isOpen) return false
      room.set(endpointId, left - 1)
      return true
    })
  }

  /** Sends what has its turn; what has none any more goes back. */
  function sendQueued(id: string): void {
    const circuit = circuits.get(id) ?? closedCircuit
    if (!state.started || allowedAtOnce(circuit, perEndpoint, Date.now()) === 0) {
      void giveBack(queue.takeAll(id))
      return
    }
    while (state.sending < concurrency && freeFor(id) > 0) {
      const next = queue.shift(id)
      if (!next) return
      void deliver(next)
    }
  }

  async function giveBack(claimed: readonly Claimed[]): Promise<void> {
    if (claimed.length === 0) return
    const rows = claimed.map(({ row }) => row)
    try {
      await releaseClaims(rows, new Date())
    } catch (error) {
      // The leases end by themselves.
      log.warn({ err: error }, 'webhook deliveries could not be given back')
    }
    for (const { _id, endpointId } of rows) {
      inFlight.delete(_id)
      hungry.add(endpointId)
    }
  }

  async function deliver({ row, endpoint }: Claimed): Promise<void> {
    const { endpointId } = row
    state.sending += 1
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
      state.sending -= 1
      const wasFull = state.sending === concurrency - 1
      for (const id of wasFull ? queue.ids : [endpointId]) sendQueued(id)
      if (wantsMore(endpointId)) void pump()
    }
  }

  function judge(endpointId: string, { verdict, startedAt }: Sent): void {
    if (verdict.kind === 'delivered') {
      circuits.delete(endpointId)
      pace.delivered(endpointId, Date.now())
    } else {
      pace.failed(endpointId)
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
      for (const { sent } of batch) letGo(sent.row)
      void pump()
    }
    state.flushing = false
  }

  function letGo({ _id, endpointId, lane }: ClaimedRow): void {
    inFlight.delete(_id)
    // The next of its lane is due now.
    if (lane !== undefined) hungry.add(endpointId)
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
    await Promise.all([...byEndpoint].map(([id, entry]) => settleEndpoint(id, entry)))
  }

  async function settleEndpoint(
    id: string,
    { endpoint, sent }: { readonly endpoint: ReadyEndpoint; readonly sent: readonly Sent[] },
  ): Promise<void> {
    const circuit = circuits.get(id) ?? afterSuccess()
    const row = endpoints.latest(id) ?? endpoint.row
    const health = await recordHealth(deps, { endpoint: row, circuit, sent })
    if (health) endpoints.learn(id, health)
    if (sent.some(({ verdict }) => verdict.kind !== 'delivered')) endpoints.forget(id)
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
      await giveBack(queue.takeOlder(Date.now() - queuedForMs))
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
      void giveBack(queue.takeAll(id))
    },
    async stop({ timeoutMs: withinMs }) {
      state.started = false
      clearTimeout(timer)
      for (const id of queue.ids) void giveBack(queue.takeAll(id))
      await Promise.race([drain(), wait(withinMs, undefined, { ref: false })])
      await releaseClaims(
        [...inFlight.values()].map(({ row }) => row),
        new Date(),
      )
      await poster.close()
    },
  }
}
