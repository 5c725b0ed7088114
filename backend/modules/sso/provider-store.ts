import mongoose, { Schema } from 'mongoose'
import type { ProviderList, SignInStep } from '../../../shared/api/sso.ts'
import type { RoleName } from '../../../shared/scopes.ts'
import { type FoundPage, findPage, orderedBy, timeFilter } from '../../core/lists/index.ts'
import { type TenantContext, tenantScoped } from '../../core/tenancy.ts'

/** What the metadata of a SAML identity provider says of it. */
export interface SamlSide {
  readonly entityId: string
  readonly signInUrl: string
  readonly signOutUrl: string | null
  /** PEM. All are good for a signature, so that a certificate can roll over. */
  readonly certificates: readonly string[]
  readonly metadataUrl: string | null
  readonly metadataReadAt: Date
  readonly metadataProblem: string | null
}

export interface OidcSide {
  readonly issuer: string
  readonly clientId: string
  /** Sealed; null: a public client, by PKCE alone. */
  readonly sealedSecret: string | null
  readonly hostedDomain: string | null
}

export interface ProviderRow {
  readonly _id: string
  readonly tenantId: string
  readonly name: string
  readonly protocol: 'saml' | 'oidc'
  readonly preset: 'entra' | 'google' | 'adfs' | 'shibboleth' | 'other'
  readonly enabled: boolean
  readonly createsAccounts: boolean
  readonly defaultRole: RoleName | null
  readonly roleMapping: { readonly value: string; readonly role: RoleName }[]
  readonly emailClaim: string | null
  readonly nameClaim: string | null
  readonly roleClaim: string | null
  readonly saml: SamlSide | null
  readonly oidc: OidcSide | null
  readonly lastSignInAt: Date | null
  readonly lastTest: {
    readonly at: Date
    readonly steps: SignInStep[]
    readonly claims: string[]
  } | null
  readonly createdAt: Date
  readonly updatedAt: Date
}

const providerSort = {
  createdAt: { path: 'createdAt', type: 'date' },
  updatedAt: { path: 'updatedAt', type: 'date' },
  name: { path: 'name', type: 'text' },
} as const

const mixed = { type: Schema.Types.Mixed, default: null }
const text = { type: String, default: null }

const providerSchema = new Schema<ProviderRow>(
  {
    _id: String,
    name: { type: String, required: true },
    protocol: { type: String, required: true },
    preset: { type: String, required: true },
    enabled: { type: Boolean, required: true },
    createsAccounts: { type: Boolean, required: true },
    defaultRole: text,
    roleMapping: { type: [Schema.Types.Mixed], default: [] } as never,
    emailClaim: text,
    nameClaim: text,
    roleClaim: text,
    saml: mixed,
    oidc: mixed,
    lastSignInAt: { type: Date, default: null },
    lastTest: mixed,
  },
  { collection: 'identityProviders', timestamps: true, autoIndex: false, minimize: false },
)
providerSchema.plugin(tenantScoped)
providerSchema.index({ tenantId: 1, _id: -1 })
orderedBy(providerSchema, providerSort)

export const ProviderModel = mongoose.model('IdentityProvider', providerSchema)

/** Why the tenant is not named: the address of a sign-in names the provider, and the provider its tenant. */
const acrossTenants = 'the address of a sign-in names its provider, and the provider its tenant'

export async function insertProvider(row: Omit<ProviderRow, 'createdAt' | 'updatedAt'>) {
  return (await ProviderModel.create(row)).toObject()
}

export function findProvider(
  { tenantId }: Pick<TenantContext, 'tenantId'>,
  id: string,
): Promise<ProviderRow | null> {
  return ProviderModel.findOne({ _id: id, tenantId }).lean<ProviderRow>().exec()
}

/** For whoever comes to sign in. */
export function findProviderAnywhere(id: string): Promise<ProviderRow | null> {
  return ProviderModel.findOne({ _id: id }, null, { acrossTenants }).lean<ProviderRow>().exec()
}

export function findProvidersOf(tenantIds: readonly string[]): Promise<ProviderRow[]> {
  return ProviderModel.find({ tenantId: { $in: tenantIds }, enabled: true })
    .sort({ name: 1 })
    .lean<ProviderRow[]>()
    .exec()
}

export function findProvidersWithMetadataUrl(): Promise<ProviderRow[]> {
  return ProviderModel.find({ 'saml.metadataUrl': { $ne: null } }, null, {
    acrossTenants: 'metadata is read again every day for everybody',
  })
    .lean<ProviderRow[]>()
    .exec()
}

export function findProviderPage(
  { tenantId }: TenantContext,
  query: ProviderList,
): Promise<FoundPage<ProviderRow>> {
  return findPage<ProviderRow>(ProviderModel, {
    filter: { tenantId, ...timeFilter(query) },
    query,
    sortFields: providerSort,
  })
}

/** Null: it was changed or removed since it was read. */
export function replaceProvider(
  { tenantId }: Pick<TenantContext, 'tenantId'>,
  { _id, updatedAt }: Pick<ProviderRow, '_id' | 'updatedAt'>,
  change: Partial<ProviderRow>,
): Promise<ProviderRow | null> {
  return ProviderModel.findOneAndUpdate(
    { _id, tenantId, updatedAt },
    { $set: change },
    { returnDocument: 'after' },
  )
    .lean<ProviderRow>()
    .exec()
}

/** Notes that are no change of the provider. */
export async function noteOnProvider(
  { tenantId, _id }: Pick<ProviderRow, 'tenantId' | '_id'>,
  note: Partial<Pick<ProviderRow, 'lastSignInAt' | 'lastTest'>>,
): Promise<void> {
  await ProviderModel.updateOne({ _id, tenantId }, { $set: note }, { timestamps: false }).exec()
}

export async function deleteProvider(
  { tenantId }: Pick<TenantContext, 'tenantId'>,
  id: string,
): Promise<void> {
  await ProviderModel.deleteOne({ _id: id, tenantId }).exec()
}
