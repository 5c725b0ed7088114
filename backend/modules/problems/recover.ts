import { isProblemCause } from '../../../shared/problem-causes.ts'
import { problemGuide } from '../../../shared/problem-guide.ts'
import type { TenantContext } from '../../core/tenancy.ts'
import type { ProblemsAccess, ProblemsDeps, Success } from './definition.ts'
import { afterSuccess, proofNeeded } from './recovery.ts'
import { findUnresolved, keepRecovery, type ProblemRow, resolveRow } from './store.ts'
import { tellOfProblem } from './tell.ts'

/** A success of a connection brings each of its problems a step nearer to its end. */
export async function countSuccess(
  ctx: TenantContext,
  connectionId: string,
  at: Date,
  { capability = '' }: Success,
  deps: ProblemsDeps,
): Promise<void> {
  for (const row of await findUnresolved(ctx.tenantId, connectionId)) {
    if (problemGuide[row.cause].closedBy !== 'success') continue
    if (row.capability !== null && row.capability !== capability) continue
    await step(ctx, row, at, deps)
  }
}

async function step(
  ctx: TenantContext,
  row: ProblemRow,
  at: Date,
  deps: ProblemsDeps,
): Promise<void> {
  const minutes = await deps.recoveryMinutesOf(ctx.tenantId)
  const after = afterSuccess(row, at, proofNeeded(minutes, row))
  if (!after) return
  if (after.isProven) {
    await closeProven(ctx, row, at, deps)
    return
  }
  const kept = await keepRecovery(row, after.recovery, at)
  if (kept) await tellOfProblem(kept, deps)
}

async function closeProven(
  ctx: TenantContext,
  row: ProblemRow,
  at: Date,
  deps: ProblemsDeps,
): Promise<void> {
  const resolved = await resolveRow(ctx, row, 'recovery', {
    resolvedBy: 'recovery',
    resolvedAt: at,
  })
  if (resolved) await tellOfProblem(resolved, deps, { isCounted: true })
}

/** What its reporter takes back is closed at once; of the rest it is one success. */
export async function takeBack(
  ctx: TenantContext,
  { connectionId, cause, at }: Parameters<ProblemsAccess['recovered']>[1],
  deps: ProblemsDeps,
): Promise<void> {
  const when = at ?? deps.now()
  const isTakenBack =
    cause !== undefined && isProblemCause(cause) && problemGuide[cause].closedBy === 'report'
  if (!isTakenBack) {
    await countSuccess(ctx, connectionId, when, {}, deps)
    return
  }
  const rows = await findUnresolved(ctx.tenantId, connectionId)
  for (const row of rows) if (row.cause === cause) await closeProven(ctx, row, when, deps)
}

/** A connection that is gone has no problems. */
export async function closeAllOf(
  ctx: TenantContext,
  connectionId: string,
  deps: ProblemsDeps,
): Promise<void> {
  const resolvedAt = deps.now()
  for (const row of await findUnresolved(ctx.tenantId, connectionId)) {
    const change = { resolvedBy: 'deletion', resolvedAt }
    const resolved = await resolveRow(ctx, row, 'deletion', change)
    if (resolved) await tellOfProblem(resolved, deps)
  }
}
