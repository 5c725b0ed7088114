import mongoose, { Schema } from 'mongoose'
import { isDuplicateKey } from '../../core/duplicate-key.ts'
import { platformTenantId } from '../../core/platform-tenant.ts'
import { tenantScoped } from '../../core/tenancy.ts'

export interface SigningKeyRow {
  readonly _id: string
  readonly tenantId: string
  /** PKCS 8, PEM, sealed. */
  readonly sealedPrivateKey: string
  readonly createdAt: Date
}

const schema = new Schema<SigningKeyRow>(
  {
    _id: { type: String, required: true },
    sealedPrivateKey: { type: String, required: true },
    createdAt: { type: Date, required: true },
  },
  { autoIndex: false, versionKey: false },
)
schema.plugin(tenantScoped)
export const SigningKeyModel = mongoose.model('WebhookSigningKey', schema, 'webhookSigningKeys')

/** One key per installation: its name is fixed, so that two first users make one. */
const keyId = 'whk_1'

export function findSigningKey(): Promise<SigningKeyRow | null> {
  return SigningKeyModel.findOne({ _id: keyId, tenantId: platformTenantId })
    .lean<SigningKeyRow>()
    .exec()
}

export async function insertSigningKey(sealedPrivateKey: string): Promise<void> {
  try {
    await SigningKeyModel.create({
      _id: keyId,
      tenantId: platformTenantId,
      sealedPrivateKey,
      createdAt: new Date(),
    })
  } catch (error) {
    if (!isDuplicateKey(error)) throw error
  }
}
