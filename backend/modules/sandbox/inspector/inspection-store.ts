import mongoose, { Schema } from 'mongoose'
import { newId } from '../../../core/ids.ts'
import {
  type FoundPage,
  findPage,
  orderedBy,
  type TimedQuery,
  timeFilter,
} from '../../../core/lists/index.ts'
import { tenantScoped } from '../../../core/tenancy.ts'

export interface InspectionRow {
  readonly _id: string
  readonly tenantId: string
  readonly method: string
  readonly path: string
  readonly headers: Record<string, string>
  readonly body: Buffer
  readonly bodyBytes: number
  readonly signature: { readonly verified: boolean; readonly reason: string | null } | null
  readonly answeredStatus: number
  readonly createdAt: Date
}

export const mostInspections = 200

const inspectionSort = { createdAt: { path: '_id', type: 'date' } } as const

const inspectionSchema = new Schema<InspectionRow>(
  {
    _id: { type: String, required: true },
    method: { type: String, required: true },
    path: { type: String, default: '' },
    headers: { type: Schema.Types.Mixed, required: true },
    body: { type: Buffer, default: () => Buffer.alloc(0) },
    bodyBytes: { type: Number, required: true },
    signature: { type: Schema.Types.Mixed, default: null },
    answeredStatus: { type: Number, required: true },
    createdAt: { type: Date, required: true },
  },
  {
    autoIndex: false,
    versionKey: false,
    // A request without headers of note is still a request.
    minimize: false,
    collection: 'sandboxInspections',
  },
)
inspectionSchema.plugin(tenantScoped)
orderedBy(inspectionSchema, inspectionSort)

export const InspectionModel = mongoose.model('SandboxInspection', inspectionSchema)

/** Keeps a request, and forgets the oldest beyond those that are kept. */
export async function insertInspection(row: Omit<InspectionRow, '_id'>): Promise<void> {
  const { tenantId } = row
  await InspectionModel.create({ ...row, _id: newId('ins') })
  const tooOld = await InspectionModel.findOne({ tenantId })
    .sort({ _id: -1 })
    .skip(mostInspections)
    .select({ _id: 1 })
    .lean()
  if (tooOld) await InspectionModel.deleteMany({ tenantId, _id: { $lte: tooOld._id } })
}

export async function findInspectionPage(
  tenantId: string,
  query: TimedQuery,
): Promise<FoundPage<InspectionRow>> {
  return findPage<InspectionRow>(InspectionModel, {
    filter: { tenantId, ...timeFilter(query) },
    query,
    sortFields: inspectionSort,
  })
}

export async function deleteInspections(tenantId: string): Promise<void> {
  await InspectionModel.deleteMany({ tenantId })
}
