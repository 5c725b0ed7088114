import { AppError } from '../../../shared/errors.ts'
import { bindingKey, loginLifeSeconds } from './binding.ts'
import { checkLoginTarget } from './checks/target-link-uri.ts'
import { digest, randomToken } from './digest.ts'
import { insertLogin } from './login-store.ts'
import { findRegistrations, type PlatformRow } from './platforms/platform-store.ts'

export interface LoginDeps {
  readonly publicUrl: string
  readonly clock: () => Date
}

/** A login that was begun: where the browser goes next, and what it must be able to show afterwards. */
export interface BegunLogin {
  readonly authorizationUrl: string
  readonly platform: PlatformRow
  readonly bindingKey: string
  readonly secret: string
  readonly storageTarget: string | null
}

const parameterNames = [
  'iss',
  'login_hint',
  'target_link_uri',
  'client_id',
  'lti_deployment_id',
  'deployment_id',
  'lti_message_hint',
  'lti_storage_target',
] as const
type ParameterName = (typeof parameterNames)[number]
type Parameters = Partial<Record<ParameterName, string>>

/** Third-party initiated login (Security Framework §5.1.1.1, LTI 1.3 §4.1): answers with the authentication request. */
export async function beginLogin(deps: LoginDeps, given: unknown): Promise<BegunLogin> {
  const parameters = readParameters(given)
  const { iss, loginHint, targetLinkUri } = requireParameters(parameters)
  checkLoginTarget(targetLinkUri, deps.publicUrl)
  const deploymentHint = parameters.lti_deployment_id ?? parameters.deployment_id ?? null
  const registrations = await findRegistrations(iss, parameters.client_id)
  const candidates = selectRegistrations(registrations, iss, parameters.client_id, deploymentHint)
  const [platform] = candidates

  const state = randomToken()
  const nonce = randomToken()
  const secret = randomToken()
  const now = deps.clock()
  const storageTarget = parameters.lti_storage_target ?? null
  await insertLogin(state, {
    nonce,
    bindingDigest: digest(secret),
    targetLinkUri,
    candidates: candidates.map(({ tenantId, _id }) => ({ tenantId, platformId: _id })),
    deploymentHint,
    storageTarget,
    initiation: parameters,
    createdAt: now,
    expiresAt: new Date(now.getTime() + loginLifeSeconds * 1000),
  })
  const authorizationUrl = authorizationRequest(platform, {
    redirectUri: redirectUri(deps.publicUrl),
    loginHint,
    messageHint: parameters.lti_message_hint,
    state,
    nonce,
  })
  return { authorizationUrl, platform, bindingKey: bindingKey(state), secret, storageTarget }
}

/** The one address that platforms send their messages to. */
export function redirectUri(publicUrl: string): string {
  return `${publicUrl}/lti/launch`
}

/** The address that begins the same login again, outside the frame whose browser kept nothing. */
export function loginAgainUrl(initiation: Readonly<Record<string, string>>): string {
  const { lti_storage_target: _, ...parameters } = initiation
  return `/lti/login?${new URLSearchParams(parameters)}`
}

function readParameters(given: unknown): Parameters {
  const source = given !== null && typeof given === 'object' ? given : {}
  const parameters: Parameters = {}
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

function requireParameters(parameters: Parameters) {
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

/** The registrations a login may be for: those that list its deployment, or all of its client. */
function selectRegistrations(
  registrations: readonly PlatformRow[],
  issuer: string,
  clientId: string | undefined,
  deploymentHint: string | null,
): [PlatformRow, ...PlatformRow[]] {
  const named = registrations.filter(
    (platform) => deploymentHint !== null && platform.deploymentIds.includes(deploymentHint),
  )
  const [first, ...others] = named.length > 0 ? named : registrations
  if (first === undefined) throw unknownPlatform(issuer, clientId)
  if (others.some((platform) => platform.clientId !== first.clientId)) {
    throw new AppError(
      'lti_client_id_ambiguous',
      `Several registrations exist for ${shorten(issuer)}; the login must name its client_id`,
    )
  }
  // The keys are chosen later, by the deployment of the signed message; the browser must go one way now.
  if (others.some((platform) => platform.authorizationEndpoint !== first.authorizationEndpoint)) {
    throw new AppError(
      'lti_deployment_ambiguous',
      'Several registrations exist for this client id; the login must name its lti_deployment_id',
    )
  }
  return [first, ...others]
}

function unknownPlatform(issuer: string, clientId: string | undefined): AppError {
  const client = clientId === undefined ? '' : ` with client id ${shorten(clientId)}`
  return new AppError(
    'lti_platform_unknown',
    `No LMS ${shorten(issuer)}${client} is registered here; register it, and compare issuer and client id letter by letter`,
  )
}

function shorten(text: string): string {
  return text.length > 120 ? `${text.slice(0, 120)}…` : text
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
