import mongoose, { Schema } from 'mongoose'
import type { Certification, CertificationCheck } from '../../../../shared/api/sandbox.ts'
import { newId } from '../../../core/ids.ts'
import {
  type FoundPage,
  findPage,
  orderedBy,
  type TimedQuery,
  timeFilter,
} from '../../../core/lists/index.ts'
import { tenantScoped } from '../../../core/tenancy.ts'

export interface CertificationRow {
  readonly _id: string
  readonly tenantId: string
  readonly endpointUrl: string
  /** Sealed. */
  readonly secret: string
  readonly status: Certification['status']
  readonly checks: CertificationCheck[]
  readonly createdAt: Date
  readonly updatedAt: Date
}

const certificationSort = { createdAt: { path: '_id', type: 'date' } } as const

const certificationSchema = new Schema<CertificationRow>(
  {
    _id: { type: String, required: true },
    endpointUrl: { type: String, required: true },
    secret: { type: String, required: true },
    status: { type: String, required: true },
    checks: { type: Schema.Types.Mixed, required: true },
  },
  { timestamps: true, autoIndex: false, versionKey: false, collection: 'sandboxCertifications' },
)
certificationSchema.plugin(tenantScoped)
orderedBy(certificationSchema, certificationSort)

export const CertificationModel = mongoose.model('SandboxCertification', certificationSchema)

export const unfinished: readonly Certification['status'][] = ['waiting', 'running']

export async function insertCertification(
  tenantId: string,
  row: Pick<CertificationRow, 'endpointUrl' | 'checks'>,
  seal: (id: string) => Promise<string>,
): Promise<CertificationRow> {
  const _id = newId('crt')
  const created = await CertificationModel.create({
    ...row,
    _id,
    tenantId,
    secret: await seal(_id),
    status: 'waiting',
  })
  return created.toObject()
}

export async function findCertification(
  tenantId: string,
  id: string,
): Promise<CertificationRow | null> {
  return CertificationModel.findOne({ _id: id, tenantId }).lean()
}

export async function isCertifying(tenantId: string): Promise<boolean> {
  const found = await CertificationModel.exists({ tenantId, status: { $in: [...unfinished] } })
  return found !== null
}

export async function findCertificationPage(
  tenantId: string,
  query: TimedQuery,
): Promise<FoundPage<CertificationRow>> {
  return findPage<CertificationRow>(CertificationModel, {
    filter: { tenantId, ...timeFilter(query) },
    query,
    sortFields: certificationSort,
  })
}

/** Moves a run that has not ended; null where it has, or does not exist. */
export async function moveCertification(
  tenantId: string,
  id: string,
  status: CertificationRow['status'],
): Promise<CertificationRow | null> {
  return CertificationModel.findOneAndUpdate(
    { _id: id, tenantId, status: { $in: [...unfinished] } },
    { $set: { status } },
    { returnDocument: 'after' },
  ).lean()
}

/** Writes one check's outcome unless the run was cancelled; answers whether to go on. */
export async function noteCheck(
  { tenantId, _id }: Pick<CertificationRow, 'tenantId' | '_id'>,
  check: CertificationCheck,
): Promise<boolean> {
  const { matchedCount } = await CertificationModel.updateOne(
    { _id, tenantId, status: 'running', 'checks.name': check.name },
    { $set: { 'checks.$': check } },
  )
  return matchedCount === 1
}
