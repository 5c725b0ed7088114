import mongoose, { Schema } from 'mongoose'
import type { TargetKind } from '../../../shared/lti.ts'
import type { ClassworkPlace } from '../../connector-kit/index.ts'
import { type TenantContext, tenantScoped } from '../../core/tenancy.ts'

/** Something of ours in a course of a connected system: a task, or an attachment of a post. */
export interface WorkRow {
  readonly _id: string
  readonly tenantId: string
  readonly connectionId: string
  readonly courseId: string
  readonly postType: string
  readonly postId: string
  /** Null: the task itself is ours. */
  readonly attachmentId: string | null
  readonly kind: TargetKind
  readonly targetId: string
  readonly title: string
  /** Null: it takes no points. */
  readonly maxPoints: number | null
  /** The teacher with whose consent points are sent: who placed it, or opened it last. */
  readonly teacherId: string | null
  readonly createdAt: Date
  readonly updatedAt: Date
}

const workSchema = new Schema<WorkRow>(
  {
    _id: String,
    connectionId: { type: String, required: true },
    courseId: { type: String, required: true },
    postType: { type: String, required: true },
    postId: { type: String, required: true },
    attachmentId: { type: String, default: null },
    kind: { type: String, required: true },
    targetId: { type: String, required: true },
    title: { type: String, required: true },
    maxPoints: { type: Number, default: null },
    teacherId: { type: String, default: null },
  },
  { collection: 'classroomWork', timestamps: true, autoIndex: false },
)
workSchema.plugin(tenantScoped)
workSchema.index(
  { tenantId: 1, connectionId: 1, courseId: 1, postId: 1, attachmentId: 1 },
  { unique: true },
)
export const WorkModel = mongoose.model('ClassroomWork', workSchema)

/** What the system calls a learner's work; told when the learner opens it, and needed to give points. */
interface SubmissionRow {
  readonly _id: string
  readonly tenantId: string
  readonly workId: string
  readonly personId: string
  readonly submissionId: string
  readonly createdAt: Date
}

const submissionSchema = new Schema<SubmissionRow>(
  {
    _id: String,
    workId: { type: String, required: true },
    personId: { type: String, required: true },
    submissionId: { type: String, required: true },
  },
  { collection: 'classroomSubmissions', timestamps: true, autoIndex: false },
)
submissionSchema.plugin(tenantScoped)
submissionSchema.index({ tenantId: 1, workId: 1, submissionId: 1 })
export const SubmissionModel = mongoose.model('ClassroomSubmission', submissionSchema)

export function findWork({ tenantId }: TenantContext, id: string): Promise<WorkRow | null> {
  return WorkModel.findOne({ _id: id, tenantId }).lean<WorkRow>().exec()
}

/** What stands at a place of a course. */
export function findWorkAt(
  { tenantId }: TenantContext,
  { connectionId, courseId, postId, attachmentId }: Omit<Place, 'postType'>,
): Promise<WorkRow | null> {
  return WorkModel.findOne({ tenantId, connectionId, courseId, postId, attachmentId })
    .lean<WorkRow>()
    .exec()
}

type Place = Pick<WorkRow, 'connectionId' | 'courseId' | 'postType' | 'postId' | 'attachmentId'>

export async function insertWork(
  { tenantId }: TenantContext,
  work: Omit<WorkRow, 'tenantId' | 'createdAt' | 'updatedAt'>,
): Promise<void> {
  await WorkModel.create([{ ...work, tenantId }])
}

/** The same object at a place that Classroom made by copying: a reused post has attachments of its own. */
export async function copyWork(
  ctx: TenantContext,
  work: WorkRow,
  id: string,
  place: Place,
): Promise<WorkRow> {
  const { tenantId } = ctx
  const { kind, targetId, title, maxPoints } = work
  const { postType, ...key } = place
  const row = await WorkModel.findOneAndUpdate(
    { tenantId, ...key },
    { $setOnInsert: { _id: id, postType, kind, targetId, title, maxPoints } },
    { upsert: true, returnDocument: 'after', setDefaultsOnInsert: true },
  )
    .lean<WorkRow>()
    .exec()
  if (row === null) throw new TypeError('an upsert answered nothing')
  return row
}

export async function setTeacher(
  { tenantId }: TenantContext,
  { _id }: WorkRow,
  teacherId: string,
): Promise<void> {
  await WorkModel.updateOne({ _id, tenantId }, { $set: { teacherId } }).exec()
}

/** Who teaches a course with a consent of ours; null: nobody yet. */
export async function findTeacher(
  { tenantId }: TenantContext,
  connectionId: string,
  courseId: string,
): Promise<string | null> {
  const row = await WorkModel.findOne({
    tenantId,
    connectionId,
    courseId,
    teacherId: { $ne: null },
  })
    .sort({ updatedAt: -1 })
    .lean<WorkRow>()
    .exec()
  return row?.teacherId ?? null
}

const submissionKey = (workId: string, personId: string): string => `${workId}/${personId}`

export async function saveSubmission(
  { tenantId }: TenantContext,
  workId: string,
  personId: string,
  submissionId: string,
): Promise<void> {
  await SubmissionModel.updateOne(
    { _id: submissionKey(workId, personId), tenantId },
    { $set: { submissionId }, $setOnInsert: { workId, personId } },
    { upsert: true },
  ).exec()
}

export async function findSubmissionOf(
  { tenantId }: TenantContext,
  workId: string,
  personId: string,
): Promise<string | null> {
  const row = await SubmissionModel.findOne({ _id: submissionKey(workId, personId), tenantId })
    .lean<SubmissionRow>()
    .exec()
  return row?.submissionId ?? null
}

export async function findLearnerOf(
  { tenantId }: TenantContext,
  workId: string,
  submissionId: string,
): Promise<string | null> {
  const row = await SubmissionModel.findOne({ tenantId, workId, submissionId })
    .lean<SubmissionRow>()
    .exec()
  return row?.personId ?? null
}

export function placeOf(work: WorkRow): ClassworkPlace {
  return {
    courseId: work.courseId,
    post: { type: work.postType, id: work.postId, attachmentId: work.attachmentId, token: null },
  }
}
