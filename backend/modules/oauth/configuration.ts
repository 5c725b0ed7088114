import {
  type Configuration,
  errors,
  interactionPolicy,
  type KoaContextWithOIDC,
} from 'oidc-provider'
import { describePerson, isActivePerson } from '../auth/index.ts'
import { createAdapter } from './adapter.ts'
import { findAnyClient } from './client-store.ts'
import { findConsent } from './consent-store.ts'
import { type OAuthDeps, resourceOf } from './deps.ts'
import { renderError } from './error-page.ts'
import { type KeySet, signingAlgorithm } from './keys/signing-keys.ts'
import { identityScopes, settleScopes } from './scopes-of-request.ts'

export const accessTokenSeconds = 600
export const grantDays = 365
const refreshTokenDays = 90
const day = 86_400

/** The provider as this installation runs it: code with PKCE, client credentials, refresh, nothing else. */
export function configure(deps: OAuthDeps, keys: KeySet): Configuration {
  const isHttps = deps.settings.publicUrl.startsWith('https:')
  const cookie = { signed: true, httpOnly: true, sameSite: 'lax', secure: isHttps } as const
  return {
    adapter: createAdapter(deps),
    // The provider keeps what it is given; the set is shared with the check of tokens.
    jwks: { keys: keys.jwks.map((jwk) => ({ ...jwk })) } as NonNullable<Configuration['jwks']>,
    cookies: {
      keys: [keys.cookieKey],
      long: { ...cookie, path: '/oauth' },
      short: cookie,
      names: {
        session: 'edp_oauth_session',
        interaction: 'edp_oauth_interaction',
        resume: 'edp_oauth_resume',
      },
    },
    routes: {
      authorization: '/oauth/authorize',
      token: '/oauth/token',
      jwks: '/oauth/jwks',
      introspection: '/oauth/introspect',
      revocation: '/oauth/revoke',
      pushed_authorization_request: '/oauth/par',
      end_session: '/oauth/session/end',
    },
    responseTypes: ['code'],
    subjectTypes: ['public'],
    scopes: [...identityScopes],
    claims: { openid: ['sub'], profile: ['name'], email: ['email'] },
    conformIdTokenClaims: false,
    clientAuthMethods: ['none', 'client_secret_basic', 'client_secret_post'],
    clientDefaults: { id_token_signed_response_alg: signingAlgorithm },
    enabledJWA: {
      idTokenSigningAlgValues: [signingAlgorithm],
      dPoPSigningAlgValues: ['ES256', 'EdDSA'],
    },
    extraParams: ['tenant'],
    pkce: { required: () => true },
    rotateRefreshToken: true,
    expiresWithSession: () => false,
    issueRefreshToken: async (_ctx, client) => client.grantTypeAllowed('refresh_token'),
    clientBasedCORS: (ctx, origin, client) =>
      ctx.oidc.route !== 'introspection' &&
      client.clientAuthMethod === 'none' &&
      (client.redirectUris ?? []).some((uri) => new URL(uri).origin === origin),
    ttl: {
      AuthorizationCode: 60,
      AccessToken: accessTokenSeconds,
      ClientCredentials: accessTokenSeconds,
      IdToken: accessTokenSeconds,
      RefreshToken: refreshTokenDays * day,
      Grant: grantDays * day,
      Interaction: 900,
      // Whether somebody is signed in is asked of the staff session each time.
      Session: 60,
    },
    features: {
      devInteractions: { enabled: false },
      rpInitiatedLogout: { enabled: false },
      userinfo: { enabled: false },
      clientCredentials: { enabled: true },
      pushedAuthorizationRequests: { enabled: true },
      dPoP: { enabled: true },
      revocation: { enabled: true, allowedPolicy: (_ctx, client, token) => owns(client, token) },
      introspection: { enabled: true, allowedPolicy: mayIntrospect },
      resourceIndicators: {
        enabled: true,
        defaultResource: () => resourceOf(deps.settings),
        useGrantedResource: () => true,
        async getResourceServerInfo(ctx, indicator, client) {
          if (indicator !== resourceOf(deps.settings)) throw new errors.InvalidTarget()
          const scopes = await settleScopes(ctx, client.clientId)
          return {
            scope: scopes.join(' '),
            audience: indicator,
            accessTokenTTL: accessTokenSeconds,
            accessTokenFormat: 'jwt',
            jwt: { sign: { alg: signingAlgorithm, kid: keys.signingKid } },
          }
        },
      },
    },
    interactions: {
      policy: consentPolicy(),
      url: (_ctx, interaction) => `/oauth/interaction/${interaction.uid}`,
    },
    // What was allowed before is looked up by the consent page, which knows the organisation.
    async loadExistingGrant(ctx) {
      const grantId = ctx.oidc.result?.consent?.grantId
      return grantId === undefined ? undefined : ctx.oidc.provider.Grant.find(grantId)
    },
    async findAccount(_ctx, sub) {
      if (!(await isActivePerson(sub))) return undefined
      return {
        accountId: sub,
        claims: async () => ({ sub, ...(await describePerson(sub)) }),
      }
    },
    async extraTokenClaims(ctx, token) {
      return claimsOf(ctx, token, deps.now())
    },
    renderError: (ctx, out) => renderError(ctx, out),
  }
}

function consentPolicy() {
  const policy = interactionPolicy.base()
  // Every request passes the consent page, which answers remembered consents without showing itself.
  policy.get('consent')?.checks.remove('native_client_prompt')
  return policy
}

interface TokenFacts {
  readonly clientId?: string | undefined
  readonly grantId?: string | undefined
}

/** RFC 9068 with our own two: the tenant a token is for, and the consent it came from. */
async function claimsOf(ctx: KoaContextWithOIDC, token: object, now: Date) {
  const { clientId, grantId } = token as TokenFacts
  if (grantId === undefined) {
    const client = await findAnyClient(clientId ?? '')
    return { tenant: client?.tenantId ?? '' }
  }
  const consent = await findConsent(grantId, now)
  if (!consent) throw new errors.InvalidGrant('the consent was withdrawn')
  ctx.state['withheld'] = consent.withheld
  return { tenant: consent.tenantId, grant_id: grantId }
}

function owns(client: { clientId: string }, token: object): boolean {
  return (token as TokenFacts).clientId === client.clientId
}

/** Confidential clients see their own tokens; to all others a token is not active. */
function mayIntrospect(
  _ctx: KoaContextWithOIDC,
  client: { clientId: string; clientAuthMethod?: string | undefined },
  token: object,
): boolean {
  return client.clientAuthMethod !== 'none' && owns(client, token)
}
