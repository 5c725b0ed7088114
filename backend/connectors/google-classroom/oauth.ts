import { decodeJwt } from 'jose'
import { z } from 'zod'
import type { ConnectorOAuth, OAuthTokens } from '../../connector-kit/index.ts'
import { scopesFor } from './scopes.ts'
import type { ClassroomContext, config, credentials } from './settings.ts'
import { askForTokens, codeGrant } from './tokens.ts'

type GoogleOAuth = ConnectorOAuth<z.output<typeof config>, z.output<typeof credentials>>

const Person = z.object({ name: z.string().optional(), email: z.string().optional() })

/** Google's page on which a person consents; what was granted before stays granted. */
export const authorizationUrl: GoogleOAuth['authorizationUrl'] = (request) => {
  const url = new URL(request.config.authorisationUrl)
  url.search = new URLSearchParams({
    client_id: request.credentials.clientId,
    response_type: 'code',
    redirect_uri: request.redirectUri,
    state: request.state,
    scope: scopesFor(request.config).join(' '),
    code_challenge: request.codeChallenge,
    code_challenge_method: 'S256',
    access_type: 'offline',
    include_granted_scopes: 'true',
    prompt: 'consent',
  }).toString()
  return url.href
}

export const exchange: GoogleOAuth['exchange'] = (ctx, grant) => consented(ctx, codeGrant(grant))

export const refresh: GoogleOAuth['refresh'] = (ctx, refreshToken) =>
  consented(ctx, { grant_type: 'refresh_token', refresh_token: refreshToken })

async function consented(
  ctx: ClassroomContext,
  grant: Readonly<Record<string, string>>,
): Promise<OAuthTokens> {
  const { tokens, idToken } = await askForTokens(ctx, grant)
  return { ...tokens, account: accountOf(idToken) }
}

/** OpenID Connect Core §3.1.3.7: it came from the issuer itself, so its name is taken as it stands. */
function accountOf(idToken: string | undefined): string | undefined {
  if (idToken === undefined) return undefined
  try {
    const { name, email } = Person.parse(decodeJwt(idToken))
    return name ?? email
  } catch {
    // Only for people to read: nothing hangs on it.
    return undefined
  }
}
