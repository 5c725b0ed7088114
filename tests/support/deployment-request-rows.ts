import { newId } from '../../backend/core/ids.ts'
import { RequestModel } from '../../backend/modules/lti/deployment-requests/request-store.ts'

/** A deployment that launched from an LMS and waits for approval. */
export async function addDeploymentRequest(tenantId: string, no: number): Promise<string> {
  const id = newId('dpr')
  const now = new Date()
  await RequestModel.create({
    _id: id,
    tenantId,
    issuer: 'https://lms.lists.example',
    clientId: 'lists',
    deploymentId: `waiting-${no}`,
    product: 'moodle',
    contextTitle: 'Year 8 Mathematics',
    platformName: 'Larkfield Academy',
    candidates: [{ platformId: 'plat_lists', tenantId, name: 'Moodle' }],
    platformId: null,
    status: 'waiting',
    count: 1,
    lastLaunchId: newId('launch'),
    lastSeenAt: now,
  })
  return id
}
