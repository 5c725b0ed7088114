import { decodeJwt } from 'jose'
import { AppError } from '../../../shared/errors.ts'
import { readDeploymentId } from './checks/deployment.ts'
import type { Claims } from './claim-names.ts'
import type { LoginRow } from './login-store.ts'
import { findCandidates, findPlatform, type PlatformRow } from './platforms/platform-store.ts'

/**
 * The registration that the login selected; keys and endpoints come from it alone.
 * Where the login left several of one LMS open, the deployment of the message decides, and the keys of
 * that registration must then have signed it.
 */
export async function selectPlatform(login: LoginRow, idToken: string): Promise<PlatformRow> {
  const [only, ...others] = login.candidates
  if (only !== undefined && others.length === 0) {
    return (await findPlatform(only, only.platformId)) ?? withdrawn()
  }
  const deploymentId = readDeploymentId(decode(idToken))
  const platforms = await findCandidates(login.candidates)
  const platform = platforms.find(({ deploymentIds }) => deploymentIds.includes(deploymentId))
  if (platform) return platform
  if (platforms.length === 0) return withdrawn()
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

function withdrawn(): never {
  throw new AppError(
    'lti_platform_unknown',
    'The registration of this LMS has been removed; register it again',
  )
}
