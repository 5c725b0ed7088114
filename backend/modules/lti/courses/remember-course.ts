import type { TenantContext } from '../../../core/tenancy.ts'
import { digest } from '../digest.ts'
import type { LaunchRecord } from '../launch-record.ts'
import { saveCourse } from './course-store.ts'

/** How long a course is not written again where nothing about it has changed. */
const freshMs = 10 * 60_000
const mostRemembered = 5_000

/** Keeps where a launch came from and what its course offers; a launch outside a course is passed over. */
export type RememberCourse = (
  ctx: Pick<TenantContext, 'tenantId'>,
  launch: Pick<LaunchRecord, 'platformId' | 'deploymentId' | 'launch' | 'services'>,
) => Promise<void>

export function createRememberCourse(clock: () => Date): RememberCourse {
  /** Place and values of a course → when they were written. */
  const written = new Map<string, number>()
  return async (ctx, { platformId, deploymentId, launch, services }) => {
    const { context } = launch
    if (context === null || services === undefined) return
    const now = clock()
    const fields = { title: context.title ?? null, label: context.label ?? null, ...services }
    const place = { platformId, deploymentId, contextId: context.id }
    const key = digest(JSON.stringify([ctx.tenantId, place, fields]))
    const at = written.get(key)
    if (at !== undefined && now.getTime() - at < freshMs) return
    await saveCourse(ctx, place, { ...fields, launchedAt: now })
    if (written.size >= mostRemembered) written.clear()
    written.set(key, now.getTime())
  }
}
