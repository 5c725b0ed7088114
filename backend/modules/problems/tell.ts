import { AppError } from '../../../shared/errors.ts'
import { systemContext } from '../../core/tenancy.ts'
import type { ProblemsDeps } from './definition.ts'
import { showProblem } from './show.ts'
import { countUnresolved, type ProblemRow } from './store.ts'

/** To those who look at it now, and to the connection where their number changed. */
export async function tellOfProblem(
  row: ProblemRow,
  deps: ProblemsDeps,
  { isCounted = false }: { readonly isCounted?: boolean } = {},
): Promise<void> {
  const { tenantId, connectionId } = row
  if (isCounted && connectionId !== null) await countAnew(tenantId, connectionId, deps)
  const recoveryMinutes = row.recovery ? await deps.recoveryMinutesOf(tenantId) : 0
  const problem = showProblem(row, recoveryMinutes)
  deps.publish(tenantId, 'problems', { kind: 'problem.changed', problem })
}

export async function countAnew(
  tenantId: string,
  connectionId: string,
  deps: ProblemsDeps,
): Promise<void> {
  const count = await countUnresolved(tenantId, connectionId)
  try {
    await deps
      .connections()
      .setOpenProblems(systemContext(tenantId, 'problems'), connectionId, count)
  } catch (error) {
    // The connection may be deleted.
    if (!(error instanceof AppError && error.code === 'not_found')) throw error
  }
}
