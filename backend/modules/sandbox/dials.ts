import type { SandboxFaults } from '../../../shared/api/sandbox.ts'
import type { Logger } from '../../core/logging.ts'
import { type ApiHabits, findDialled, noteUse, type SandboxRow } from './sandbox-store.ts'
import { createStrikes, type Strikes } from './strikes.ts'

export interface Dial {
  readonly faults: SandboxFaults
  readonly offsetMs: number
  readonly version: number
  readonly strikes: Strikes
}

/** What each process keeps at hand of every sandbox that is not as new: a look costs a live tenant nothing. */
export interface Dials {
  of(tenantId: string): Dial | undefined
  /** What a tenant takes for now; real time but for a sandbox whose clock was moved. */
  now(tenantId: string): Date
  /** Makes a change count at once in this process; others see it within a second. */
  apply(row: Pick<SandboxRow, '_id' | 'faults' | 'clockOffsetSeconds' | 'dialVersion'>): void
  forget(tenantId: string): void
  noteUse(tenantId: string, habits: Partial<ApiHabits>): void
  start(): Promise<void>
  stop(): Promise<void>
}

const refreshMs = 1000

interface DialsDeps {
  readonly log: Logger
  now(): Date
  /** The rows of all sandboxes that are not as new. */
  readonly read?: typeof findDialled
}

export function createDials({ log, now, read = findDialled }: DialsDeps): Dials {
  let dials = new Map<string, Dial>()
  /** What changed here while rows were being read, which therefore may not know of it. */
  const touched = new Set<string>()
  const uses = new Map<string, Partial<Record<keyof ApiHabits, number>>>()
  let timer: NodeJS.Timeout | undefined
  let refreshing: Promise<void> | undefined

  function toDial(row: Parameters<Dials['apply']>[0]): Dial {
    const known = dials.get(row._id)
    // The same setting goes on counting; a new one starts with its first call.
    const isSame = known?.version === row.dialVersion
    return {
      faults: row.faults,
      offsetMs: row.clockOffsetSeconds * 1000,
      version: row.dialVersion,
      strikes: isSame ? known.strikes : createStrikes(row.faults.pattern),
    }
  }

  async function refresh(): Promise<void> {
    touched.clear()
    const rows = await read()
    const fresh = rows.filter(({ _id }) => !touched.has(_id))
    const kept = [...dials].filter(([id]) => touched.has(id))
    dials = new Map([...fresh.map((row) => [row._id, toDial(row)] as const), ...kept])
    const written = [...uses]
    uses.clear()
    for (const [tenantId, habits] of written) await noteUse(tenantId, now(), habits)
  }

  function tick(): void {
    refreshing ??= refresh()
      .catch((error: unknown) => {
        log.warn({ err: error }, 'sandbox dials could not be read')
      })
      .finally(() => {
        refreshing = undefined
      })
  }

  return {
    of: (tenantId) => dials.get(tenantId),
    now: (tenantId) => new Date(now().getTime() + (dials.get(tenantId)?.offsetMs ?? 0)),
    apply(row) {
      touched.add(row._id)
      dials.set(row._id, toDial(row))
    },
    forget(tenantId) {
      touched.add(tenantId)
      dials.delete(tenantId)
    },
    noteUse(tenantId, habits) {
      const counted = uses.get(tenantId) ?? {}
      // The keys of a partial record are those of the record.
      for (const [name, count] of Object.entries(habits) as [keyof ApiHabits, number][]) {
        counted[name] = (counted[name] ?? 0) + count
      }
      uses.set(tenantId, counted)
    },
    async start() {
      await refresh()
      timer = setInterval(tick, refreshMs)
      timer.unref()
    },
    async stop() {
      clearInterval(timer)
      await refreshing
      if (uses.size > 0) tick()
      await refreshing
    },
  }
}
