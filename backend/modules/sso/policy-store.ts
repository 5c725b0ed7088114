import { randomBytes } from 'node:crypto'
import mongoose, { Schema } from 'mongoose'
import type { MadeList } from '../../../shared/api/list-query.ts'
import type { SsoPolicy } from '../../../shared/api/sso.ts'
import { isDuplicateKey } from '../../core/duplicate-key.ts'
import { newId } from '../../core/ids.ts'
import { type FoundPage, findPage, orderedBy, timeFilter } from '../../core/lists/index.ts'
import { type TenantContext, tenantScoped } from '../../core/tenancy.ts'

interface PolicyRow extends SsoPolicy {
  readonly _id: string
  readonly tenantId: string
}

const policySchema = new Schema<PolicyRow>(
  {
    _id: String,
    enforced: { type: Boolean, required: true },
    breakGlassPersonId: { type: String, default: null },
  },
  { collection: 'ssoPolicies', timestamps: true, autoIndex: false },
)
policySchema.plugin(tenantScoped)
policySchema.index({ tenantId: 1 }, { unique: true })

export const PolicyModel = mongoose.model('SsoPolicy', policySchema)

export async function findPolicy(tenantId: string): Promise<SsoPolicy | null> {
  const row = await PolicyModel.findOne({ tenantId }).lean<PolicyRow>().exec()
  return row && { enforced: row.enforced, breakGlassPersonId: row.breakGlassPersonId }
}

export async function savePolicy(
  { tenantId }: Pick<TenantContext, 'tenantId'>,
  policy: SsoPolicy,
): Promise<void> {
  await PolicyModel.updateOne(
    { tenantId },
    { $set: policy, $setOnInsert: { _id: newId('ssp') } },
    { upsert: true },
  ).exec()
}

export interface DomainRow {
  readonly _id: string
  readonly tenantId: string
  readonly domain: string
  readonly providerId: string | null
  /** What the DNS record has to say. */
  readonly proof: string
  readonly verifiedAt: Date | null
  readonly createdAt: Date
  readonly updatedAt: Date
}

const domainSort = { createdAt: { path: 'createdAt', type: 'date' } } as const

const domainSchema = new Schema<DomainRow>(
  {
    _id: String,
    domain: { type: String, required: true },
    providerId: { type: String, default: null },
    proof: { type: String, required: true },
    verifiedAt: { type: Date, default: null },
  },
  { collection: 'ssoDomains', timestamps: true, autoIndex: false },
)
domainSchema.plugin(tenantScoped)
domainSchema.index({ tenantId: 1, domain: 1 }, { unique: true })
// Proven by one organisation only; others may claim it, and prove it when the record says so.
domainSchema.index(
  { domain: 1 },
  { unique: true, partialFilterExpression: { verifiedAt: { $type: 'date' } } },
)
orderedBy(domainSchema, domainSort)

export const DomainModel = mongoose.model('SsoDomain', domainSchema)

/** Null: the organisation has claimed it already. */
export async function insertDomain(
  { tenantId }: Pick<TenantContext, 'tenantId'>,
  fields: Pick<DomainRow, 'domain' | 'providerId'>,
): Promise<DomainRow | null> {
  try {
    const proof = `edpsych-connect=${randomBytes(16).toString('hex')}`
    const row = { _id: newId('sdm'), tenantId, ...fields, proof, verifiedAt: null }
    return (await DomainModel.create(row)).toObject()
  } catch (error) {
    if (isDuplicateKey(error)) return null
    throw error
  }
}

export function findDomain(
  { tenantId }: Pick<TenantContext, 'tenantId'>,
  id: string,
): Promise<DomainRow | null> {
  return DomainModel.findOne({ _id: id, tenantId }).lean<DomainRow>().exec()
}

/** The organisation that proved a domain. */
export function findVerifiedDomain(domain: string): Promise<DomainRow | null> {
  return DomainModel.findOne({ domain, verifiedAt: { $ne: null } }, null, {
    acrossTenants: 'whoever signs in says an address before anyone knows the organisation',
  })
    .lean<DomainRow>()
    .exec()
}

/** False: another organisation has proven it. */
export async function changeDomain(
  { tenantId }: Pick<TenantContext, 'tenantId'>,
  id: string,
  change: Partial<Pick<DomainRow, 'providerId' | 'verifiedAt'>>,
): Promise<boolean> {
  try {
    await DomainModel.updateOne({ _id: id, tenantId }, { $set: change }).exec()
    return true
  } catch (error) {
    if (isDuplicateKey(error)) return false
    throw error
  }
}

export async function deleteDomain(
  { tenantId }: Pick<TenantContext, 'tenantId'>,
  id: string,
): Promise<boolean> {
  return (await DomainModel.deleteOne({ _id: id, tenantId }).exec()).deletedCount === 1
}

/** Sends nobody to a provider that was removed. */
export async function forgetProvider(
  { tenantId }: Pick<TenantContext, 'tenantId'>,
  providerId: string,
): Promise<void> {
  await DomainModel.updateMany({ tenantId, providerId }, { $set: { providerId: null } }).exec()
}

export function findDomainPage(
  { tenantId }: TenantContext,
  query: MadeList,
): Promise<FoundPage<DomainRow>> {
  return findPage<DomainRow>(DomainModel, {
    filter: { tenantId, ...timeFilter(query) },
    query,
    sortFields: domainSort,
  })
}
