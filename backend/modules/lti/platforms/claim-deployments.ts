import { AppError } from '../../../../shared/errors.ts'
import {
  claimDeployment,
  type Deployment,
  type DirectoryRow,
  type Holder,
  releaseDeployments,
  takeOver,
} from './directory-store.ts'
import { findPlatform } from './platform-store.ts'

/** A claim this young may belong to a registration that is just being written. */
const settledMs = 60_000

/**
 * Makes the deployments the holder's own or none of them; returns those that were not its own before.
 * Claims come before the registration they are for, so a crash leaves a claim that the next one takes over.
 */
export async function claimDeployments(
  deployments: readonly Deployment[],
  holder: Holder,
  now: Date,
): Promise<Deployment[]> {
  const claimed: Deployment[] = []
  try {
    for (const deployment of deployments) {
      if (await claim(deployment, holder, now)) claimed.push(deployment)
    }
  } catch (error) {
    await releaseDeployments(claimed, holder)
    throw error
  }
  return claimed
}

async function claim(deployment: Deployment, holder: Holder, now: Date): Promise<boolean> {
  const row = await claimDeployment(deployment, holder, now)
  if (isHeldBy(row, holder)) return row.claimedAt.getTime() === now.getTime()
  if ((await isAbandoned(row, now)) && (await takeOver(row, holder, now))) return true
  throw new AppError(
    'lti_deployment_taken',
    `Deployment ${deployment.deploymentId} of ${deployment.issuer} with client id ${deployment.clientId} is registered already; remove it there first, or check the ids`,
  )
}

function isHeldBy(row: DirectoryRow, holder: Holder): boolean {
  return row.tenantId === holder.tenantId && row.platformId === holder.platformId
}

async function isAbandoned(row: DirectoryRow, now: Date): Promise<boolean> {
  if (now.getTime() - row.claimedAt.getTime() < settledMs) return false
  const platform = await findPlatform(row, row.platformId)
  return (
    platform === null ||
    platform.issuer !== row.issuer ||
    platform.clientId !== row.clientId ||
    !platform.deploymentIds.includes(row.deploymentId)
  )
}
