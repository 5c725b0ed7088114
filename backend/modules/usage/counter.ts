import type { EndedCall } from '../../core/http/index.ts'
import { credentialOf } from './credential-of.ts'

/** How often one credential had one outcome of one operation within an hour. */
export interface UsageCount {
  readonly tenantId: string
  readonly credentialKind: string
  readonly credentialId: string
  readonly operation: string
  readonly status: number
  readonly version: string
  /** `2026-11-23T05`, UTC. */
  readonly hour: string
  count: number
}

/** Header in which an answer says by which API version it was made. */
const versionHeader = 'edpsych-version'

export function versionOf(call: EndedCall): string {
  const version = call.req.res?.getHeader(versionHeader)
  return typeof version === 'string' ? version : ''
}

/** Counts calls in memory; `take` hands over what was counted and starts anew. */
export function createCounter(now: () => number = Date.now) {
  let counts = new Map<string, UsageCount>()
  let hour = ''
  let hourEndsAt = 0

  function currentHour(): string {
    const at = now()
    if (at >= hourEndsAt || at < hourEndsAt - 3_600_000) {
      hour = new Date(at).toISOString().slice(0, 13)
      hourEndsAt = Date.parse(`${hour}:00:00Z`) + 3_600_000
    }
    return hour
  }

  return {
    add(call: EndedCall): void {
      const { ctx, operation, status } = call
      // A call of nobody known counts for no tenant.
      if (ctx === null || ctx.tenantId === '') return
      const { kind, id } = credentialOf(ctx.principal)
      const version = versionOf(call)
      const at = currentHour()
      const key = `${ctx.tenantId}|${id}|${operation}|${status}|${version}|${at}`
      const known = counts.get(key)
      if (known) {
        known.count += 1
        return
      }
      counts.set(key, {
        tenantId: ctx.tenantId,
        credentialKind: kind,
        credentialId: id,
        operation,
        status,
        version,
        hour: at,
        count: 1,
      })
    },
    take(atMost: number): UsageCount[] {
      if (counts.size <= atMost) {
        const all = [...counts.values()]
        counts = new Map()
        return all
      }
      const taken: UsageCount[] = []
      for (const [key, count] of counts) {
        if (taken.length >= atMost) break
        taken.push(count)
        counts.delete(key)
      }
      return taken
    },
    get size() {
      return counts.size
    },
  }
}
