import type { EndedCall } from '../../core/http/index.ts'
import type { Dials } from './dials.ts'
import type { ApiHabits } from './sandbox-store.ts'

const mostRemembered = 5000
/** Clocks of two machines and the caller's rounding differ by this much. */
const toleranceMs = 100

/** Watches how a developer's program uses the API, for the certification report and the expiry. */
export function createHabitObserver(
  dials: Pick<Dials, 'noteUse'>,
  clock: () => number,
): (call: EndedCall) => void {
  const mayCallAt = new Map<string, number>()

  function cameTooEarly(caller: string, { durationMs }: EndedCall): boolean {
    const notBefore = mayCallAt.get(caller)
    mayCallAt.delete(caller)
    return notBefore !== undefined && clock() - durationMs < notBefore
  }

  function rememberLimit(caller: string, { req }: EndedCall): void {
    const seconds = Number(req.res?.getHeader('retry-after') ?? 0)
    if (mayCallAt.size >= mostRemembered) mayCallAt.clear()
    mayCallAt.set(caller, clock() + seconds * 1000 - toleranceMs)
  }

  return (call) => {
    const { ctx } = call
    if (ctx?.mode !== 'test') return
    if (!isProgram(call)) {
      dials.noteUse(ctx.tenantId, {})
      return
    }
    const isEarly = cameTooEarly(ctx.principal.id, call)
    if (call.status === 429) rememberLimit(ctx.principal.id, call)
    dials.noteUse(ctx.tenantId, { ...habitsOf(call), ...(isEarly ? { retriedTooEarly: 1 } : {}) })
  }
}

/** People at a page and the management of the sandbox say nothing of a program. */
function isProgram({ ctx, operation }: EndedCall): boolean {
  return ctx?.principal.kind !== 'staff' && !operation.includes(' /api/v1/sandboxes')
}

function habitsOf({ req, status }: EndedCall): Partial<ApiHabits> {
  const isWrite = req.method !== 'GET' && req.method !== 'HEAD'
  const limited = status === 429 ? { limited: 1 } : {}
  if (!isWrite) return { calls: 1, ...limited }
  const writesWithKey = req.get('idempotency-key') === undefined ? 0 : 1
  return { calls: 1, writes: 1, writesWithKey, ...limited }
}
