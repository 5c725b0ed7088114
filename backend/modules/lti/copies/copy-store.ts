import mongoose, { Schema } from 'mongoose'
import { insertOnce } from '../../../core/database/insert-once.ts'
import { tenantScoped } from '../../../core/tenancy.ts'
import { digest } from '../digest.ts'

/** A copied course, or a link that was copied within its course, whose teacher has been told. */
export interface CopyRow {
  readonly _id: string
  readonly tenantId: string
  readonly platformId: string
  readonly deploymentId: string
  readonly contextId: string
  /** Null: the whole course is a copy. */
  readonly resourceLinkId: string | null
  readonly copiedFrom: string
  readonly toldAt: Date
}

const copySchema = new Schema<CopyRow>(
  {
    _id: String,
    platformId: { type: String, required: true },
    deploymentId: { type: String, required: true },
    contextId: { type: String, required: true },
    resourceLinkId: { type: String, default: null },
    copiedFrom: { type: String, required: true },
    toldAt: { type: Date, required: true },
  },
  { collection: 'ltiCopies', autoIndex: false },
)
copySchema.plugin(tenantScoped)
copySchema.index({ tenantId: 1, platformId: 1 })

export const CopyModel = mongoose.model('LtiCopy', copySchema)

/** True for the first that tells of this copy. */
export function noteTold(copy: Omit<CopyRow, '_id'>): Promise<boolean> {
  const { tenantId, platformId, deploymentId, contextId, resourceLinkId } = copy
  const place = JSON.stringify([tenantId, platformId, deploymentId, contextId, resourceLinkId])
  return insertOnce(CopyModel, { _id: `cpy_${digest(place)}`, ...copy })
}
