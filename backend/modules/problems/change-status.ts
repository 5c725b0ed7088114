import type { ConnectionProblem } from '../../../shared/api/problems.ts'
import { AppError } from '../../../shared/errors.ts'
import { recordAudit } from '../../core/audit/index.ts'
import { isDuplicateKey } from '../../core/duplicate-key.ts'
import type { TenantContext } from '../../core/tenancy.ts'
import type { ProblemsDeps } from './definition.ts'
import { mustFindProblem } from './list.ts'
import { showProblem } from './show.ts'
import { acknowledgeRow, openAgain, type ProblemRow, resolveRow } from './store.ts'
import { tellOfProblem } from './tell.ts'

type Note = ProblemRow['notes'][number]

const verbs = { acknowledged: 'acknowledge', resolved: 'resolve', reopened: 'reopen' } as const

/** What a person says of a problem; refused where its state has moved on. */
export async function changeStatus(
  caller: TenantContext,
  id: string,
  act: Note['act'],
  text: string,
  deps: ProblemsDeps,
): Promise<ConnectionProblem> {
  const row = await mustFindProblem(caller, id, deps)
  // What a trust does is on record in the school whose problem it is.
  const ctx = { ...caller, tenantId: row.tenantId }
  const note = { at: deps.now(), by: caller.principal.id, act, note: text }
  const changed = await write(ctx, row, note)
  if (!changed) {
    throw new AppError(
      'problem_state_conflict',
      `The problem is ${row.status} already or changed in this moment; read it again`,
    )
  }
  await recordAudit(ctx, {
    action: `problem.${verbs[act]}`,
    target: { type: 'problem', id },
    fields: ['status'],
    result: 'success',
  })
  await tellOfProblem(changed, deps, { isCounted: act !== 'acknowledged' })
  return showProblem(changed, await deps.recoveryMinutesOf(row.tenantId))
}

async function write(ctx: TenantContext, row: ProblemRow, note: Note): Promise<ProblemRow | null> {
  const { at, by, act } = note
  if (act === 'acknowledged') return acknowledgeRow(ctx, row, note)
  if (act === 'resolved') {
    return resolveRow(ctx, row, 'person', { resolvedBy: by, resolvedAt: at }, note)
  }
  try {
    return await openAgain(ctx, row, { openedAt: at, updatedAt: at }, { note })
  } catch (error) {
    if (!isDuplicateKey(error)) throw error
    throw new AppError('problem_state_conflict', 'The same problem is open again already', {
      cause: error,
    })
  }
}
