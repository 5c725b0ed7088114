import { systemContext, type TenantContext } from '../../core/tenancy.ts'
import type { Exchange } from '../connections/index.ts'
import { findWrongClocks, noteRight, noteWrong } from './clock-store.ts'
import type { MonitoringDeps } from './deps.ts'

const mostOffsetMs = 2 * 60_000
const mostKept = 50_000
/** One answer may come from a cache that does not say so. */
const readings = 2
const sayAgainMs = 5 * 60_000

interface Seen {
  readonly tenantId: string
  /** The newest last. */
  readonly offsets: readonly number[]
  readonly saidAt: number
}

/** Compares the clocks of other systems with ours, by the dates of their answers. */
export function createClocks({ problems, now }: Pick<MonitoringDeps, 'problems' | 'now'>) {
  const seen = new Map<string, Seen>()

  function observe({ tenantId, connectionId, clockOffsetMs = null }: Exchange): void {
    if (clockOffsetMs === null) return
    const { offsets = [], saidAt = Number.NEGATIVE_INFINITY } = seen.get(connectionId) ?? {}
    const [oldest] = seen.keys()
    if (seen.size >= mostKept && oldest !== undefined) seen.delete(oldest)
    const latest = [...offsets, clockOffsetMs].slice(-readings)
    seen.set(connectionId, { tenantId, offsets: latest, saidAt })
  }

  async function wrong(ctx: TenantContext, connectionId: string, detail: string): Promise<void> {
    await problems?.report(ctx, {
      connectionId,
      cause: 'clock_skew',
      evidence: { kind: 'clock', detail },
    })
  }

  async function right(ctx: TenantContext, connectionId: string): Promise<void> {
    await problems?.recovered?.(ctx, { connectionId, cause: 'clock_skew' })
  }

  /** Reports the clocks that are wrong by what was seen last, and takes back what was reported of those that are right. */
  async function judge(): Promise<void> {
    await reportWrong(now())
    await takeBackRight()
  }

  async function reportWrong(at: Date): Promise<void> {
    for (const [connectionId, { tenantId, offsets, saidAt }] of seen) {
      if (!isWrong(offsets) || at.getTime() - saidAt < sayAgainMs) continue
      seen.set(connectionId, { tenantId, offsets, saidAt: at.getTime() })
      await noteWrong({ tenantId, connectionId }, 'answers', at)
      await wrong(systemContext(tenantId, 'monitoring'), connectionId, sentence(offsets))
    }
  }

  async function takeBackRight(): Promise<void> {
    for (const { _id: connectionId, tenantId } of await findWrongClocks('answers')) {
      const { offsets = [] } = seen.get(connectionId) ?? {}
      if (offsets.length < readings || offsets.some(isFarOff)) continue
      const ctx = systemContext(tenantId, 'monitoring')
      if (await noteRight({ tenantId, connectionId }, 'answers')) await right(ctx, connectionId)
      seen.set(connectionId, { tenantId, offsets, saidAt: Number.NEGATIVE_INFINITY })
    }
  }

  return {
    observe,
    judge,
    /** A message that came in shows that a clock is wrong. */
    async messageIsWrong(ctx: TenantContext, connectionId: string, detail: string): Promise<void> {
      await noteWrong({ tenantId: ctx.tenantId, connectionId }, 'messages', now())
      await wrong(ctx, connectionId, detail)
    },
    /** A message that came in has a time that can be right. */
    async messageIsRight(ctx: TenantContext, connectionId: string): Promise<void> {
      const { tenantId } = ctx
      if (await noteRight({ tenantId, connectionId }, 'messages')) await right(ctx, connectionId)
    },
  }
}

const isFarOff = (offsetMs: number): boolean => Math.abs(offsetMs) > mostOffsetMs

/** Far off each time, and by about the same. */
function isWrong(offsets: readonly number[]): boolean {
  if (offsets.length < readings || !offsets.every(isFarOff)) return false
  return Math.max(...offsets) - Math.min(...offsets) < mostOffsetMs
}

function sentence(offsets: readonly number[]): string {
  const last = offsets.at(-1) ?? 0
  const minutes = Math.round(Math.abs(last) / 60_000)
  return `The clock of the other system is ${minutes} minutes ${last > 0 ? 'ahead of' : 'behind'} ours, by the dates of its answers.`
}
