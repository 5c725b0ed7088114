import { createHmac, type KeyObject, sign } from 'node:crypto'

const secretPrefix = 'whsec_'

export function formatSecret(bytes: Buffer): string {
  return `${secretPrefix}${bytes.toString('base64')}`
}

export function secretBytes(secret: string): Buffer {
  return Buffer.from(secret.slice(secretPrefix.length), 'base64')
}

export interface SignedMessage {
  readonly id: string
  /** Unix seconds of this attempt. */
  readonly timestamp: number
  readonly body: string
}

/** Standard Webhooks 1.0.0: the signed bytes of a message. */
function signedText({ id, timestamp, body }: SignedMessage): string {
  return `${id}.${timestamp}.${body}`
}

/** Standard Webhooks 1.0.0, symmetric: one `v1,…` per secret, the newest first. */
export function signWithSecrets(message: SignedMessage, secrets: readonly Buffer[]): string {
  const text = signedText(message)
  return secrets
    .map((secret) => `v1,${createHmac('sha256', secret).update(text).digest('base64')}`)
    .join(' ')
}

/** Standard Webhooks 1.0.0, asymmetric: `v1a,…` with an ed25519 key. */
export function signWithKey(message: SignedMessage, key: KeyObject): string {
  return `v1a,${sign(null, Buffer.from(signedText(message)), key).toString('base64')}`
}
