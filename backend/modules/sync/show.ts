import type { SyncRun } from '../../../shared/api/syncs.ts'
import { noCounts } from './kinds.ts'
import type { RunRow } from './run-store.ts'

export function showRun(row: RunRow): SyncRun {
  const iso = (date: Date | null) => date?.toISOString() ?? null
  const { checkpointAt, loss } = row
  return {
    id: row._id,
    connectionId: row.connectionId,
    connectorId: row.connectorId,
    capability: row.capability,
    trigger: row.trigger,
    requestedBy: row.requestedBy,
    status: row.status,
    preview: row.preview,
    full: row.full,
    startedAt: iso(row.startedAt),
    endedAt: iso(row.endedAt),
    progress: row.progress,
    checkpoint: checkpointAt && { pages: row.pages, at: checkpointAt.toISOString() },
    resumes: row.resumes,
    // Runs of before count fewer kinds.
    counts: { ...noCounts(), ...row.counts },
    heldBecause: row.heldBecause,
    loss: loss && { ...loss, checkedAt: loss.checkedAt.toISOString() },
    error: row.error,
    createdAt: row.createdAt.toISOString(),
    updatedAt: row.updatedAt.toISOString(),
  }
}
