import { AppError } from '../../../../shared/errors.ts'
import { type Claims, claim } from '../claim-names.ts'

/** LTI 1.3 §5.3.3: every message names its deployment. */
export function readDeploymentId(claims: Claims): string {
  const deploymentId = claims[claim.deploymentId]
  if (typeof deploymentId !== 'string' || deploymentId === '') {
    throw new AppError('lti_deployment_missing', 'The id_token does not name a deployment')
  }
  return deploymentId
}

/** LTI 1.3 §5.3.3 and §4.1.3: the deployment is one that this tenant registered, and the one the login named. */
export function checkDeployment(
  claims: Claims,
  platform: { readonly issuer: string; readonly deploymentIds: readonly string[] },
  deploymentHint: string | null,
): string {
  const deploymentId = readDeploymentId(claims)
  if (!platform.deploymentIds.includes(deploymentId)) {
    throw new AppError(
      'lti_deployment_unknown',
      `Deployment id ${shorten(deploymentId)} is not registered for ${platform.issuer}; add it to the registration`,
    )
  }
  if (deploymentHint !== null && deploymentHint !== deploymentId) {
    throw new AppError(
      'lti_deployment_mismatch',
      'The id_token names another deployment than the login it answers',
    )
  }
  return deploymentId
}

function shorten(text: string): string {
  return text.length > 80 ? `${text.slice(0, 80)}…` : text
}
