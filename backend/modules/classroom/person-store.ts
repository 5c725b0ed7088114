import mongoose, { Schema } from 'mongoose'
import { type TenantContext, tenantScoped } from '../../core/tenancy.ts'

/** A teacher's lasting consent at the connected system. Of learners nothing is kept. */
export interface PersonRow {
  readonly _id: string
  readonly tenantId: string
  readonly connectionId: string
  readonly sealedRefreshToken: string
  readonly createdAt: Date
  readonly updatedAt: Date
}

const personSchema = new Schema<PersonRow>(
  {
    _id: String,
    connectionId: { type: String, required: true },
    sealedRefreshToken: { type: String, required: true },
  },
  { collection: 'classroomPeople', timestamps: true, autoIndex: false },
)
personSchema.plugin(tenantScoped)
personSchema.index({ tenantId: 1, connectionId: 1 })
export const PersonModel = mongoose.model('ClassroomPerson', personSchema)

export function findPerson({ tenantId }: TenantContext, id: string): Promise<PersonRow | null> {
  return PersonModel.findOne({ _id: id, tenantId }).lean<PersonRow>().exec()
}

export async function savePerson(
  { tenantId }: TenantContext,
  {
    id,
    connectionId,
    sealedRefreshToken,
  }: Pick<PersonRow, 'connectionId' | 'sealedRefreshToken'> & { readonly id: string },
): Promise<void> {
  await PersonModel.updateOne(
    { _id: id, tenantId },
    { $set: { sealedRefreshToken }, $setOnInsert: { connectionId } },
    { upsert: true },
  ).exec()
}

/** This very consent: a newer one of the same person stays. */
export async function deletePerson(
  { tenantId }: TenantContext,
  { _id, sealedRefreshToken }: PersonRow,
): Promise<void> {
  await PersonModel.deleteOne({ _id, tenantId, sealedRefreshToken }).exec()
}
