import type { ConnectionProblem, HealingAct } from '../../../shared/api/problems.ts'
import { problemGuide } from '../../../shared/problem-guide.ts'
import type { ActRow } from './act-store.ts'
import { proofNeeded } from './recovery.ts'
import type { ProblemRow } from './store.ts'

export function showProblem(row: ProblemRow, recoveryMinutes: number): ConnectionProblem {
  const { title, whatHappened, whatToDo } = problemGuide[row.cause]
  return {
    id: row._id,
    tenantId: row.tenantId,
    connectionId: row.connectionId,
    connectionName: row.connectionName,
    connectorId: row.connectorId,
    cause: row.cause,
    status: row.status,
    severity: row.severity,
    owner: row.owner,
    title,
    whatHappened,
    whatToDo: [...whatToDo],
    evidence: row.evidence.map(({ at, kind, detail }) => ({
      at: at.toISOString(),
      kind,
      detail,
    })),
    firstSeenAt: row.firstSeenAt.toISOString(),
    lastSeenAt: row.lastSeenAt.toISOString(),
    occurrences: row.occurrences,
    flaps: row.flaps,
    recovery: showRecovery(row, recoveryMinutes),
    acknowledgedAt: row.acknowledgedAt?.toISOString() ?? null,
    acknowledgedBy: row.acknowledgedBy,
    resolvedAt: row.resolvedAt?.toISOString() ?? null,
    resolvedBy: row.resolvedBy,
    notes: row.notes.map((note) => ({ ...note, at: note.at.toISOString() })),
    createdAt: row.createdAt.toISOString(),
    updatedAt: row.updatedAt.toISOString(),
  }
}

function showRecovery(row: ProblemRow, minutes: number): ConnectionProblem['recovery'] {
  if (!row.recovery) return null
  const { since, successes } = row.recovery
  const { successes: needed, ms } = proofNeeded(minutes, row)
  return {
    since: since.toISOString(),
    successes,
    needed,
    closesAt: new Date(since.getTime() + ms).toISOString(),
  }
}

export function showAct({ _id, tenantId: _tenant, ...row }: ActRow): HealingAct {
  return {
    id: _id,
    connectionId: row.connectionId,
    cause: row.cause,
    act: row.act,
    result: row.result,
    before: row.before,
    after: row.after,
    explanation: row.explanation,
    at: row.at.toISOString(),
    createdAt: row.at.toISOString(),
    updatedAt: row.at.toISOString(),
  }
}
