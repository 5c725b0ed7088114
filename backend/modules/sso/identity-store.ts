import mongoose, { Schema } from 'mongoose'
import type { IdentityList } from '../../../shared/api/sso.ts'
import type { RoleName } from '../../../shared/scopes.ts'
import { isDuplicateKey } from '../../core/duplicate-key.ts'
import { newId } from '../../core/ids.ts'
import { type FoundPage, findPage, given, orderedBy, timeFilter } from '../../core/lists/index.ts'
import { type TenantContext, tenantScoped } from '../../core/tenancy.ts'

export interface IdentityRow {
  readonly _id: string
  readonly tenantId: string
  readonly personId: string
  readonly providerId: string
  readonly subject: string
  readonly linkedBy: 'password' | 'domain' | 'created'
  /** Roles that the provider gave, which it may also take. */
  readonly roles: RoleName[]
  readonly lastSignInAt: Date | null
  readonly createdAt: Date
  readonly updatedAt: Date
}

const identitySort = { createdAt: { path: 'createdAt', type: 'date' } } as const

const identitySchema = new Schema<IdentityRow>(
  {
    _id: String,
    personId: { type: String, required: true },
    providerId: { type: String, required: true },
    subject: { type: String, required: true },
    linkedBy: { type: String, required: true },
    roles: [String],
    lastSignInAt: { type: Date, default: null },
  },
  { collection: 'ssoIdentities', timestamps: true, autoIndex: false },
)
identitySchema.plugin(tenantScoped)
identitySchema.index({ tenantId: 1, providerId: 1, subject: 1 }, { unique: true })
identitySchema.index({ tenantId: 1, providerId: 1, personId: 1 }, { unique: true })
orderedBy(identitySchema, identitySort)

export const IdentityModel = mongoose.model('SsoIdentity', identitySchema)

type Scope = Pick<TenantContext, 'tenantId'>

export function findIdentity(
  { tenantId }: Scope,
  providerId: string,
  by: { readonly subject: string } | { readonly personId: string },
): Promise<IdentityRow | null> {
  return IdentityModel.findOne({ tenantId, providerId, ...by })
    .lean<IdentityRow>()
    .exec()
}

/** Null: the person, or the account there, is linked already. */
export async function insertIdentity(
  { tenantId }: Scope,
  identity: Pick<IdentityRow, 'personId' | 'providerId' | 'subject' | 'linkedBy'>,
): Promise<IdentityRow | null> {
  try {
    const row = { _id: newId('sid'), tenantId, ...identity, roles: [] }
    return (await IdentityModel.create(row)).toObject()
  } catch (error) {
    if (isDuplicateKey(error)) return null
    throw error
  }
}

export async function noteSignIn(
  { tenantId, _id }: IdentityRow,
  roles: readonly RoleName[],
  now: Date,
): Promise<void> {
  await IdentityModel.updateOne(
    { _id, tenantId },
    { $set: { roles: [...roles], lastSignInAt: now } },
  ).exec()
}

export function findIdentityPage(
  { tenantId }: TenantContext,
  query: IdentityList,
): Promise<FoundPage<IdentityRow>> {
  const { providerId, personId } = query
  return findPage<IdentityRow>(IdentityModel, {
    filter: { tenantId, ...given({ providerId, personId }), ...timeFilter(query) },
    query,
    sortFields: identitySort,
  })
}

export function findIdentitiesOf(
  personId: string,
  providerIds: readonly string[],
): Promise<IdentityRow[]> {
  return IdentityModel.find({ personId, providerId: { $in: providerIds } }, null, {
    acrossTenants: 'a person may be linked in each organisation they belong to',
  })
    .lean<IdentityRow[]>()
    .exec()
}

/** The link that was removed; null: there was none. */
export function deleteIdentity({ tenantId }: Scope, id: string): Promise<IdentityRow | null> {
  return IdentityModel.findOneAndDelete({ _id: id, tenantId }).lean<IdentityRow>().exec()
}

export async function deleteIdentitiesOf({ tenantId }: Scope, providerId: string): Promise<void> {
  await IdentityModel.deleteMany({ tenantId, providerId }).exec()
}
