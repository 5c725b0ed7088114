import type { CourseSync, CourseSyncChange } from '../../../shared/api/syncs.ts'
import { recordAudit } from '../../core/audit/index.ts'
import type { TenantContext } from '../../core/tenancy.ts'
import type { SyncDeps } from './deps.ts'
import { findPlan, savePlan } from './plan-store.ts'
import { follow, plan } from './schedule.ts'
import { membersPull, mustBePlatform } from './sources.ts'

/** How the courses of an LMS are fetched, and when it was done last. */
export async function readCourseSync(
  ctx: TenantContext,
  id: string,
  { platforms }: SyncDeps,
): Promise<CourseSync> {
  const { id: platformId, tenantId } = await platforms.read(ctx, mustBePlatform(id))
  const { scheduled, everyMinutes, last, nextAt } = await findPlan({ tenantId, platformId })
  const { courses, readable } = await platforms.count(ctx, platformId)
  return { platformId, scheduled, everyMinutes, courses, readable, last, nextAt }
}

/** Sets the pace; the next run is planned anew. */
export async function changeCourseSync(
  ctx: TenantContext,
  id: string,
  { scheduled, everyMinutes }: CourseSyncChange,
  deps: SyncDeps,
): Promise<CourseSync> {
  const { id: platformId, tenantId } = await deps.platforms.read(ctx, mustBePlatform(id))
  const set = {
    ...(scheduled !== undefined && { scheduled }),
    ...(everyMinutes !== undefined && { everyMinutes }),
  }
  await savePlan({ tenantId, platformId }, set)
  const { scheduled: isOn } = await findPlan({ tenantId, platformId })
  if (isOn) await follow(ctx, platformId, deps)
  else await plan(ctx, { tenantId, connectionId: platformId, capability: membersPull }, null, deps)
  await recordAudit(ctx, {
    action: 'sync.plan',
    target: { type: 'lti.platform', id: platformId },
    fields: Object.keys(set),
    result: 'success',
  })
  return readCourseSync(ctx, platformId, deps)
}
