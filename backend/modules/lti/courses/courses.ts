import type { Page } from '../../../../shared/api/contract.ts'
import type { Course, CourseList } from '../../../../shared/api/lti-courses.ts'
import { AppError } from '../../../../shared/errors.ts'
import { recordAudit } from '../../../core/audit/index.ts'
import { showPage } from '../../../core/lists/index.ts'
import type { TenantContext } from '../../../core/tenancy.ts'
import { scope } from '../claim-names.ts'
import { findPlatform, type PlatformRow } from '../platforms/platform-store.ts'
import { readGroups } from '../services/course-groups.ts'
import { type MemberFilter, readMembers } from '../services/memberships.ts'
import type { ServiceDeps } from '../services/service-call.ts'
import { type CourseRow, findCourse, findCoursePage } from './course-store.ts'

/** More people are in no course; whoever asks for them should synchronise instead. */
const mostMembers = 20_000

export async function listCourses(ctx: TenantContext, query: CourseList): Promise<Page<Course>> {
  return showPage(await findCoursePage(ctx, query), showCourse)
}

export async function getCourse(ctx: TenantContext, id: string): Promise<Course> {
  return showCourse(await courseOf(ctx, id))
}

export async function courseOf(ctx: TenantContext, id: string): Promise<CourseRow> {
  const row = await findCourse(ctx, id)
  if (row === null) throw new AppError('not_found', `The course ${id} does not exist`)
  return row
}

/** A course with the registration that speaks for its LMS. */
export async function courseAndPlatform(
  ctx: TenantContext,
  id: string,
): Promise<{ readonly course: CourseRow; readonly platform: PlatformRow }> {
  const course = await courseOf(ctx, id)
  const platform = await findPlatform(ctx, course.platformId)
  if (platform === null) {
    throw new AppError('lti_service_not_offered', 'The registration of the LMS has been removed')
  }
  return { course, platform }
}

/** Everybody in a course as the LMS says now (LTI-NRPS 2.0); the reading is in the audit trail. */
export async function listMembers(
  deps: ServiceDeps,
  ctx: TenantContext,
  id: string,
  filter: MemberFilter,
) {
  const { course, platform } = await courseAndPlatform(ctx, id)
  const url = offered(course.membershipsUrl, 'the members of this course')
  await recordAudit(ctx, {
    action: 'lti.members.read',
    target: { type: 'lti.course', id },
    fields: ['name', 'email'],
    purpose: 'roster',
    result: 'success',
  })
  const members = []
  let unreadable = 0
  let requests = 0
  let isWhole = true
  const pages = readMembers(deps, platform, url, { ...filter, requestId: ctx.requestId })
  for await (const page of pages) {
    requests += 1
    unreadable += page.unreadable
    members.push(...page.members.slice(0, mostMembers - members.length))
    isWhole = members.length < mostMembers
    if (!isWhole) break
  }
  return { members, unreadable, requests, isWhole }
}

/** The groups of a course and the sets they belong to, as the LMS says now (LTI Course Groups). */
export async function listGroups(deps: ServiceDeps, ctx: TenantContext, id: string) {
  const { course, platform } = await courseAndPlatform(ctx, id)
  const url = offered(course.groupsUrl, 'the groups of this course')
  return readGroups(deps, platform, {
    groupsUrl: url,
    groupSetsUrl: course.groupSetsUrl,
    requestId: ctx.requestId,
  })
}

/** The address of a service, or why there is none. */
export function offered(url: string | null, what: string): string {
  if (url !== null) return url
  throw new AppError(
    'lti_service_not_offered',
    `The LMS does not offer ${what} to this tool; switch the service on in its tool settings and open an activity of the course again`,
  )
}

function showCourse(row: CourseRow): Course {
  const may = (wanted: string) => row.gradeScopes.includes(wanted)
  return {
    id: row._id,
    platformId: row.platformId,
    deploymentId: row.deploymentId,
    contextId: row.contextId,
    title: row.title,
    label: row.label,
    services: {
      members: row.membershipsUrl !== null,
      groups: row.groupsUrl !== null,
      lineItems: row.lineItemsUrl !== null && (may(scope.lineItem) || may(scope.lineItemReadOnly)),
      makesLineItems: row.lineItemsUrl !== null && may(scope.lineItem),
      scores: may(scope.score),
      results: may(scope.result),
    },
    launchedAt: row.launchedAt.toISOString(),
    createdAt: row.createdAt.toISOString(),
    updatedAt: row.updatedAt.toISOString(),
  }
}
