import type { PlatformBody } from '../../../../shared/api/lti.ts'
import { AppError } from '../../../../shared/errors.ts'
import type { TenantContext } from '../../../core/tenancy.ts'
import { createPlatform, type PlatformDeps } from './platforms.ts'

/** Registers an LMS unless its deployments are registered already. */
export async function ensurePlatform(
  deps: PlatformDeps,
  ctx: TenantContext,
  body: PlatformBody,
): Promise<void> {
  try {
    await createPlatform(deps, ctx, body)
  } catch (error) {
    if (!(error instanceof AppError) || error.code !== 'lti_deployment_taken') throw error
  }
}
