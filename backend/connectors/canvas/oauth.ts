import { z } from 'zod'
import type { ConnectorOAuth, OAuthTokens } from '../../connector-kit/index.ts'
import type { CanvasContext, config, credentials } from './settings.ts'

type CanvasOAuth = ConnectorOAuth<z.output<typeof config>, z.output<typeof credentials>>

/** Canvas names a right by the request it allows. */
export const scopes: readonly string[] = [
  'url:GET|/api/v1/users/self',
  'url:GET|/api/v1/accounts/:account_id/courses',
  'url:GET|/api/v1/courses/:id',
  'url:GET|/api/v1/courses/:course_id/enrollments',
  'url:GET|/api/v1/courses/:course_id/sections',
  'url:GET|/api/v1/courses/:course_id/groups',
  'url:GET|/api/v1/courses/:course_id/group_categories',
  'url:GET|/api/v1/groups/:group_id/memberships',
  'url:GET|/api/v1/courses/:course_id/assignments',
]

const Tokens = z.object({
  access_token: z.string().min(1),
  // Absent on refresh: the former one stays.
  refresh_token: z.string().min(1).optional(),
  expires_in: z.number().positive().optional(),
  user: z.object({ name: z.string() }).optional().catch(undefined),
})

/** Canvas's page on which an administrator consents. */
export const authorizationUrl: CanvasOAuth['authorizationUrl'] = (request) => {
  const url = new URL(`${request.config.url.replace(/\/$/, '')}/login/oauth2/auth`)
  url.search = new URLSearchParams({
    client_id: request.credentials.clientId,
    response_type: 'code',
    redirect_uri: request.redirectUri,
    state: request.state,
    scope: request.scopes.join(' '),
    code_challenge: request.codeChallenge,
    code_challenge_method: 'S256',
  }).toString()
  return url.href
}

export const exchange: CanvasOAuth['exchange'] = (ctx, { code, redirectUri, codeVerifier }) =>
  askForTokens(ctx, {
    grant_type: 'authorization_code',
    code,
    redirect_uri: redirectUri,
    code_verifier: codeVerifier,
  })

export const refresh: CanvasOAuth['refresh'] = (ctx, refreshToken) =>
  askForTokens(ctx, { grant_type: 'refresh_token', refresh_token: refreshToken })

async function askForTokens(
  { http, credentials: { clientId, clientSecret } }: CanvasContext,
  grant: Readonly<Record<string, string>>,
): Promise<OAuthTokens> {
  const answer = await http.post('login/oauth2/token', Tokens, {
    form: { client_id: clientId, client_secret: clientSecret, ...grant },
    // A code can be used once; a refresh token as often as needed.
    idempotent: grant['grant_type'] === 'refresh_token',
  })
  return {
    accessToken: answer.access_token,
    refreshToken: answer.refresh_token,
    expiresInSeconds: answer.expires_in,
    account: answer.user?.name,
  }
}
