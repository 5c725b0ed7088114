import type { Page } from '../../../../shared/api/contract.ts'
import type { Deployment, DeploymentList } from '../../../../shared/api/lti.ts'
import { AppError } from '../../../../shared/errors.ts'
import { findPage, showPage, timeFilter } from '../../../core/lists/index.ts'
import type { TenantContext } from '../../../core/tenancy.ts'
import { DirectoryModel, type DirectoryRow, deploymentSort } from './directory-store.ts'
import { mustFind, type PlatformDeps, updatePlatform } from './platforms.ts'

const tries = 5

export async function listDeployments(
  ctx: TenantContext,
  platformId: string,
  query: DeploymentList,
): Promise<Page<Deployment>> {
  await mustFind(ctx, platformId)
  const page = await findPage<DirectoryRow>(DirectoryModel, {
    filter: {
      tenantId: ctx.tenantId,
      platformId,
      ...timeFilter(query, { made: 'claimedAt' }),
    },
    query,
    sortFields: deploymentSort,
  })
  return showPage(page, showDeployment)
}

/** Adds a deployment unless the registration lists it. */
export async function addDeployment(
  deps: PlatformDeps,
  ctx: TenantContext,
  platformId: string,
  deploymentId: string,
): Promise<Deployment> {
  await changeDeployments(deps, ctx, platformId, (ids) =>
    ids.includes(deploymentId) ? null : [...ids, deploymentId],
  )
  const row = await DirectoryModel.findOne({
    tenantId: ctx.tenantId,
    platformId,
    deploymentId,
  }).lean<DirectoryRow>()
  if (!row) throw new AppError('conflict', 'It was removed again at this moment; try again')
  return showDeployment(row)
}

export async function removeDeployment(
  deps: PlatformDeps,
  ctx: TenantContext,
  platformId: string,
  deploymentId: string,
): Promise<undefined> {
  await changeDeployments(deps, ctx, platformId, (ids) => {
    if (ids.includes(deploymentId)) return ids.filter((id) => id !== deploymentId)
    throw new AppError('not_found', `The LMS ${platformId} has no deployment ${deploymentId}`)
  })
}

/** Null: nothing is to be changed. Another writer in between makes it look again. */
async function changeDeployments(
  deps: PlatformDeps,
  ctx: TenantContext,
  platformId: string,
  change: (ids: readonly string[]) => string[] | null,
): Promise<void> {
  for (let left = tries; ; left--) {
    const deploymentIds = change((await mustFind(ctx, platformId)).deploymentIds)
    if (deploymentIds === null) return
    try {
      await updatePlatform(deps, ctx, platformId, { deploymentIds }, undefined)
      return
    } catch (error) {
      const isRace = error instanceof AppError && error.code === 'conflict'
      if (!isRace || left === 0) throw error
    }
  }
}

function showDeployment({ deploymentId, platformId, claimedAt }: DirectoryRow): Deployment {
  const time = claimedAt.toISOString()
  return { id: deploymentId, platformId, createdAt: time, updatedAt: time }
}
