import { createPrivateKey, createPublicKey, generateKeyPairSync, type KeyObject } from 'node:crypto'
import { calculateJwkThumbprint, type JWK } from 'jose'
import { platformTenantId } from '../../core/platform-tenant.ts'
import type { Secrets } from '../../core/secrets/definition.ts'
import { findSigningKey, insertSigningKey } from './signing-key-store.ts'

export interface InstallationKey {
  readonly privateKey: KeyObject
  /** `whpk_` and the 32 bytes of the public key (Standard Webhooks 1.0.0). */
  readonly publicKey: string
  readonly jwk: JWK
}

const owner = { tenantId: platformTenantId }
const field = 'webhook.signing-key'

/** The ed25519 key with which this installation signs; made when it is first asked for. */
export function createSigningKey(secrets: Pick<Secrets, 'encrypt' | 'decrypt'>) {
  let known: Promise<InstallationKey> | undefined

  async function load(): Promise<InstallationKey> {
    if (!(await findSigningKey())) {
      const { privateKey } = generateKeyPairSync('ed25519')
      const pem = privateKey.export({ type: 'pkcs8', format: 'pem' }).toString()
      await insertSigningKey(await secrets.encrypt(owner, field, pem))
    }
    const row = await findSigningKey()
    if (!row) throw new TypeError('the webhook signing key vanished while it was made')
    const privateKey = createPrivateKey(await secrets.decrypt(owner, field, row.sealedPrivateKey))
    const publicJwk = createPublicKey(privateKey).export({ format: 'jwk' }) as JWK
    const kid = await calculateJwkThumbprint(publicJwk)
    const bytes = Buffer.from(publicJwk.x ?? '', 'base64url')
    return {
      privateKey,
      publicKey: `whpk_${bytes.toString('base64')}`,
      jwk: { ...publicJwk, kid, use: 'sig', alg: 'EdDSA' },
    }
  }

  return (): Promise<InstallationKey> => {
    known ??= load()
    // A failure is not worth remembering; whoever awaits the key hears of it.
    known.catch(() => {
      known = undefined
    })
    return known
  }
}
