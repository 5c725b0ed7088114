import { AppError } from '../../../shared/errors.ts'
import { newId } from '../../core/ids.ts'
import type { TokenSealer } from '../../core/secrets/index.ts'
import { bindingKey, loginLifeSeconds } from './binding.ts'
import { checkLoginTarget } from './checks/target-link-uri.ts'
import { digest, randomToken } from './digest.ts'
import {
  type KnownLogin,
  type LoginParameters,
  nonceOf,
  type ParameterName,
  parameterNames,
  sealState,
} from './login-state.ts'
import type { PlatformRow } from './platforms/platform-store.ts'
import type { Registrations } from './platforms/registrations.ts'
import { selectRegistrations } from './select-platform.ts'

export interface LoginDeps {
  readonly publicUrl: string
  readonly clock: () => Date
  readonly registrations: Registrations
  readonly states: TokenSealer
}

/** A login that was begun: where the browser goes next, and what it must be able to show afterwards. */
export interface BegunLogin {
  readonly authorizationUrl: string
  readonly platform: PlatformRow
  readonly bindingKey: string
  readonly secret: string
  readonly storageTarget: string | null
}

/** Third-party initiated login (Security Framework §5.1.1.1, LTI 1.3 §4.1): answers with the authentication request. */
export async function beginLogin(deps: LoginDeps, given: unknown): Promise<BegunLogin> {
  const parameters = readParameters(given)
  const { iss, loginHint, targetLinkUri } = requireParameters(parameters)
  checkLoginTarget(targetLinkUri, deps.publicUrl)
  const [platform] = await selectRegistrations(deps.registrations, iss, parameters)

  const secret = randomToken()
  const now = deps.clock().getTime()
  const state = sealState(deps.states, {
    launchId: newId('launch', now),
    bindingDigest: digest(secret),
    expiresAt: new Date(now + loginLifeSeconds * 1000),
    parameters,
  })
  const authorizationUrl = authorizationRequest(platform, {
    redirectUri: redirectUri(deps.publicUrl),
    loginHint,
    messageHint: parameters.lti_message_hint,
    state,
    nonce: nonceOf(state),
  })
  return {
    authorizationUrl,
    platform,
    bindingKey: bindingKey(state),
    secret,
    storageTarget: parameters.lti_storage_target ?? null,
  }
}

/** The one address that platforms send their messages to. */
export function redirectUri(publicUrl: string): string {
  return `${publicUrl}/lti/launch`
}

/** The address that begins the same login again, outside the frame whose browser kept nothing. */
export function loginAgainUrl(
  login: Pick<KnownLogin, 'parameters' | 'isRepeatable'>,
): string | null {
  if (!login.isRepeatable) return null
  const { lti_storage_target: _, ...parameters } = login.parameters
  return `/lti/login?${new URLSearchParams(parameters)}`
}

function readParameters(given: unknown): LoginParameters {
  const source = given !== null && typeof given === 'object' ? given : {}
  const parameters: Partial<Record<ParameterName, string>> = {}
  for (const name of parameterNames) {
    // Only own members of a parsed form or query are read.
    const value = Object.hasOwn(source, name) ? source[name as keyof typeof source] : undefined
    if (value === undefined) continue
    if (typeof value !== 'string') {
      throw new AppError('lti_request_malformed', `${name} was sent more than once`)
    }
    parameters[name] = value
  }
  return parameters
}

function requireParameters(parameters: LoginParameters) {
  const { iss, login_hint: loginHint, target_link_uri: targetLinkUri } = parameters
  if (!iss) throw incomplete('iss')
  if (!loginHint) throw incomplete('login_hint')
  if (!targetLinkUri) throw incomplete('target_link_uri')
  return { iss, loginHint, targetLinkUri }
}

function incomplete(name: ParameterName): AppError {
  return new AppError(
    'lti_login_incomplete',
    `The login has no ${name}; an LMS sends iss, login_hint and target_link_uri`,
  )
}

interface AuthorizationRequest {
  readonly redirectUri: string
  readonly loginHint: string
  readonly messageHint: string | undefined
  readonly state: string
  readonly nonce: string
}

/** Security Framework §5.1.1.2. The hints go back exactly as they came. */
function authorizationRequest(platform: PlatformRow, request: AuthorizationRequest): string {
  const url = new URL(platform.authorizationEndpoint)
  const parameters = {
    scope: 'openid',
    response_type: 'id_token',
    response_mode: 'form_post',
    prompt: 'none',
    client_id: platform.clientId,
    redirect_uri: request.redirectUri,
    login_hint: request.loginHint,
    state: request.state,
    nonce: request.nonce,
    ...(request.messageHint === undefined ? {} : { lti_message_hint: request.messageHint }),
  }
  for (const [name, value] of Object.entries(parameters)) url.searchParams.set(name, value)
  return url.href
}
