import type { Exchange } from '../connections/index.ts'
import type { MonitoringDeps } from './deps.ts'
import { capabilityLabel } from './figures.ts'
import type { CheckResult } from './hysteresis.ts'
import { checksCapability } from './roll-up.ts'
import { type Finding, settle } from './settle.ts'
import { fieldOf } from './slots.ts'
import { isTelling, type Traffic, verdictOf } from './verdict.ts'
import { changeWatches, type Freshness, findWatches, type WatchRow } from './watch-store.ts'

interface Window extends Traffic {
  readonly lastAt: Date
  readonly freshness: Readonly<Record<string, Freshness>>
}

/** Counted by their checks and tests, or not a use of the connection. */
const ownWays = new Set([checksCapability, 'test', 'synthetic'])
const atOnce = 500

/** Learns from the requests that connections make anyway. */
export function createTraffic(deps: MonitoringDeps) {
  const { buckets, figures } = deps
  let windows = new Map<string, Window>()

  function observe(exchange: Exchange): void {
    const { tenantId, connectionId, connectorId: connector, purpose, durationMs, bytes } = exchange
    const { errorCode, at } = exchange
    const labels = { connector, capability: capabilityLabel(purpose) }
    const ok = errorCode === null
    figures.exchanges.inc({ ...labels, outcome: ok ? 'ok' : 'failed' })
    figures.exchangeSeconds.observe(labels, durationMs / 1000)
    figures.exchangeBytes.inc(labels, bytes)
    const isCheck = purpose === checksCapability
    buckets.add({ tenantId, connectionId, capability: purpose }, at.getTime(), {
      ok,
      code: errorCode,
      durationMs,
      bytes,
      rows: 0,
      count: isCheck ? 0 : 1,
    })
    if (ownWays.has(purpose)) return
    windows.set(connectionId, widen(windows.get(connectionId), exchange))
  }

  function widen(window: Window | undefined, { purpose, errorCode, at }: Exchange): Window {
    const { ok = 0, failed = 0, code = null, freshness = {} } = window ?? {}
    const field = fieldOf(purpose)
    const before = freshness[field]?.okAt ?? null
    const bad = isTelling(errorCode)
    return {
      // What was asked for may be missing there; the connection works all the same.
      ok: bad ? ok : ok + 1,
      failed: bad ? failed + 1 : failed,
      code: bad ? errorCode : code,
      lastAt: at,
      freshness: { ...freshness, [field]: { at, okAt: errorCode === null ? at : before } },
    }
  }

  /** Takes what the traffic since the last time says into the health of the connections. */
  async function judge(): Promise<void> {
    const taken = [...windows]
    windows = new Map()
    for (let start = 0; start < taken.length; start += atOnce) {
      const some = new Map(taken.slice(start, start + atOnce))
      const rows = await findWatches([...some.keys()])
      await noteFreshness(rows, some)
      const findings = (await findWatches([...some.keys()])).flatMap((row) => {
        const window = some.get(row._id)
        return window ? findingOf(row, window) : []
      })
      await settle(findings, deps)
    }
  }

  return { observe, judge }
}

/** Says nothing where everything works and did so before: the usual case is not written. */
function findingOf(row: WatchRow, window: Window): Finding[] {
  const result = verdictOf(window)
  const { state, pending, recovering } = row.machine
  const isUsual = state === 'ok' && pending === null && recovering === null
  if (result === null || (result === 'ok' && isUsual)) return []
  const { code, lastAt: at } = window
  const bad = result === 'ok' ? null : code
  const look = { result, code: bad, message: sentence(result, window), latencyMs: null, at }
  return [{ row, trigger: 'traffic', look }]
}

function sentence(result: CheckResult, { ok, failed }: Traffic): string | null {
  if (result === 'ok') return null
  return `${failed} of the last ${ok + failed} requests failed. It is checked again at once.`
}

async function noteFreshness(
  rows: readonly WatchRow[],
  windows: ReadonlyMap<string, Window>,
): Promise<void> {
  await changeWatches(
    rows.flatMap((row) => {
      const window = windows.get(row._id)
      if (!window) return []
      const merged = Object.entries(window.freshness).map(([field, { at, okAt }]) => [
        field,
        { at, okAt: okAt ?? row.freshness[field]?.okAt ?? null },
      ])
      const freshness = { ...row.freshness, ...Object.fromEntries(merged) }
      return [{ row, set: { freshness } }]
    }),
  )
}
