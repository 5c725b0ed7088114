import mongoose, { Schema } from 'mongoose'
import type { TargetKind } from '../../../shared/lti.ts'
import { newId } from '../../core/ids.ts'
import { tenantScoped } from '../../core/tenancy.ts'

export interface Choice {
  readonly kind: TargetKind
  readonly id: string
}

/** Where a link stands: LTI 1.3 §5.3.5 makes its id unique within its deployment and context. */
export interface LinkPlace {
  readonly tenantId: string
  readonly platformId: string
  readonly deploymentId: string
  readonly contextId: string | null
  readonly resourceLinkId: string
}

interface ResourceLinkRow extends LinkPlace {
  readonly _id: string
  readonly choice: Choice
  /** How the course page calls the link; absent in rows of before. */
  readonly title?: string | null
  readonly createdAt: Date
  readonly updatedAt: Date
}

const resourceLinkSchema = new Schema<ResourceLinkRow>(
  {
    _id: String,
    platformId: { type: String, required: true },
    deploymentId: { type: String, required: true },
    contextId: { type: String, default: null },
    resourceLinkId: { type: String, required: true },
    title: { type: String, default: null },
    choice: { kind: { type: String, required: true }, id: { type: String, required: true } },
  },
  { collection: 'ltiResourceLinks', timestamps: true, autoIndex: false },
)
resourceLinkSchema.plugin(tenantScoped)
resourceLinkSchema.index({ tenantId: 1, platformId: 1, resourceLinkId: 1 })
resourceLinkSchema.index(
  { tenantId: 1, platformId: 1, deploymentId: 1, contextId: 1, resourceLinkId: 1 },
  { unique: true },
)

export const ResourceLinkModel = mongoose.model('LtiResourceLink', resourceLinkSchema)

/** What a teacher chose for a link that was placed at the front door. */
export async function findChoice(place: LinkPlace): Promise<Choice | undefined> {
  const row = await ResourceLinkModel.findOne(place, { choice: 1 }).lean<ResourceLinkRow>().exec()
  return row?.choice
}

const most = 50

/** Choices for links of these ids in any course of the deployment. */
export function findChoicesOfLinks(
  { tenantId, platformId, deploymentId }: LinkPlace,
  ids: readonly string[],
): Promise<ResourceLinkRow[]> {
  if (ids.length === 0) return Promise.resolve([])
  return ResourceLinkModel.find({
    tenantId,
    platformId,
    deploymentId,
    resourceLinkId: { $in: ids },
  })
    .limit(most)
    .lean<ResourceLinkRow[]>()
    .exec()
}

/** Choices for links of this name in one course; two are enough to know that it tells nothing. */
export function findChoiceIn(
  { tenantId, platformId, deploymentId }: LinkPlace,
  contextId: string,
  title: string,
): Promise<ResourceLinkRow[]> {
  return ResourceLinkModel.find({ tenantId, platformId, deploymentId, contextId, title })
    .limit(2)
    .lean<ResourceLinkRow[]>()
    .exec()
}

export async function saveChoice(
  { tenantId, platformId, deploymentId, contextId, resourceLinkId }: LinkPlace,
  choice: Choice,
  title: string | null,
): Promise<void> {
  await ResourceLinkModel.updateOne(
    { tenantId, platformId, deploymentId, contextId, resourceLinkId },
    { $set: { choice, title }, $setOnInsert: { _id: newId('link') } },
    { upsert: true },
  ).exec()
}

export async function countResourceLinks(tenantId: string): Promise<number> {
  return ResourceLinkModel.countDocuments({ tenantId })
}
