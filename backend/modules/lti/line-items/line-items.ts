import type { z } from 'zod'
import type { Page } from '../../../../shared/api/contract.ts'
import type {
  GradebookResult as GradebookResultSchema,
  LineItemBody,
  LineItemChanges,
  LineItemList,
  LineItem as LineItemSchema,
} from '../../../../shared/api/lti-line-items.ts'
import { AppError } from '../../../../shared/errors.ts'
import { recordAudit } from '../../../core/audit/index.ts'
import { showPage } from '../../../core/lists/index.ts'
import type { TenantContext } from '../../../core/tenancy.ts'
import { scope } from '../claim-names.ts'
import type { CourseRow } from '../courses/course-store.ts'
import { courseAndPlatform, courseOf, offered } from '../courses/courses.ts'
import {
  changeLineItem,
  createLineItem,
  deleteLineItem,
  readLineItem,
  readLineItems,
} from '../services/line-items.ts'
import { readResults } from '../services/results.ts'
import type { ServiceDeps } from '../services/service-call.ts'
import {
  findLineItem,
  findLineItemPage,
  findLineItems,
  type LineItemRow,
  markGone,
  saveLineItem,
} from './line-item-store.ts'

type ShownLineItem = z.output<typeof LineItemSchema>

export interface LineItemDeps extends ServiceDeps {
  readonly clock: () => Date
}

const readsColumns = [scope.lineItem, scope.lineItemReadOnly]

/** The columns of a course as they were read last. */
export async function listLineItems(
  ctx: TenantContext,
  courseId: string,
  query: LineItemList,
): Promise<Page<ShownLineItem>> {
  await courseOf(ctx, courseId)
  return showPage(await findLineItemPage(ctx, courseId, query), showLineItem)
}

/** Reads all columns of a course from its LMS; those it no longer has are gone here too. */
export async function refreshLineItems(
  deps: LineItemDeps,
  ctx: TenantContext,
  courseId: string,
): Promise<{ found: number; gone: number; unreadable: number }> {
  const { course, platform } = await courseAndPlatform(ctx, courseId)
  const url = lineItemsUrl(course, readsColumns)
  const { lineItems, unreadable } = await readLineItems(deps, platform, url)
  for (const lineItem of lineItems) await saveLineItem(ctx, courseId, lineItem)
  const there = new Set(lineItems.map((lineItem) => lineItem.url))
  const gone = (await findLineItems(ctx, courseId)).filter((row) => !there.has(row.url))
  await markGone(
    ctx,
    courseId,
    gone.map((row) => row.url),
    deps.clock(),
  )
  return { found: lineItems.length, gone: gone.length, unreadable }
}

export async function addLineItem(
  deps: LineItemDeps,
  ctx: TenantContext,
  courseId: string,
  body: LineItemBody,
): Promise<ShownLineItem> {
  const { course, platform } = await courseAndPlatform(ctx, courseId)
  const url = lineItemsUrl(course, [scope.lineItem])
  const row = await saveLineItem(ctx, courseId, await createLineItem(deps, platform, url, body))
  await audit(ctx, 'create', row._id, Object.keys(body))
  return showLineItem(row)
}

/** One column as the LMS has it now. */
export async function getLineItem(
  deps: LineItemDeps,
  ctx: TenantContext,
  courseId: string,
  id: string,
): Promise<ShownLineItem> {
  const { row, platform } = await find(ctx, courseId, id, readsColumns)
  const lineItem = await whereThere(deps, ctx, row, () => readLineItem(deps, platform, row.url))
  return showLineItem(await saveLineItem(ctx, courseId, { ...lineItem, url: row.url }))
}

export async function editLineItem(
  deps: LineItemDeps,
  ctx: TenantContext,
  courseId: string,
  id: string,
  body: LineItemChanges,
): Promise<ShownLineItem> {
  const { row, platform } = await find(ctx, courseId, id, [scope.lineItem])
  const lineItem = await whereThere(deps, ctx, row, () =>
    changeLineItem(deps, platform, row.url, body),
  )
  await audit(ctx, 'update', id, Object.keys(body))
  return showLineItem(await saveLineItem(ctx, courseId, { ...lineItem, url: row.url }))
}

export async function removeLineItem(
  deps: LineItemDeps,
  ctx: TenantContext,
  courseId: string,
  id: string,
): Promise<undefined> {
  const { row, platform } = await find(ctx, courseId, id, [scope.lineItem])
  await deleteLineItem(deps, platform, row.url)
  await markGone(ctx, courseId, [row.url], deps.clock())
  await audit(ctx, 'delete', id, [])
  return undefined
}

/** The grades of a column as the LMS holds them; reading them is in the audit trail. */
export async function listGradebookResults(
  deps: LineItemDeps,
  ctx: TenantContext,
  courseId: string,
  id: string,
  userId: string | undefined,
): Promise<{ results: z.output<typeof GradebookResultSchema>[]; unreadable: number }> {
  const { row, platform } = await find(ctx, courseId, id, [scope.result])
  const answer = await whereThere(deps, ctx, row, () =>
    readResults(deps, platform, row.url, { userId }),
  )
  await recordAudit(ctx, {
    action: 'lti.results.read',
    target: { type: 'lti.line_item', id },
    fields: ['score', 'comment'],
    purpose: 'assessment',
    result: 'success',
  })
  return answer
}

async function find(ctx: TenantContext, courseId: string, id: string, anyOf: readonly string[]) {
  const { course, platform } = await courseAndPlatform(ctx, courseId)
  const row = await findLineItem(ctx, courseId, id)
  if (row === null) throw new AppError('not_found', `The line item ${id} does not exist`)
  mustOffer(course, anyOf)
  return { row, platform }
}

/** Remembers that a column is gone when the LMS says so. */
async function whereThere<T>(
  { clock }: LineItemDeps,
  ctx: TenantContext,
  row: LineItemRow,
  call: () => Promise<T>,
): Promise<T> {
  try {
    return await call()
  } catch (error) {
    if (error instanceof AppError && error.code === 'lti_service_gone') {
      await markGone(ctx, row.courseId, [row.url], clock())
    }
    throw error
  }
}

function lineItemsUrl(course: CourseRow, anyOf: readonly string[]): string {
  mustOffer(course, anyOf)
  return offered(course.lineItemsUrl, 'the gradebook columns of this course')
}

/** A right that the launch did not carry would be refused: it is said before any call. */
function mustOffer({ gradeScopes }: CourseRow, anyOf: readonly string[]): void {
  if (anyOf.some((wanted) => gradeScopes.includes(wanted))) return
  const words = anyOf.includes(scope.result)
    ? 'read grades back'
    : anyOf.includes(scope.lineItemReadOnly)
      ? 'read gradebook columns'
      : 'make or change gradebook columns'
  throw new AppError(
    'lti_service_not_offered',
    `The LMS does not let this tool ${words}; switch it on in the tool settings and open an activity of the course again`,
  )
}

async function audit(
  ctx: TenantContext,
  verb: string,
  id: string,
  fields: readonly string[],
): Promise<void> {
  await recordAudit(ctx, {
    action: `lti.line_item.${verb}`,
    target: { type: 'lti.line_item', id },
    fields: [...fields],
    result: 'success',
  })
}

function showLineItem(row: LineItemRow): ShownLineItem {
  const { _id, courseId, label, scoreMaximum, resourceLinkId, resourceId, tag } = row
  return {
    id: _id,
    courseId,
    label,
    scoreMaximum,
    resourceLinkId,
    resourceId,
    tag,
    startDateTime: row.startDateTime,
    endDateTime: row.endDateTime,
    createdAt: row.createdAt.toISOString(),
    updatedAt: row.updatedAt.toISOString(),
  }
}
