import type { Launch } from '../../../../shared/lti.ts'
import { findCourseAt } from '../courses/course-store.ts'
import type { LaunchRecord } from '../launch-record.ts'
import { mayReview } from '../rights.ts'
import { noteTold } from './copy-store.ts'

export type Copy = NonNullable<Launch['copy']>

/**
 * What the teacher of a copied course, or of a link that was copied within its course, is told at the first
 * launch there; undefined where there is nothing to tell.
 */
export async function tellCopy(
  {
    tenantId,
    platformId,
    deploymentId,
    launch,
    history,
  }: Pick<LaunchRecord, 'tenantId' | 'platformId' | 'deploymentId' | 'launch' | 'history'>,
  now: Date,
): Promise<Copy | undefined> {
  const { context, resourceLink, user } = launch
  if (!history || context === null || !mayReview(user.roles)) return undefined
  const [fromContext] = history.contextIds.filter((id) => id !== context.id)
  const [fromLink] = history.resourceLinkIds.filter((id) => id !== resourceLink?.id)
  const copiedFrom = fromContext ?? fromLink
  if (copiedFrom === undefined) return undefined
  const isCourse = fromContext !== undefined
  const isFirst = await noteTold({
    tenantId,
    platformId,
    deploymentId,
    contextId: context.id,
    resourceLinkId: isCourse ? null : (resourceLink?.id ?? null),
    copiedFrom,
    toldAt: now,
  })
  if (!isFirst) return undefined
  const place = { platformId, deploymentId, contextId: copiedFrom }
  const original = isCourse ? await findCourseAt({ tenantId }, place) : null
  return { of: isCourse ? 'course' : 'link', from: original?.title ?? null }
}
