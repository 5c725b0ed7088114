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
  if (req.url.includes('?')) refuseInAddress(req)
  const { authorization: header } = req.headers
  if (header !== undefined && isRepeated(req.rawHeaders)) {
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

/** Node keeps the first of several; only the raw list, of names and values in turn, knows of the others. */
function isRepeated(rawHeaders: readonly string[]): boolean {
  let count = 0
  for (let index = 0; index < rawHeaders.length; index += 2) {
    const name = rawHeaders[index]
    if (name?.length === 13 && name.toLowerCase() === 'authorization') count += 1
  }
  return count > 1
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
