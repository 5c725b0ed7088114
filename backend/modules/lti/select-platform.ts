import { decodeJwt } from 'jose'
import { AppError } from '../../../shared/errors.ts'
import { readDeploymentId } from './checks/deployment.ts'
import type { Claims } from './claim-names.ts'
import { deploymentHintOf, type KnownLogin, type LoginParameters } from './login-state.ts'
import type { PlatformRow } from './platforms/platform-store.ts'
import type { Registrations } from './platforms/registrations.ts'

/** The registrations a login may be for: those that list its deployment, or all of its client. */
export async function selectRegistrations(
  registrations: Registrations,
  issuer: string,
  parameters: LoginParameters,
): Promise<readonly [PlatformRow, ...PlatformRow[]]> {
  const clientId = parameters.client_id
  const deploymentHint = deploymentHintOf(parameters)
  const known = await registrations.find(issuer, clientId)
  const named = known.filter(
    (platform) => deploymentHint !== null && platform.deploymentIds.includes(deploymentHint),
  )
  const [first, ...others] = named.length > 0 ? named : known
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

/**
 * The registration that a message answers; keys and endpoints come from it alone.
 * The login is looked up again, as registrations are now. Where it leaves several of one LMS open, the deployment
 * of the message decides, and the keys of that registration must then have signed it.
 */
export async function selectPlatform(
  registrations: Registrations,
  login: KnownLogin,
  idToken: string,
): Promise<PlatformRow> {
  const platforms = await selectRegistrations(registrations, login.issuer, login.parameters)
  if (platforms.length === 1) return platforms[0]
  const deploymentId = readDeploymentId(decode(idToken))
  const platform = platforms.find(({ deploymentIds }) => deploymentIds.includes(deploymentId))
  if (platform) return platform
  throw new AppError(
    'lti_deployment_unknown',
    'The deployment id of this launch is not registered here; add it to the registration of the LMS',
  )
}

function decode(idToken: string): Claims {
  try {
    return decodeJwt(idToken)
  } catch (cause) {
    throw new AppError('lti_token_malformed', 'The id_token is not a signed JWT', { cause })
  }
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
