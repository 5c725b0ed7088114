import type { Request } from 'express'
import { AppError } from '../../../shared/errors.ts'

/** Query parameters by which programs are known to send credentials. */
const queryNames = ['access_token', 'api_key', 'apikey', 'apiKey']
const ourCredential = /^(edp_[a-z]+_|eyJ[\w-]+\.)/

/**
 * RFC 6750 §2: the credential of the one `Authorization` header. Undefined without one.
 * A credential in the address is refused: it is in logs and histories by now.
 */
export function readCredential(req: Request): string | undefined {
  refuseInAddress(req)
  const [header, ...more] = req.headersDistinct['authorization'] ?? []
  if (more.length > 0) {
    throw new AppError('authorization_repeated', 'Send one Authorization header, not several')
  }
  if (header === undefined) return undefined
  const token = /^(?:Bearer|DPoP) +([\x21-\x7e]+)$/i.exec(header)?.[1]
  if (token === undefined) {
    throw new AppError(
      'authorization_malformed',
      'Send the credential as Authorization: Bearer <key or token>',
    )
  }
  return token
}

function refuseInAddress({ query }: Request): void {
  for (const name in query) {
    const value = query[name]
    const isOurs = typeof value === 'string' && ourCredential.test(value)
    if (isOurs || queryNames.includes(name)) {
      throw new AppError(
        'credential_in_address',
        `Send the credential in the header Authorization, not as ${name} in the address; replace the one that was sent`,
      )
    }
  }
}
