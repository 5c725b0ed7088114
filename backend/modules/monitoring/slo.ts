import type { ConnectionSlo } from '../../../shared/api/monitoring.ts'
import type { BucketFilter } from './bucket-store.ts'
import { slotMs } from './periods.ts'
import { readSlots } from './read-metrics.ts'
import { checksCapability } from './roll-up.ts'
import { cover, type Slot } from './slots.ts'

const target = 99.9
const windowDays = 30
const allowedShare = 1 - target / 100
const hourMs = slotMs['1h']

export interface Availability {
  /** Seconds that the connection was seen to work, and not to work. */
  readonly up: number
  readonly down: number
}

/** What an availability means for the target; periods are those that end now. */
export function sloOf(
  month: Availability,
  recent: {
    readonly hour: Availability
    readonly sixHours: Availability
    readonly threeDays: Availability
  },
): Omit<ConnectionSlo, 'connectionId' | 'from' | 'to'> {
  const observed = month.up + month.down
  const allowed = windowDays * 24 * 60 * allowedShare
  const used = month.down / 60
  return {
    target,
    windowDays,
    availability: observed === 0 ? null : rounded((100 * month.up) / observed, 4),
    observedMinutes: rounded(observed / 60, 1),
    errorBudget: {
      allowed: rounded(allowed, 1),
      used: rounded(used, 1),
      left: rounded(allowed - used, 1),
    },
    burnRate: {
      hour: burnRate(recent.hour),
      sixHours: burnRate(recent.sixHours),
      threeDays: burnRate(recent.threeDays),
    },
  }
}

function burnRate({ up, down }: Availability): number | null {
  return up + down === 0 ? null : rounded(down / (up + down) / allowedShare, 2)
}

function rounded(value: number, digits: number): number {
  return Number(value.toFixed(digits))
}

/** The availability of one connection, from its checks. */
export async function readSlo(
  { tenantId, connectionId }: Pick<BucketFilter, 'tenantId' | 'connectionId'>,
  now: number,
): Promise<ConnectionSlo> {
  const filter = { tenantId, connectionId, capability: checksCapability }
  const from = now - windowDays * slotMs['1d']
  const [hours, minutes] = await Promise.all([
    readSlots(filter, '1h', from, now, now),
    readSlots(filter, '1m', now - 2 * hourMs, now, now),
  ])
  const slots = hours.get(checksCapability) ?? new Map<number, Slot>()
  const since = (ms: number): Availability => {
    const sum = { up: 0, down: 0 }
    for (const [at, { u = 0, d = 0 }] of slots) {
      if (at < now - ms) continue
      sum.up += u
      sum.down += d
    }
    return sum
  }
  const slo = sloOf(since(windowDays * slotMs['1d']), {
    hour: lastHour(minutes.get(checksCapability) ?? new Map<number, Slot>(), now),
    sixHours: since(6 * hourMs),
    threeDays: since(3 * slotMs['1d']),
  })
  return {
    connectionId,
    from: new Date(from).toISOString(),
    to: new Date(now).toISOString(),
    ...slo,
  }
}

/** Sixty minutes that end now; the hour before tells the state in which they begin. */
function lastHour(slots: ReadonlyMap<number, Slot>, now: number): Availability {
  const start = Math.floor(now / slotMs['1m']) * slotMs['1m'] - 119 * slotMs['1m']
  const minutes = new Map<number, Slot>()
  for (const [at, slot] of slots) minutes.set((at - start) / slotMs['1m'], slot)
  const { u, d } = cover(minutes, 60, 120)
  return { up: u, down: d }
}
