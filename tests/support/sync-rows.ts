import { newId } from '../../backend/core/ids.ts'
import { ChangeModel } from '../../backend/modules/sync/change-store.ts'
import { noCounts } from '../../backend/modules/sync/kinds.ts'
import { RunModel } from '../../backend/modules/sync/run-store.ts'

/** A run that has ended, with a change; answers its id. */
export async function addSyncRows(
  tenantId: string,
  connectionId: string,
  runId: string = newId('syr'),
): Promise<string> {
  const at = new Date()
  const expiresAt = new Date(at.getTime() + 3_600_000)
  if (!(await RunModel.exists({ _id: runId, tenantId }))) {
    await RunModel.create({
      _id: runId,
      tenantId,
      connectionId,
      connectorId: 'moodle',
      capability: 'courses.pull',
      trigger: 'schedule',
      requestedBy: null,
      status: 'succeeded',
      preview: false,
      full: true,
      phase: 'removal',
      pages: 1,
      checkpointAt: at,
      startedAt: at,
      endedAt: at,
      progress: 1,
      resumes: 0,
      counts: noCounts(),
      nameless: {},
      vendorSays: {},
      expiresAt,
    })
  }
  const id = newId('syc')
  await ChangeModel.create({
    _id: id,
    tenantId,
    runId,
    kind: 'users',
    sourcedId: id,
    key: id,
    change: 'refused',
    why: 'refused',
    reason: '$.familyName is missing',
    createdAt: at,
    expiresAt,
  })
  return runId
}
