import mongoose, { Schema } from 'mongoose'
import type { CourseList } from '../../../../shared/api/lti-courses.ts'
import { retryOnDisconnect } from '../../../core/database/retry-write.ts'
import { newId } from '../../../core/ids.ts'
import {
  type FoundPage,
  findPage,
  given,
  orderedBy,
  timeFilter,
} from '../../../core/lists/index.ts'
import { type TenantContext, tenantScoped } from '../../../core/tenancy.ts'
import type { CourseServices } from '../optional-claims.ts'

/** A context of an LMS: LTI 1.3 §5.4.1 makes its id unique within its deployment. */
export interface CoursePlace {
  readonly platformId: string
  readonly deploymentId: string
  readonly contextId: string
}

/** How the members of a course were when they were read last. */
export interface CourseMemory {
  readonly hash: string | null
  /** Where the LMS says what has changed since (LTI-NRPS 2.0 §2.4.2). */
  readonly differencesUrl: string | null
}

/** A course that somebody was launched from, with the services it offered last. */
export interface CourseRow extends CoursePlace, CourseServices {
  readonly _id: string
  readonly tenantId: string
  readonly title: string | null
  readonly label: string | null
  readonly launchedAt: Date
  /** What the last synchronisation found; absent: it was never synchronised, or it is to be read anew. */
  readonly synced?: CourseMemory | null
  readonly createdAt: Date
  readonly updatedAt: Date
}

const courseSort = {
  createdAt: { path: 'createdAt', type: 'date' },
  updatedAt: { path: 'updatedAt', type: 'date' },
  title: { path: 'title', type: 'text' },
} as const

const courseSchema = new Schema<CourseRow>(
  {
    _id: String,
    platformId: { type: String, required: true },
    deploymentId: { type: String, required: true },
    contextId: { type: String, required: true },
    title: { type: String, default: null },
    label: { type: String, default: null },
    membershipsUrl: { type: String, default: null },
    lineItemsUrl: { type: String, default: null },
    groupsUrl: { type: String, default: null },
    groupSetsUrl: { type: String, default: null },
    gradeScopes: [String],
    sisIdentifiers: { type: [String], default: undefined },
    launchedAt: { type: Date, required: true },
    synced: { type: Schema.Types.Mixed },
  },
  { collection: 'ltiCourses', timestamps: true, autoIndex: false },
)
courseSchema.plugin(tenantScoped)
courseSchema.index({ tenantId: 1, platformId: 1, _id: 1 })
courseSchema.index({ tenantId: 1, platformId: 1, deploymentId: 1, contextId: 1 }, { unique: true })
orderedBy(courseSchema, courseSort)

export const CourseModel = mongoose.model('LtiCourse', courseSchema)

export type CourseFields = Pick<CourseRow, 'title' | 'label' | 'launchedAt'> & CourseServices

/** The course of a launch, made where it is new. */
export async function saveCourse(
  { tenantId }: Pick<TenantContext, 'tenantId'>,
  { platformId, deploymentId, contextId }: CoursePlace,
  fields: CourseFields,
): Promise<CourseRow> {
  const row = await CourseModel.findOneAndUpdate(
    { tenantId, platformId, deploymentId, contextId },
    { $set: fields, $setOnInsert: { _id: newId('crs') } },
    { upsert: true, returnDocument: 'after' },
  )
    .lean<CourseRow>()
    .exec()
  if (row === null) throw new TypeError('an upsert answered nothing')
  return row
}

export function findCourse(ctx: TenantContext, id: string): Promise<CourseRow | null> {
  return CourseModel.findOne({ _id: id, tenantId: ctx.tenantId }).lean<CourseRow>().exec()
}

export function findCourseAt(
  ctx: Pick<TenantContext, 'tenantId'>,
  { platformId, deploymentId, contextId }: CoursePlace,
): Promise<CourseRow | null> {
  return CourseModel.findOne({ tenantId: ctx.tenantId, platformId, deploymentId, contextId })
    .lean<CourseRow>()
    .exec()
}

/** Courses of an LMS in the order of their ids, after one of them. */
export function findCoursesAfter(
  { tenantId }: Pick<TenantContext, 'tenantId'>,
  platformId: string,
  { after, limit }: { readonly after: string | null; readonly limit: number },
): Promise<CourseRow[]> {
  return CourseModel.find({ tenantId, platformId, ...(after !== null && { _id: { $gt: after } }) })
    .sort({ _id: 1 })
    .limit(limit)
    .lean<CourseRow[]>()
    .exec()
}

/** Of the courses of an LMS, those whose members it lets us read. */
export async function countCourses(
  { tenantId }: Pick<TenantContext, 'tenantId'>,
  platformId: string,
): Promise<{ readonly courses: number; readonly readable: number }> {
  const [courses, readable] = await Promise.all([
    CourseModel.countDocuments({ tenantId, platformId }),
    CourseModel.countDocuments({ tenantId, platformId, membershipsUrl: { $ne: null } }),
  ])
  return { courses, readable }
}

/** Remembers how courses were read; it is no change of the courses themselves. */
export async function rememberCourses(
  { tenantId }: Pick<TenantContext, 'tenantId'>,
  memories: ReadonlyMap<string, CourseMemory | null>,
): Promise<void> {
  if (memories.size === 0) return
  const operations = [...memories].map(([_id, synced]) => ({
    updateOne: { filter: { _id, tenantId }, update: { $set: { synced } }, timestamps: false },
  }))
  await retryOnDisconnect(() => CourseModel.bulkWrite(operations, { ordered: false }))
}

export function findCoursePage(
  ctx: TenantContext,
  query: CourseList,
): Promise<FoundPage<CourseRow>> {
  return findPage<CourseRow>(CourseModel, {
    filter: {
      tenantId: ctx.tenantId,
      ...given({ platformId: query.platformId }),
      ...timeFilter(query),
    },
    query,
    sortFields: courseSort,
  })
}

/** A withdrawn registration takes the addresses of its courses with it; ids stay for what was graded there. */
export async function forgetServicesOf(ctx: TenantContext, platformId: string): Promise<void> {
  await CourseModel.updateMany(
    { tenantId: ctx.tenantId, platformId },
    {
      $set: {
        membershipsUrl: null,
        lineItemsUrl: null,
        groupsUrl: null,
        groupSetsUrl: null,
        gradeScopes: [],
      },
    },
  ).exec()
}
