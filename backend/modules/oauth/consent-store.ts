import mongoose, { Schema } from 'mongoose'
import {
  type FoundPage,
  findPage,
  orderedBy,
  type TimedQuery,
  timeFilter,
} from '../../core/lists/index.ts'
import { type TenantContext, tenantScoped } from '../../core/tenancy.ts'

/** What one person allowed one application in one organisation; its id is the provider's grant id. */
export interface ConsentRow {
  readonly _id: string
  readonly tenantId: string
  readonly clientId: string
  readonly staffUserId: string
  readonly scopes: string[]
  /** Sensitive scopes that were asked for and wait for an administrator. */
  readonly withheld: string[]
  readonly expiresAt: Date
  readonly createdAt: Date
  readonly updatedAt: Date
}

const consentSort = { createdAt: { path: 'createdAt', type: 'date' } } as const

const consentSchema = new Schema<ConsentRow>(
  {
    _id: { type: String, required: true },
    clientId: { type: String, required: true },
    staffUserId: { type: String, required: true },
    scopes: { type: [String], required: true },
    withheld: { type: [String], required: true },
    expiresAt: { type: Date, required: true },
  },
  { timestamps: true, autoIndex: false, versionKey: false },
)
consentSchema.plugin(tenantScoped)
consentSchema.index({ tenantId: 1, staffUserId: 1, clientId: 1 }, { unique: true })
orderedBy(consentSchema, consentSort)
orderedBy(consentSchema, consentSort, { staffUserId: 1 })
consentSchema.index({ clientId: 1 })
consentSchema.index({ expiresAt: 1 }, { expireAfterSeconds: 0 })

export const OAuthConsentModel = mongoose.model('OAuthConsent', consentSchema, 'oauthConsents')

const byPerson = { acrossTenants: 'a person sees their own consents wherever they gave them' }
const byGrant = { acrossTenants: 'the grant says which tenant it was given in' }
const byClient = { acrossTenants: 'a deleted client leaves nothing behind in any tenant' }

export async function findConsent(grantId: string, now: Date): Promise<ConsentRow | null> {
  return OAuthConsentModel.findOne({ _id: grantId, expiresAt: { $gt: now } }, null, byGrant).lean()
}

/** The living consents of a person for one application. */
export async function findConsentsFor(
  staffUserId: string,
  clientId: string,
  now: Date,
): Promise<ConsentRow[]> {
  return OAuthConsentModel.find(
    { staffUserId, clientId, expiresAt: { $gt: now } },
    null,
    byPerson,
  ).lean()
}

export async function putConsent(row: Omit<ConsentRow, 'createdAt' | 'updatedAt'>): Promise<void> {
  const { _id, tenantId, clientId, staffUserId, ...rest } = row
  await OAuthConsentModel.updateOne(
    { tenantId, staffUserId, clientId },
    { $set: rest, $setOnInsert: { _id } },
    { upsert: true },
  )
}

export async function findConsentPage(
  whose: { readonly tenantId: string } | { readonly staffUserId: string },
  query: TimedQuery,
  now: Date,
): Promise<FoundPage<ConsentRow>> {
  return findPage<ConsentRow>(OAuthConsentModel, {
    filter: { ...whose, expiresAt: { $gt: now }, ...timeFilter(query) },
    query,
    sortFields: consentSort,
    ...('tenantId' in whose ? {} : byPerson),
  })
}

export async function takeTenantConsent(
  { tenantId }: TenantContext,
  id: string,
): Promise<ConsentRow | null> {
  return OAuthConsentModel.findOneAndDelete({ _id: id, tenantId }).lean()
}

export async function takeOwnConsent(staffUserId: string, id: string): Promise<ConsentRow | null> {
  return OAuthConsentModel.findOneAndDelete({ _id: id, staffUserId }, byPerson).lean()
}

/** Whatever is left of a grant that the provider revoked. */
export async function removeConsent(grantId: string): Promise<void> {
  await OAuthConsentModel.deleteOne({ _id: grantId }, byGrant)
}

export async function takeConsentsOfClient(clientId: string): Promise<ConsentRow[]> {
  const rows = await OAuthConsentModel.find({ clientId }, null, byClient).lean()
  await OAuthConsentModel.deleteMany({ clientId }, byClient)
  return rows
}
