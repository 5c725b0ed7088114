import type { LaunchTarget } from '../../../shared/lti.ts'
import type { TenantContext } from '../../core/tenancy.ts'
import { findSession } from './session-store.ts'

/** Who works in a launch, where and with what, for modules that keep something about it. */
export interface LaunchFacts {
  readonly target: LaunchTarget
  /** `<platform>/<user there>`. */
  readonly learnerId: string
  readonly isLearner: boolean
  readonly platformId: string
  readonly deploymentId: string
  readonly contextId: string | null
}

/** Null where there is no such launch, or not any more. */
export async function launchFacts(ctx: TenantContext, id: string): Promise<LaunchFacts | null> {
  const session = await findSession(ctx, id)
  // A launch that was lost keeps its row without what it was for.
  if (!session?.launch) return null
  const { platformId, deploymentId, launch } = session
  return {
    target: launch.target,
    learnerId: `${platformId}/${launch.user.id}`,
    isLearner: launch.user.roles.includes('learner'),
    platformId,
    deploymentId,
    contextId: launch.context?.id ?? null,
  }
}
