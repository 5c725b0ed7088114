import { AppError } from '../../../../shared/errors.ts'
import type { Claims } from '../claim-names.ts'

/** OpenID Connect Core §3.1.3.7 (2): the token comes from the platform that the login was started for. */
export function checkIssuer(claims: Claims, platform: { readonly issuer: string }): void {
  if (claims['iss'] !== platform.issuer) {
    throw new AppError(
      'lti_issuer_mismatch',
      `The id_token is not issued by ${platform.issuer}, which this login was started for`,
    )
  }
}
