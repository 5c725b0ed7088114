import { type CryptoKey, compactVerify, errors } from 'jose'
import { AppError } from '../../../../shared/errors.ts'
import type { Claims } from '../claim-names.ts'

/** OpenID Connect Core §3.1.3.7: the signature must be of the platform's key. Returns the claims it protects. */
export async function checkSignature(idToken: string, key: CryptoKey): Promise<Claims> {
  try {
    const { payload } = await compactVerify(idToken, key, { algorithms: ['RS256'] })
    return parseClaims(payload)
  } catch (error) {
    if (error instanceof AppError) throw error
    if (error instanceof errors.JWSSignatureVerificationFailed) {
      throw new AppError(
        'lti_signature_invalid',
        'The signature of the id_token does not match the LMS key it names',
        { cause: error },
      )
    }
    throw new AppError('lti_token_malformed', 'The id_token is not a signed JWT', { cause: error })
  }
}

function parseClaims(payload: Uint8Array): Claims {
  const claims: unknown = JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(payload))
  if (claims === null || typeof claims !== 'object' || Array.isArray(claims)) {
    throw new AppError('lti_token_malformed', 'The id_token does not hold a set of claims')
  }
  // Any JSON object is a record of unknown values.
  return claims as Claims
}
