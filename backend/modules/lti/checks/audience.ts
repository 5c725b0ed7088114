import { AppError } from '../../../../shared/errors.ts'
import type { Claims } from '../claim-names.ts'

/** OpenID Connect Core §3.1.3.7 (3–5): the token is for our client alone, or for several with us as its `azp`. */
export function checkAudience(claims: Claims, platform: { readonly clientId: string }): void {
  const { clientId } = platform
  const audiences = Array.isArray(claims['aud']) ? claims['aud'] : [claims['aud']]
  if (!audiences.includes(clientId)) {
    throw new AppError(
      'lti_audience_mismatch',
      `The id_token is not for client id ${clientId}, as which this LMS is registered`,
    )
  }
  const authorizedParty = claims['azp']
  if (authorizedParty === undefined && audiences.length === 1) return
  if (authorizedParty !== clientId) {
    throw new AppError(
      'lti_authorized_party_mismatch',
      `The id_token was made for another client than ${clientId}: its azp must be that client id`,
    )
  }
}
