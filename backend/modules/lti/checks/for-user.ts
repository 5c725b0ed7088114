import { AppError } from '../../../../shared/errors.ts'
import { type Claims, claim } from '../claim-names.ts'
import { record } from '../optional-claims.ts'

/** LTI Submission Review §2.1: the message names the person whose work is reviewed. */
export function checkForUser(claims: Claims): string {
  const userId = record(claims[claim.forUser])['user_id']
  if (typeof userId !== 'string' || userId === '') {
    throw new AppError(
      'lti_for_user_missing',
      'The submission review does not say whose work it is about',
    )
  }
  return userId
}
