import mongoose, { Schema } from 'mongoose'
import type { LmsProduct } from '../../../../shared/api/lti.ts'
import type { DeploymentRequestList } from '../../../../shared/api/lti-setup.ts'
import { isDuplicateKey } from '../../../core/duplicate-key.ts'
import { newId } from '../../../core/ids.ts'
import {
  type FoundPage,
  findPage,
  given,
  orderedBy,
  timeFilter,
} from '../../../core/lists/index.ts'
import { type TenantContext, tenantScoped } from '../../../core/tenancy.ts'
import type { Deployment } from '../platforms/directory-store.ts'

/** A registration that an unknown deployment may belong to. */
export interface Candidate {
  readonly platformId: string
  readonly tenantId: string
  readonly name: string
}

export interface RequestRow extends Deployment {
  readonly _id: string
  readonly tenantId: string
  readonly product: LmsProduct
  readonly contextTitle: string | null
  readonly platformName: string | null
  readonly candidates: readonly Candidate[]
  /** Where it went; null until it is approved. */
  readonly platformId: string | null
  readonly status: 'waiting' | 'approved' | 'rejected'
  readonly count: number
  /** A launch that is sent twice counts once. */
  readonly lastLaunchId: string
  readonly lastSeenAt: Date
  readonly createdAt: Date
  readonly updatedAt: Date
}

const requestSort = {
  createdAt: { path: 'createdAt', type: 'date' },
  updatedAt: { path: 'updatedAt', type: 'date' },
} as const

const requestSchema = new Schema<RequestRow>(
  {
    _id: String,
    issuer: { type: String, required: true },
    clientId: { type: String, required: true },
    deploymentId: { type: String, required: true },
    product: { type: String, required: true },
    contextTitle: { type: String, default: null },
    platformName: { type: String, default: null },
    candidates: { type: [Schema.Types.Mixed], default: [] } as never,
    platformId: { type: String, default: null },
    status: { type: String, required: true },
    count: { type: Number, required: true },
    lastLaunchId: { type: String, required: true },
    lastSeenAt: { type: Date, required: true },
  },
  { collection: 'ltiDeploymentRequests', timestamps: true, autoIndex: false },
)
requestSchema.plugin(tenantScoped)
orderedBy(requestSchema, requestSort)
requestSchema.index({ tenantId: 1, issuer: 1, clientId: 1, deploymentId: 1 }, { unique: true })

export const RequestModel = mongoose.model('LtiDeploymentRequest', requestSchema)

/** A platform that many share could name ever new deployments: what waits is bounded. */
const mostWaiting = 500

export type SeenDeployment = Deployment &
  Pick<
    RequestRow,
    'tenantId' | 'product' | 'contextTitle' | 'platformName' | 'candidates' | 'lastLaunchId'
  >

/** Counts a refused launch of a deployment; the first one makes its row. */
export async function noteDeployment(seen: SeenDeployment, now: Date): Promise<void> {
  const { tenantId, issuer, clientId, deploymentId, lastLaunchId, ...facts } = seen
  const key = { tenantId, issuer, clientId, deploymentId }
  const changed = await RequestModel.updateOne(
    { ...key, lastLaunchId: { $ne: lastLaunchId } },
    { $set: { ...facts, lastLaunchId, lastSeenAt: now }, $inc: { count: 1 } },
  ).exec()
  if (changed.matchedCount > 0 || (await RequestModel.exists(key))) return
  if ((await RequestModel.countDocuments({ tenantId, status: 'waiting' })) >= mostWaiting) return
  try {
    await RequestModel.create({
      _id: newId('dpr'),
      ...seen,
      platformId: null,
      status: 'waiting',
      count: 1,
      lastSeenAt: now,
    })
  } catch (error) {
    // Two first launches at once: the other one made the row.
    if (!isDuplicateKey(error)) throw error
  }
}

export function findRequest(ctx: TenantContext, id: string): Promise<RequestRow | null> {
  return RequestModel.findOne({ _id: id, tenantId: ctx.tenantId }).lean<RequestRow>().exec()
}

export function findRequestPage(
  ctx: TenantContext,
  query: DeploymentRequestList,
): Promise<FoundPage<RequestRow>> {
  const { status, issuer } = query
  return findPage<RequestRow>(RequestModel, {
    filter: { tenantId: ctx.tenantId, ...given({ status, issuer }), ...timeFilter(query) },
    query,
    sortFields: requestSort,
  })
}

/** Null: somebody decided it meanwhile. */
export function decideRequest(
  ctx: TenantContext,
  { _id, status }: Pick<RequestRow, '_id' | 'status'>,
  decision: Pick<RequestRow, 'status' | 'platformId'>,
): Promise<RequestRow | null> {
  return RequestModel.findOneAndUpdate(
    { _id, tenantId: ctx.tenantId, status },
    { $set: decision },
    { returnDocument: 'after' },
  )
    .lean<RequestRow>()
    .exec()
}
