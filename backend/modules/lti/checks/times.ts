import { AppError } from '../../../../shared/errors.ts'
import type { Claims } from '../claim-names.ts'

const clockSkewSeconds = 60
/** A login lives ten minutes, so no token that answers one can be older. */
const oldestSeconds = 10 * 60

/** OpenID Connect Core §3.1.3.7 (9, 10): the token is valid now, give or take the clocks' difference. */
export function checkTimes(claims: Claims, now: Date): void {
  const issuedAt = seconds(claims, 'iat')
  const expiresAt = seconds(claims, 'exp')
  const at = now.getTime() / 1000
  if (expiresAt <= issuedAt) {
    throw new AppError('lti_token_times_invalid', 'The id_token expires before it was issued')
  }
  if (expiresAt <= at - clockSkewSeconds) {
    throw new AppError(
      'lti_token_expired',
      'The id_token has expired; start again from the LMS, and check the clock of the LMS server',
    )
  }
  const validFrom = claims['nbf'] === undefined ? issuedAt : seconds(claims, 'nbf')
  if (Math.max(issuedAt, validFrom) > at + clockSkewSeconds) {
    throw new AppError(
      'lti_token_not_yet_valid',
      'The id_token is dated in the future; check the clock of the LMS server',
    )
  }
  if (issuedAt < at - oldestSeconds - clockSkewSeconds) {
    throw new AppError(
      'lti_token_too_old',
      'The id_token was issued long before this login; check the clock of the LMS server',
    )
  }
}

function seconds(claims: Claims, name: 'iat' | 'exp' | 'nbf'): number {
  const value = claims[name]
  if (typeof value === 'number' && Number.isFinite(value)) return value
  throw new AppError(
    'lti_token_times_invalid',
    `The id_token has no valid ${name}, so its age is unknown`,
  )
}
