import type { CourseResults } from '../../../../shared/api/lti-results.ts'
import { AppError } from '../../../../shared/errors.ts'
import { recordAudit } from '../../../core/audit/index.ts'
import type { TenantContext } from '../../../core/tenancy.ts'
import { type CourseRow, findCourseAt } from '../courses/course-store.ts'
import { courseOf } from '../courses/courses.ts'
import type { TargetCatalogue } from '../deep-linking/answer-deep-link.ts'
import type { ClassNames } from '../review/class-names.ts'
import { findCurrent } from '../scores/delivery-store.ts'
import { currentLaunch } from '../session.ts'
import { itemsOf, latestOf, learnersOf } from './course-table.ts'

/** More a table cannot show; whoever wants it reads the grades of the API. */
const mostResults = 20_000

export interface CourseResultsDeps {
  readonly names: ClassNames
  readonly targets: Pick<TargetCatalogue, 'titlesOf'>
}

/** The results of the course that a launch came from. */
export async function resultsOfLaunch(
  deps: CourseResultsDeps,
  ctx: TenantContext,
): Promise<CourseResults> {
  const { platformId, deploymentId, launch } = await currentLaunch(ctx)
  const contextId = launch.context?.id
  const course =
    contextId === undefined
      ? null
      : await findCourseAt(ctx, { platformId, deploymentId, contextId })
  if (course === null) {
    throw new AppError('not_found', 'The LMS did not say which course this is')
  }
  return resultsOf(deps, ctx, course)
}

export async function resultsOfCourse(
  deps: CourseResultsDeps,
  ctx: TenantContext,
  id: string,
): Promise<CourseResults> {
  return resultsOf(deps, ctx, await courseOf(ctx, id))
}

async function resultsOf(
  deps: CourseResultsDeps,
  ctx: TenantContext,
  course: CourseRow,
): Promise<CourseResults> {
  const rows = await findCurrent(ctx, { courseId: course._id }, { most: mostResults + 1 })
  const shown = latestOf(rows.slice(0, mostResults))
  const [titles, members] = await Promise.all([
    deps.targets.titlesOf(ctx, [...new Set(shown.map(({ itemId }) => itemId))]),
    deps.names.of(ctx, course),
  ])
  await recordAudit(ctx, {
    action: 'lti.course_results.read',
    target: { type: 'lti.course', id: course._id },
    fields: ['score', 'name'],
    purpose: 'assessment',
    result: 'success',
  })
  return {
    course: { contextId: course.contextId, title: course.title },
    items: itemsOf(shown, titles),
    learners: learnersOf(shown, members),
    hasMembers: members !== null,
    isWhole: rows.length <= mostResults,
  }
}
