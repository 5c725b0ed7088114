import { decodeProtectedHeader } from 'jose'
import { AppError } from '../../../../shared/errors.ts'

/**
 * 1EdTech Security Framework §5.1.3: an id_token is an RS256 JWS that names its key. Returns the `kid`.
 * Extensions that would have to be understood are none of ours (RFC 7515 §4.1.11).
 */
export function checkTokenHeader(idToken: string): string {
  const header = readHeader(idToken)
  if (header.alg !== 'RS256') {
    throw new AppError(
      'lti_algorithm_not_allowed',
      'The id_token must be signed with RS256; set the tool to RS256 in the LMS',
    )
  }
  if (header.crit !== undefined) {
    throw new AppError(
      'lti_token_malformed',
      'The id_token header demands an extension of JWS that is not known here',
    )
  }
  if (typeof header.kid !== 'string' || header.kid === '') {
    throw new AppError('lti_kid_missing', 'The id_token header has no kid, so its key is not named')
  }
  return header.kid
}

function readHeader(idToken: string): { alg?: unknown; crit?: unknown; kid?: unknown } {
  try {
    if (idToken.split('.').length !== 3) throw new TypeError('not a compact JWS')
    return decodeProtectedHeader(idToken)
  } catch (cause) {
    throw new AppError('lti_token_malformed', 'The id_token is not a signed JWT', { cause })
  }
}
