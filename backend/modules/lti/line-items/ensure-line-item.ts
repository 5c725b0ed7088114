import type { TenantContext } from '../../../core/tenancy.ts'
import { scope } from '../claim-names.ts'
import type { CourseRow } from '../courses/course-store.ts'
import type { PlatformRow } from '../platforms/platform-store.ts'
import { createLineItem, readLineItems } from '../services/line-items.ts'
import type { ServiceDeps } from '../services/service-call.ts'
import {
  findLineItems,
  findReplacement,
  type LineItemRow,
  saveLineItem,
} from './line-item-store.ts'

/** What a column of ours is made from. */
export interface Column {
  readonly itemId: string
  readonly resourceLinkId: string | null
  readonly label: string
  readonly scoreMaximum: number
}

/** How our columns are told from others (LTI-AGS 2.0 §3.2.9 `tag`). */
const tag = 'edpsych-score'

/** Whether the course lets this tool make columns. */
export function mayMakeColumns(course: CourseRow): course is CourseRow & { lineItemsUrl: string } {
  return course.lineItemsUrl !== null && course.gradeScopes.includes(scope.lineItem)
}

/** The column of an item where its link has none: the one we know, the one the LMS has, or a new one. */
export async function ensureLineItem(
  deps: ServiceDeps,
  ctx: TenantContext,
  platform: PlatformRow,
  course: CourseRow & { lineItemsUrl: string },
  { itemId, resourceLinkId, label, scoreMaximum }: Column,
  signal?: AbortSignal,
): Promise<LineItemRow> {
  const [known] = await findLineItems(ctx, course._id, { resourceLinkId, resourceId: itemId })
  if (known) return known
  // Somebody may have made it and died before it was written down.
  const { lineItems } = await readLineItems(deps, platform, course.lineItemsUrl, {
    resourceId: itemId,
    tag,
    ...(resourceLinkId !== null && { resourceLinkId }),
    ...(signal && { signal }),
  })
  // A platform that ignores filters gives all it has.
  const there = lineItems.find(
    (found) =>
      found.resourceId === itemId && found.tag === tag && found.resourceLinkId === resourceLinkId,
  )
  const made =
    there ??
    (await createLineItem(
      deps,
      platform,
      course.lineItemsUrl,
      { label, scoreMaximum, resourceId: itemId, resourceLinkId, tag },
      signal,
    ))
  return saveLineItem(ctx, course._id, made)
}

/** A new column for one that was deleted in the LMS; all grades that would go there go to it. */
export async function replaceLineItem(
  deps: ServiceDeps,
  ctx: TenantContext,
  platform: PlatformRow,
  course: CourseRow & { lineItemsUrl: string },
  deletedUrl: string,
  { itemId, resourceLinkId, label, scoreMaximum }: Column,
  signal?: AbortSignal,
): Promise<LineItemRow> {
  const known = await findReplacement(ctx, course._id, deletedUrl)
  if (known && known.url !== deletedUrl) return known
  const fields = { label, scoreMaximum, resourceId: itemId, resourceLinkId, tag }
  const made = await createLineItem(deps, platform, course.lineItemsUrl, fields, signal)
  return saveLineItem(ctx, course._id, made, deletedUrl)
}
