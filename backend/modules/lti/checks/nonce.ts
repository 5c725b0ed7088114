import { timingSafeEqual } from 'node:crypto'
import { AppError } from '../../../../shared/errors.ts'
import type { Claims } from '../claim-names.ts'

/** OpenID Connect Core §3.1.3.7 (11): the token answers the very request whose state came back with it. */
export function checkNonce(claims: Claims, login: { readonly nonce: string }): void {
  const nonce = claims['nonce']
  if (typeof nonce !== 'string' || nonce === '') {
    throw new AppError('lti_nonce_missing', 'The id_token has no nonce')
  }
  const given = Buffer.from(nonce)
  const issued = Buffer.from(login.nonce)
  if (given.length !== issued.length || !timingSafeEqual(given, issued)) {
    throw new AppError(
      'lti_nonce_mismatch',
      'The nonce of the id_token was not issued with the state that came with it',
    )
  }
}

/** Security Framework §5.1.1: a nonce is accepted once. */
export function nonceReused(): AppError {
  return new AppError(
    'lti_nonce_reused',
    'This launch was used before; open the activity again from the course page',
  )
}
