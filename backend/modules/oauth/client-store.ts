import mongoose, { Schema } from 'mongoose'
import { newId } from '../../core/ids.ts'
import {
  type FoundPage,
  findPage,
  orderedBy,
  type TimedQuery,
  timeFilter,
} from '../../core/lists/index.ts'
import { type TenantContext, tenantScoped } from '../../core/tenancy.ts'

export interface ClientRow {
  /** The `client_id`. */
  readonly _id: string
  readonly tenantId: string
  readonly name: string
  readonly kind: 'public' | 'confidential'
  readonly grantTypes: ('authorization_code' | 'refresh_token' | 'client_credentials')[]
  readonly redirectUris: string[]
  readonly scopes: string[]
  readonly homePage: string | null
  readonly contact: string
  readonly privacyNotice: string | null
  readonly purpose: string
  readonly secretDigest: string | null
  readonly secretHint: string | null
  readonly previousSecretDigest: string | null
  readonly previousSecretUntil: Date | null
  readonly requirePushedRequests: boolean
  readonly requireDpop: boolean
  readonly disabledAt: Date | null
  /** Dated API version since its first call; absent until then. */
  readonly pinnedVersion?: string
  readonly createdAt: Date
  readonly updatedAt: Date
}

const clientSort = {
  createdAt: { path: '_id', type: 'date' },
  updatedAt: { path: 'updatedAt', type: 'date' },
  name: { path: 'name', type: 'text' },
} as const

const clientSchema = new Schema<ClientRow>(
  {
    _id: { type: String, required: true },
    name: { type: String, required: true },
    kind: { type: String, required: true },
    grantTypes: { type: [String], required: true },
    redirectUris: { type: [String], required: true },
    scopes: { type: [String], required: true },
    homePage: { type: String, default: null },
    contact: { type: String, required: true },
    privacyNotice: { type: String, default: null },
    purpose: { type: String, required: true },
    secretDigest: { type: String, default: null },
    secretHint: { type: String, default: null },
    previousSecretDigest: { type: String, default: null },
    previousSecretUntil: { type: Date, default: null },
    requirePushedRequests: { type: Boolean, default: false },
    requireDpop: { type: Boolean, default: false },
    disabledAt: { type: Date, default: null },
    pinnedVersion: { type: String },
  },
  { timestamps: true, autoIndex: false, versionKey: false },
)
clientSchema.plugin(tenantScoped)
orderedBy(clientSchema, clientSort)

export const OAuthClientModel = mongoose.model('OAuthClient', clientSchema, 'oauthClients')

export type NewClientRow = Omit<
  ClientRow,
  | '_id'
  | 'tenantId'
  | 'previousSecretDigest'
  | 'previousSecretUntil'
  | 'disabledAt'
  | 'pinnedVersion'
  | 'createdAt'
  | 'updatedAt'
>

export async function insertClient(ctx: TenantContext, client: NewClientRow): Promise<ClientRow> {
  const created = await OAuthClientModel.create({
    ...client,
    _id: newId('app'),
    tenantId: ctx.tenantId,
  })
  return created.toObject()
}

export async function findClient(
  { tenantId }: TenantContext,
  id: string,
): Promise<ClientRow | null> {
  return OAuthClientModel.findOne({ _id: id, tenantId }).lean()
}

/** A client of whichever tenant: it names itself before its tenant is known, and may ask people of others. */
export async function findAnyClient(id: string): Promise<ClientRow | null> {
  return OAuthClientModel.findOne({ _id: id }, null, {
    acrossTenants: 'the client says which tenant it belongs to',
  }).lean()
}

export async function findClientNames(ids: readonly string[]): Promise<Map<string, string>> {
  const rows = await OAuthClientModel.find(
    { _id: { $in: [...ids] } },
    { name: 1 },
    {
      acrossTenants: 'people see the names of the applications they allowed',
    },
  ).lean()
  return new Map(rows.map(({ _id, name }) => [_id, name]))
}

export async function findClientPage(
  { tenantId }: TenantContext,
  query: TimedQuery,
): Promise<FoundPage<ClientRow>> {
  return findPage<ClientRow>(OAuthClientModel, {
    filter: { tenantId, ...timeFilter(query) },
    query,
    sortFields: clientSort,
  })
}

export async function changeClient(
  { tenantId }: TenantContext,
  id: string,
  change: Partial<Omit<ClientRow, '_id' | 'tenantId' | 'createdAt' | 'updatedAt'>>,
): Promise<ClientRow | null> {
  return OAuthClientModel.findOneAndUpdate(
    { _id: id, tenantId },
    { $set: change },
    { returnDocument: 'after' },
  ).lean()
}

/** The client under its new secret; null where it was rotated since it was read. */
export async function replaceClientSecret(
  { tenantId }: TenantContext,
  read: ClientRow,
  secret: Pick<
    ClientRow,
    'secretDigest' | 'secretHint' | 'previousSecretDigest' | 'previousSecretUntil'
  >,
): Promise<ClientRow | null> {
  return OAuthClientModel.findOneAndUpdate(
    { _id: read._id, tenantId, secretDigest: read.secretDigest },
    { $set: secret },
    { returnDocument: 'after' },
  ).lean()
}

export async function removeClient({ tenantId }: TenantContext, id: string): Promise<boolean> {
  const { deletedCount } = await OAuthClientModel.deleteOne({ _id: id, tenantId })
  return deletedCount === 1
}

/** Keeps a client at the version of its first call; one that is pinned stays. */
export async function pinClient(
  { _id, tenantId }: Pick<ClientRow, '_id' | 'tenantId'>,
  pinnedVersion: string,
): Promise<void> {
  await OAuthClientModel.updateOne(
    { _id, tenantId, pinnedVersion: null },
    { $set: { pinnedVersion } },
    { timestamps: false },
  )
}
