import mongoose, { Schema } from 'mongoose'
import type { CartridgeBody } from '../../../shared/api/exports.ts'
import { type TenantContext, tenantScoped } from '../../core/tenancy.ts'

/** A selection whose cartridge can be fetched for a while. */
export interface ExportRow extends Pick<CartridgeBody, 'title' | 'choices' | 'assessmentsAs'> {
  readonly _id: string
  readonly tenantId: string
  readonly expiresAt: Date
  readonly createdAt: Date
}

const exportSchema = new Schema<ExportRow>(
  {
    _id: String,
    title: { type: String, required: true },
    choices: [{ _id: false, kind: String, id: String }],
    assessmentsAs: { type: String, required: true },
    expiresAt: { type: Date, required: true },
    createdAt: { type: Date, required: true },
  },
  { collection: 'cartridgeExports', autoIndex: false },
)
exportSchema.plugin(tenantScoped)
exportSchema.index({ tenantId: 1, _id: 1 })
exportSchema.index({ expiresAt: 1 }, { expireAfterSeconds: 0 })

export const ExportModel = mongoose.model('CartridgeExport', exportSchema)

export async function insertExport(row: ExportRow): Promise<void> {
  await ExportModel.create(row)
}

export function findExport(
  { tenantId }: Pick<TenantContext, 'tenantId'>,
  id: string,
): Promise<ExportRow | null> {
  return ExportModel.findOne({ _id: id, tenantId }).lean<ExportRow>().exec()
}
