import mongoose, { Schema } from 'mongoose'
import { tenantScoped } from '../../core/tenancy.ts'
import type { Assertion } from './people/assertion.ts'

type SamlSession = NonNullable<Assertion['samlSession']>

/** Which session here belongs to which session at a SAML provider, so that either can end the other. */
interface ProviderSessionRow extends SamlSession {
  /** Id of the staff session. */
  readonly _id: string
  readonly tenantId: string
  readonly providerId: string
  readonly expiresAt: Date
}

/** A staff session lives no longer. */
const lifeMs = 12 * 60 * 60_000

const sessionSchema = new Schema<ProviderSessionRow>(
  {
    _id: String,
    providerId: { type: String, required: true },
    nameId: { type: String, required: true },
    nameIdFormat: String,
    sessionIndex: { type: String, default: null },
    expiresAt: { type: Date, required: true },
  },
  { collection: 'ssoSessions', autoIndex: false },
)
sessionSchema.plugin(tenantScoped)
sessionSchema.index({ tenantId: 1, providerId: 1, nameId: 1 })
sessionSchema.index({ expiresAt: 1 }, { expireAfterSeconds: 0 })

export const ProviderSessionModel = mongoose.model('SsoSession', sessionSchema)

type Provider = { readonly _id: string; readonly tenantId: string }

export async function saveProviderSession(
  { _id: providerId, tenantId }: Provider,
  sessionId: string,
  session: SamlSession,
  now: Date,
): Promise<void> {
  const expiresAt = new Date(now.getTime() + lifeMs)
  await ProviderSessionModel.create({ _id: sessionId, tenantId, providerId, ...session, expiresAt })
}

export function findProviderSession(
  { _id: providerId, tenantId }: Provider,
  sessionId: string,
): Promise<ProviderSessionRow | null> {
  return ProviderSessionModel.findOne({ _id: sessionId, tenantId, providerId })
    .lean<ProviderSessionRow>()
    .exec()
}

/** Forgets the sessions of a name at the provider, all or the one named; answers the staff sessions to end. */
export async function takeProviderSessions(
  { _id: providerId, tenantId }: Provider,
  nameId: string,
  sessionIndex: string | null,
): Promise<string[]> {
  const filter = {
    tenantId,
    providerId,
    nameId,
    ...(sessionIndex === null ? {} : { sessionIndex }),
  }
  const rows = await ProviderSessionModel.find(filter, { _id: 1 }).lean<{ _id: string }[]>().exec()
  await ProviderSessionModel.deleteMany({ tenantId, _id: { $in: rows.map(({ _id }) => _id) } })
  return rows.map(({ _id }) => _id)
}
