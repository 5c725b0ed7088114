import { AppError } from '../../../../shared/errors.ts'
import type { Claims } from '../claim-names.ts'

/** LTI 1.3 §5.3.6: a person has an id, unless the registration allows anonymous launches. Null: anonymous. */
export function checkSubject(
  claims: Claims,
  platform: { readonly allowAnonymous: boolean },
): string | null {
  const subject = claims['sub']
  if (typeof subject === 'string' && subject !== '') return subject
  if ((subject === undefined || subject === null) && platform.allowAnonymous) return null
  throw new AppError(
    'lti_subject_missing',
    'The id_token does not say who is launching; allow anonymous launches in the registration if that is meant',
  )
}
