import { createHash } from 'node:crypto'
import {
  createLocalJWKSet,
  type JSONWebKeySet,
  type JWTPayload,
  errors as joseErrors,
  jwtVerify,
} from 'jose'
import { z } from 'zod'
import { AppError } from '../../../../shared/errors.ts'
import type { Outgoing } from '../../../core/outgoing/index.ts'
import { addressesOf } from '../addresses.ts'
import type { LoginRow } from '../login-store.ts'
import { type Assertion, firstText, textsOf } from '../people/assertion.ts'
import type { OidcSide, ProviderRow } from '../provider-store.ts'
import type { Discover, OidcConfiguration } from './discovery.ts'

export type OidcProvider = ProviderRow & { readonly oidc: OidcSide }

export interface OidcDeps {
  readonly publicUrl: string
  readonly now: () => Date
  readonly outgoing: Pick<Outgoing, 'request'>
  readonly discover: Discover
  /** Opens the sealed client secret. */
  secretOf(provider: OidcProvider): Promise<string | null>
}

const skewSeconds = 60
/** Signatures that need the provider's private key; `none` and HMAC are not among them. */
const algorithms = ['RS256', 'RS384', 'RS512', 'PS256', 'PS384', 'PS512', 'ES256', 'ES384', 'EdDSA']

/** Where the browser goes to sign in (OpenID Connect Core §3.1.2.1) with PKCE (RFC 7636). */
export async function authorizationUrl(
  { publicUrl, discover }: OidcDeps,
  provider: OidcProvider,
  login: LoginRow,
): Promise<string> {
  const { oidc } = provider
  const url = new URL((await discover(oidc.issuer)).authorization_endpoint)
  const parameters = {
    response_type: 'code',
    client_id: oidc.clientId,
    redirect_uri: addressesOf(publicUrl, provider).redirectUri,
    scope: 'openid email profile',
    state: login._id,
    nonce: login.nonce,
    code_challenge: createHash('sha256').update(login.codeVerifier).digest('base64url'),
    code_challenge_method: 'S256',
    ...(oidc.hostedDomain && { hd: oidc.hostedDomain }),
    ...(login.purpose.kind === 'link' && { prompt: 'login' }),
  }
  for (const [name, value] of Object.entries(parameters)) url.searchParams.set(name, value)
  return url.href
}

/** Exchanges the code and believes the ID token once everything about it is right (§3.1.3.7). */
export async function redeemAuthorization(
  deps: OidcDeps,
  provider: OidcProvider,
  login: LoginRow,
  query: { readonly code: string; readonly iss?: string | undefined },
): Promise<Assertion> {
  const { oidc } = provider
  // RFC 9207: a code of another provider is not taken to this one.
  if (query.iss !== undefined && query.iss !== oidc.issuer) {
    throw refused('it comes from another provider')
  }
  const configuration = await deps.discover(oidc.issuer)
  const idToken = await exchange(deps, provider, login, configuration, query.code)
  const claims = await verify(deps, provider, configuration, idToken)
  if (claims['nonce'] !== login.nonce) throw refused('it belongs to another sign-in (nonce)')
  checkParties(claims, oidc)
  return toAssertion(provider, claims)
}

const TokenAnswer = z.object({ id_token: z.string().min(1) })

async function exchange(
  deps: OidcDeps,
  provider: OidcProvider,
  login: LoginRow,
  configuration: OidcConfiguration,
  code: string,
): Promise<string> {
  const { clientId } = provider.oidc
  const secret = await deps.secretOf(provider)
  const methods = configuration.token_endpoint_auth_methods_supported ?? ['client_secret_basic']
  const usesBasic = secret !== null && methods.includes('client_secret_basic')
  const answer = await deps.outgoing.request({
    url: configuration.token_endpoint,
    purpose: 'sso.token',
    method: 'POST',
    headers: {
      accept: 'application/json',
      'content-type': 'application/x-www-form-urlencoded',
      ...(usesBasic && { authorization: basic(clientId, secret) }),
    },
    body: new URLSearchParams({
      grant_type: 'authorization_code',
      code,
      redirect_uri: addressesOf(deps.publicUrl, provider).redirectUri,
      code_verifier: login.codeVerifier,
      ...(usesBasic ? {} : { client_id: clientId }),
      ...(secret !== null && !usesBasic && { client_secret: secret }),
    }).toString(),
  })
  if (answer.status !== 200) {
    const reason = /"error"\s*:\s*"([a-z_]{1,40})"/.exec(answer.text)?.[1] ?? answer.status
    throw refused(`the code was not taken (${reason}); check the client id and the client secret`)
  }
  return answer.json(TokenAnswer).id_token
}

/** RFC 6749 §2.3.1: both parts are form-encoded first. */
function basic(id: string, secret: string): string {
  const encode = (text: string) => new URLSearchParams({ v: text }).toString().slice(2)
  return `Basic ${Buffer.from(`${encode(id)}:${encode(secret)}`).toString('base64')}`
}

const KeySet = z.object({ keys: z.array(z.record(z.string(), z.unknown())) })

async function verify(
  { outgoing, now }: OidcDeps,
  { oidc }: OidcProvider,
  configuration: OidcConfiguration,
  idToken: string,
): Promise<JWTPayload> {
  const keys = await outgoing.request({
    url: configuration.jwks_uri,
    purpose: 'sso.jwks',
    headers: { accept: 'application/json' },
  })
  // Keys are checked one by one when one is chosen.
  const keySet = createLocalJWKSet(keys.json(KeySet) as unknown as JSONWebKeySet)
  try {
    const { payload } = await jwtVerify(idToken, keySet, {
      issuer: oidc.issuer,
      audience: oidc.clientId,
      algorithms,
      clockTolerance: skewSeconds,
      currentDate: now(),
      requiredClaims: ['sub', 'iat', 'exp'],
      maxTokenAge: '10 minutes',
    })
    return payload
  } catch (error) {
    if (error instanceof joseErrors.JOSEError) throw refused(error.message)
    throw error
  }
}

/** §3.1.3.7: among several audiences the authorised party must be this client; Google says whose account it is. */
function checkParties(claims: JWTPayload, { clientId, hostedDomain }: OidcSide): void {
  const { aud, azp } = claims
  if (Array.isArray(aud) && aud.length > 1 && azp !== clientId) {
    throw refused('it is meant for another application (azp)')
  }
  if (azp !== undefined && azp !== clientId) {
    throw refused('it is meant for another application (azp)')
  }
  if (hostedDomain !== null && claims['hd'] !== hostedDomain) {
    throw new AppError(
      'sso_account_not_allowed',
      `Only accounts of ${hostedDomain} may sign in here; choose that account at the provider`,
    )
  }
}

function toAssertion(provider: ProviderRow, claims: JWTPayload): Assertion {
  const email = firstText(claims, [
    provider.emailClaim,
    'email',
    // Entra names people so where they have no mailbox.
    'preferred_username',
    'upn',
  ])
  const isUnverified = claims['email_verified'] === false && email === claims['email']
  const roles = provider.roleClaim ? [provider.roleClaim] : ['roles', 'groups']
  return {
    // Required and checked when the token was verified.
    subject: String(claims.sub),
    email: isUnverified ? null : email,
    name: firstText(claims, [provider.nameClaim, 'name']),
    roleValues: roles.flatMap((name) => textsOf(claims[name])),
    claims: Object.keys(claims),
    samlSession: null,
  }
}

export function refused(why: string): AppError {
  return new AppError(
    'sso_answer_refused',
    `The answer of the identity provider is refused: ${why}`,
  )
}
