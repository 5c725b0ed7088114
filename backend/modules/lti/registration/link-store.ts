import mongoose, { Schema } from 'mongoose'
import type { LmsProduct } from '../../../../shared/api/lti.ts'
import { type TenantContext, tenantScoped } from '../../../core/tenancy.ts'

/** A link that registers this tool in one LMS, once. */
export interface LinkRow {
  readonly _id: string
  readonly tenantId: string
  readonly secretDigest: string
  readonly product: LmsProduct | null
  readonly name: string | null
  readonly expiresAt: Date
  /** While a registration runs nobody else may use the link; a crash must not lock it for ever. */
  readonly heldUntil: Date | null
  readonly usedAt: Date | null
  readonly createdAt: Date
}

const linkSchema = new Schema<LinkRow>(
  {
    _id: String,
    secretDigest: { type: String, required: true },
    product: { type: String, default: null },
    name: { type: String, default: null },
    expiresAt: { type: Date, required: true },
    heldUntil: { type: Date, default: null },
    usedAt: { type: Date, default: null },
    createdAt: { type: Date, required: true },
  },
  { collection: 'ltiRegistrationLinks', autoIndex: false },
)
linkSchema.plugin(tenantScoped)
linkSchema.index({ expiresAt: 1 }, { expireAfterSeconds: 0 })

export const LinkModel = mongoose.model('LtiRegistrationLink', linkSchema)

const acrossTenants = 'the link that a browser brings tells the tenant'

export async function insertLink(
  ctx: TenantContext,
  link: Omit<LinkRow, 'tenantId' | 'heldUntil' | 'usedAt'>,
): Promise<void> {
  await LinkModel.create({ ...link, tenantId: ctx.tenantId })
}

const usable = (now: Date) => ({ usedAt: null, expiresAt: { $gt: now } })

/** The link, as long as it can be used. */
export function findLink(id: string, secretDigest: string, now: Date): Promise<LinkRow | null> {
  return LinkModel.findOne({ _id: id, secretDigest, ...usable(now) }, null, { acrossTenants })
    .lean<LinkRow>()
    .exec()
}

/** Takes the link for one registration; false while another one runs. */
export async function holdLink(
  { _id, tenantId }: LinkRow,
  now: Date,
  heldUntil: Date,
): Promise<boolean> {
  const { modifiedCount } = await LinkModel.updateOne(
    {
      _id,
      tenantId,
      ...usable(now),
      $or: [{ heldUntil: null }, { heldUntil: { $lte: now } }],
    },
    { $set: { heldUntil } },
  ).exec()
  return modifiedCount === 1
}

export async function spendLink({ _id, tenantId }: LinkRow, now: Date): Promise<void> {
  await LinkModel.updateOne({ _id, tenantId }, { $set: { usedAt: now } }).exec()
}

/** After a failure: the same link may be tried again. */
export async function releaseLink({ _id, tenantId }: LinkRow): Promise<void> {
  await LinkModel.updateOne({ _id, tenantId }, { $set: { heldUntil: null } }).exec()
}
