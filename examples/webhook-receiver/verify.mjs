import { createHmac, timingSafeEqual } from 'node:crypto'

const toleranceSeconds = 300

/**
 * Checks a delivery by Standard Webhooks 1.0.0. Answers why it must not be believed, or null where it is right.
 * The body is the bytes as they arrived: parsing first and serialising again would change them.
 */
export function whyNot({ headers, body, secret, now = Date.now() }) {
  const id = headers['webhook-id']
  const timestamp = headers['webhook-timestamp']
  const signatures = headers['webhook-signature']
  if (!id || !timestamp || !signatures) return 'it has no webhook headers'
  const age = now / 1000 - Number(timestamp)
  if (!(Math.abs(age) <= toleranceSeconds)) return 'its timestamp is not within five minutes'
  const key = Buffer.from(secret.replace(/^whsec_/, ''), 'base64')
  const wanted = createHmac('sha256', key).update(`${id}.${timestamp}.`).update(body).digest()
  // While a secret is being replaced there are two signatures.
  const isSigned = String(signatures)
    .split(' ')
    .filter((part) => part.startsWith('v1,'))
    .map((part) => Buffer.from(part.slice(3), 'base64'))
    .some((given) => given.length === wanted.length && timingSafeEqual(given, wanted))
  return isSigned ? null : 'no signature of it was made with our secret'
}
