import type { Response } from 'express'
import type { AppError } from '../../../shared/errors.ts'

function quoted(text: string): string {
  return `"${text.replace(/[^\x20-\x7e]/g, '').replace(/["\\]/g, '')}"`
}

/** RFC 6750 §3 and RFC 9449 §7.1: says to programs what was wrong with the credential they sent. */
export function setChallenge(res: Response, refusal: AppError, publicUrl: string): void {
  if (refusal.status !== 401 || res.hasHeader('www-authenticate')) return
  const isProof = refusal.code.startsWith('dpop_')
  const parts = [
    'realm="EdPsych Connect"',
    // RFC 9728 §5.1: where a program learns how to get a token.
    `resource_metadata="${publicUrl}/.well-known/oauth-protected-resource/api"`,
  ]
  if (isProof) parts.push('error="invalid_dpop_proof"', 'algs="ES256 EdDSA"')
  // RFC 6750 §3.1: a request without any credential is told no error.
  else if (refusal.code !== 'unauthenticated') parts.push('error="invalid_token"')
  if (refusal.code !== 'unauthenticated') {
    parts.push(`error_description=${quoted(refusal.message)}`)
  }
  res.setHeader('www-authenticate', `${isProof ? 'DPoP' : 'Bearer'} ${parts.join(', ')}`)
}
