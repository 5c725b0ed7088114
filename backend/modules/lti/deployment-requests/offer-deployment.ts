import { AppError } from '../../../../shared/errors.ts'
import { platformTenantId } from '../../../core/platform-tenant.ts'
import { checkAudience } from '../checks/audience.ts'
import { readDeploymentId } from '../checks/deployment.ts'
import { checkIssuer } from '../checks/issuer.ts'
import { checkMessageType } from '../checks/message-type.ts'
import { checkNonce } from '../checks/nonce.ts'
import { checkRoles } from '../checks/roles-claim.ts'
import { checkSignature } from '../checks/signature.ts'
import { checkState } from '../checks/state.ts'
import { checkTargetLinkUri } from '../checks/target-link-uri.ts'
import { checkTimes } from '../checks/times.ts'
import { checkTokenHeader } from '../checks/token-header.ts'
import { checkVersion } from '../checks/version.ts'
import { type Claims, claim } from '../claim-names.ts'
import type { LaunchDeps } from '../launch.ts'
import { readLaunchForm } from '../launch-form.ts'
import { type KnownLogin, openState } from '../login-state.ts'
import { optionalText, readContext, record } from '../optional-claims.ts'
import type { PlatformRow } from '../platforms/platform-store.ts'
import { selectRegistrations } from '../select-platform.ts'
import { noteDeployment } from './request-store.ts'

/** Registrations of one client have one keyset at a real LMS; more are not worth asking for. */
const mostKeysets = 3
const mostCandidates = 50
const longestTitle = 200

/**
 * Offers the deployment of a launch that was refused as unknown to those who may approve it.
 * Only a message that passes every other check is listened to; false where it did not.
 */
export async function offerDeployment(deps: LaunchDeps, body: unknown): Promise<boolean> {
  try {
    const { idToken, state } = readLaunchForm(body)
    const now = deps.clock()
    const login = checkState(openState(deps.states, state), now)
    const known = await selectRegistrations(deps.registrations, login.issuer, login.parameters)
    const { claims, signers } = await verify(deps, idToken, known)
    const [first] = signers
    if (!first) return false
    checkMessage(claims, first, login, now)
    const deploymentId = readDeploymentId(claims)
    if (signers.some(({ deploymentIds }) => deploymentIds.includes(deploymentId))) return false
    const tenants = new Set(signers.map(({ tenantId }) => tenantId))
    await noteDeployment(
      {
        // What could be of several organisations only the platform's administrators may assign.
        tenantId: tenants.size === 1 ? first.tenantId : platformTenantId,
        issuer: first.issuer,
        clientId: first.clientId,
        deploymentId: deploymentId.slice(0, 255),
        product: first.product ?? 'other',
        contextTitle: titleOf(claims),
        platformName: platformNameOf(claims),
        candidates: signers
          .slice(0, mostCandidates)
          .map(({ _id, tenantId, name }) => ({ platformId: _id, tenantId, name })),
        lastLaunchId: login.launchId,
      },
      now,
    )
    return true
  } catch (error) {
    // The launch is refused already; a message that fails here is simply not offered.
    if (error instanceof AppError) return false
    throw error
  }
}

/** The registrations whose published keys signed the message. */
async function verify(
  { keysets }: LaunchDeps,
  idToken: string,
  known: readonly PlatformRow[],
): Promise<{ claims: Claims; signers: PlatformRow[] }> {
  const kid = checkTokenHeader(idToken)
  const firsts = new Map(known.map((platform) => [platform.jwksUri, platform]))
  let failure: unknown
  for (const [jwksUri, first] of [...firsts].slice(0, mostKeysets)) {
    try {
      const claims = checkSignature(idToken, await keysets.find(first, kid))
      return { claims, signers: known.filter((platform) => platform.jwksUri === jwksUri) }
    } catch (error) {
      // Not these keys; the last refusal is the one that is told.
      failure = error
    }
  }
  throw failure
}

function checkMessage(claims: Claims, platform: PlatformRow, login: KnownLogin, now: Date): void {
  checkIssuer(claims, platform)
  checkAudience(claims, platform)
  checkTimes(claims, now)
  checkNonce(claims, login)
  checkVersion(claims)
  checkTargetLinkUri(claims, checkMessageType(claims), login.targetLinkUri)
  checkRoles(claims)
}

function titleOf(claims: Claims): string | null {
  const context = readContext(claims)
  return (context?.title ?? context?.label)?.slice(0, longestTitle) ?? null
}

/** LTI 1.3 §5.4.5, the claim tool_platform. */
function platformNameOf(claims: Claims): string | null {
  const platform = record(claims[claim.toolPlatform])
  const name = optionalText(platform['name']) ?? optionalText(platform['guid'])
  return name?.slice(0, longestTitle) ?? null
}
