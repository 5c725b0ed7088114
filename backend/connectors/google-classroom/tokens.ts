import { z } from 'zod'
import type { OAuthTokens } from '../../connector-kit/index.ts'
import type { ClassroomContext } from './settings.ts'

const Tokens = z.object({
  access_token: z.string().min(1),
  // Google gives one with the first consent and with each that is asked for expressly.
  refresh_token: z.string().min(1).optional(),
  expires_in: z.number().positive().optional(),
  id_token: z.string().optional(),
})

export interface Granted {
  readonly tokens: Omit<OAuthTokens, 'account'>
  readonly idToken: string | undefined
}

/** What Google's token endpoint gives for a code or a refresh token. */
export async function askForTokens(
  { http, config: { tokenUrl }, credentials: { clientId, clientSecret } }: ClassroomContext,
  grant: Readonly<Record<string, string>>,
): Promise<Granted> {
  const answer = await http.post(tokenUrl, Tokens, {
    form: { client_id: clientId, client_secret: clientSecret, ...grant },
    // A code can be used once; a refresh token as often as needed.
    idempotent: grant['grant_type'] === 'refresh_token',
  })
  return {
    tokens: {
      accessToken: answer.access_token,
      refreshToken: answer.refresh_token,
      expiresInSeconds: answer.expires_in,
    },
    idToken: answer.id_token,
  }
}

/** RFC 7636 §4.5. */
export const codeGrant = (grant: {
  readonly code: string
  readonly redirectUri: string
  readonly codeVerifier: string
}) => ({
  grant_type: 'authorization_code',
  code: grant.code,
  redirect_uri: grant.redirectUri,
  code_verifier: grant.codeVerifier,
})

/** Google names itself with and without its scheme. */
export const isIssuer = (named: unknown, issuer: string): boolean =>
  named === issuer || named === issuer.replace('https://', '')
