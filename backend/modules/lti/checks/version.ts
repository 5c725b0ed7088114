import { AppError } from '../../../../shared/errors.ts'
import { type Claims, claim } from '../claim-names.ts'

/** LTI 1.3 §5.3.2: the version claim is exactly `1.3.0`. */
export function checkVersion(claims: Claims): void {
  if (claims[claim.version] !== '1.3.0') {
    throw new AppError(
      'lti_version_unsupported',
      'The message is not LTI 1.3; register this tool in the LMS as LTI 1.3 (Advantage)',
    )
  }
}
