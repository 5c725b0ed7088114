import {
  createPrivateKey,
  createPublicKey,
  generateKeyPairSync,
  type KeyObject,
  sign,
  verify,
} from 'node:crypto'
import mongoose from 'mongoose'
import { isDuplicateKey } from '../duplicate-key.ts'
import { platformContext, platformTenantId } from '../platform-tenant.ts'
import type { Secrets } from '../secrets/definition.ts'
import { tenantScoped } from '../tenancy.ts'

interface AuditKeyRow {
  _id: string
  tenantId: string
  /** SPKI, PEM: for those who verify without us. Our own verification derives it from the sealed key. */
  publicKey: string
  sealedPrivateKey: string
  createdAt: Date
}

const schema = new mongoose.Schema<AuditKeyRow>(
  {
    _id: { type: String, required: true },
    publicKey: { type: String, required: true },
    sealedPrivateKey: { type: String, required: true },
    createdAt: { type: Date, required: true },
  },
  { autoIndex: false, autoCreate: false, versionKey: false },
)
schema.plugin(tenantScoped)
export const AuditKeyModel = mongoose.model('AuditKey', schema, 'auditKeys')

export interface SigningKey {
  readonly id: string
  readonly publicKey: string
  sign(text: string): string
  verify(text: string, signature: string): boolean
}

const firstKeyId = 'ak_1'

/** The installation's ed25519 key for checkpoints, made on first use; kept sealed under the platform's data key. */
export function createSigningKeys(secrets: Secrets, clock: () => number) {
  const loaded = new Map<string, SigningKey>()
  const ctx = platformContext('audit')

  async function open({ _id, sealedPrivateKey }: AuditKeyRow): Promise<SigningKey> {
    const pem = await secrets.decrypt(ctx, fieldOf(_id), sealedPrivateKey)
    const key = signingKey(_id, createPrivateKey(pem))
    loaded.set(_id, key)
    return key
  }

  async function find(id: string): Promise<SigningKey | null> {
    const known = loaded.get(id)
    if (known) return known
    const row = await AuditKeyModel.findOne({
      _id: id,
      tenantId: platformTenantId,
    }).lean<AuditKeyRow>()
    return row && (await open(row))
  }

  async function make(): Promise<SigningKey> {
    const { privateKey } = generateKeyPairSync('ed25519')
    const pem = privateKey.export({ type: 'pkcs8', format: 'pem' }).toString()
    const row: AuditKeyRow = {
      _id: firstKeyId,
      tenantId: platformTenantId,
      publicKey: signingKey(firstKeyId, privateKey).publicKey,
      sealedPrivateKey: await secrets.encrypt(ctx, fieldOf(firstKeyId), pem),
      createdAt: new Date(clock()),
    }
    try {
      await AuditKeyModel.insertMany([row])
    } catch (error) {
      // Another process made it at the same moment.
      if (!isDuplicateKey(error)) throw error
    }
    const made = await find(firstKeyId)
    if (!made) throw new TypeError('the audit key vanished while it was made')
    return made
  }

  return {
    find,
    async current(): Promise<SigningKey> {
      return (await find(firstKeyId)) ?? (await make())
    },
  }
}

function fieldOf(id: string): string {
  return `audit.signing-key.${id}`
}

function signingKey(id: string, privateKey: KeyObject): SigningKey {
  const publicKey = createPublicKey(privateKey)
  return {
    id,
    publicKey: publicKey.export({ type: 'spki', format: 'pem' }).toString(),
    sign: (text) => sign(null, Buffer.from(text), privateKey).toString('base64url'),
    verify: (text, signature) =>
      verify(null, Buffer.from(text), publicKey, Buffer.from(signature, 'base64url')),
  }
}
