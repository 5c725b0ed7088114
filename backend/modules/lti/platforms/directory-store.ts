import mongoose, { Schema } from 'mongoose'
import { isDuplicateKey } from '../../../core/duplicate-key.ts'
import { orderedBy } from '../../../core/lists/index.ts'
import { digest } from '../digest.ts'

/** Who holds one deployment. Of the whole installation: the same deployment may not belong to two tenants. */
export interface DirectoryRow {
  readonly _id: string
  readonly issuer: string
  readonly clientId: string
  readonly deploymentId: string
  readonly tenantId: string
  readonly platformId: string
  readonly claimedAt: Date
}

export interface Deployment {
  readonly issuer: string
  readonly clientId: string
  readonly deploymentId: string
}

export interface Holder {
  readonly tenantId: string
  readonly platformId: string
}

/** Orders in which the deployments of an LMS can be asked for. */
export const deploymentSort = { createdAt: { path: 'claimedAt', type: 'date' } } as const

const directorySchema = new Schema<DirectoryRow>(
  {
    _id: String,
    issuer: { type: String, required: true },
    clientId: { type: String, required: true },
    deploymentId: { type: String, required: true },
    tenantId: { type: String, required: true },
    platformId: { type: String, required: true },
    claimedAt: { type: Date, required: true },
  },
  { collection: 'ltiDirectory', autoIndex: false },
)
orderedBy(directorySchema, deploymentSort, { tenantId: 1, platformId: 1 })

export const DirectoryModel = mongoose.model('LtiDirectory', directorySchema)

export function directoryId({ issuer, clientId, deploymentId }: Deployment): string {
  return digest([issuer, clientId, deploymentId].join('\n'))
}

/** The row now in the directory: the holder's own when the deployment was free or already held. */
export async function claimDeployment(
  deployment: Deployment,
  holder: Holder,
  claimedAt: Date,
): Promise<DirectoryRow> {
  const row = { ...deployment, ...holder, claimedAt }
  const upsert = () =>
    DirectoryModel.findOneAndUpdate(
      { _id: directoryId(deployment) },
      { $setOnInsert: row },
      { upsert: true, returnDocument: 'after' },
    )
      .lean<DirectoryRow>()
      .exec()
  try {
    return await upsert()
  } catch (error) {
    // Two upserts of one id at once: the loser finds the winner's row on the second try.
    if (!isDuplicateKey(error)) throw error
    return upsert()
  }
}

/** Hands a row whose holder is gone to another; false when it changed meanwhile. */
export async function takeOver(
  stale: DirectoryRow,
  holder: Holder,
  claimedAt: Date,
): Promise<boolean> {
  const result = await DirectoryModel.updateOne(
    {
      _id: stale._id,
      tenantId: stale.tenantId,
      platformId: stale.platformId,
      claimedAt: stale.claimedAt,
    },
    { $set: { ...holder, claimedAt } },
  ).exec()
  return result.modifiedCount === 1
}

export async function releaseDeployments(
  deployments: readonly Deployment[],
  holder: Holder,
): Promise<void> {
  if (deployments.length === 0) return
  await DirectoryModel.deleteMany({
    _id: { $in: deployments.map(directoryId) },
    tenantId: holder.tenantId,
    platformId: holder.platformId,
  }).exec()
}
