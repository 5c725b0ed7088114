import mongoose, { Schema } from 'mongoose'
import type { BulkResult } from '../../core/database/bulk-write.ts'
import { bulkWriteModel } from '../../core/database/bulk-write-model.ts'
import { newId } from '../../core/ids.ts'
import { type TenantContext, tenantScoped } from '../../core/tenancy.ts'

interface RosterRow {
  readonly _id: string
  readonly tenantId: string
  readonly sourcedId: string
  readonly createdAt: Date
  readonly updatedAt: Date
}

export interface UserRow extends RosterRow {
  readonly givenName: string
  readonly familyName: string
  readonly role: 'student' | 'teacher'
  readonly grades: string[]
}

export interface ClassRow extends RosterRow {
  readonly title: string
  readonly subjects: string[]
  readonly grades: string[]
}

export interface EnrollmentRow extends RosterRow {
  readonly classSourcedId: string
  readonly userSourcedId: string
  readonly role: 'student' | 'teacher'
}

function identity(prefix: string) {
  return {
    _id: { type: String, default: () => newId(prefix) },
    sourcedId: { type: String, required: true },
  } as const
}

const options = { timestamps: true, autoIndex: false, versionKey: false } as const

const userSchema = new Schema<UserRow>(
  {
    ...identity('rus'),
    givenName: { type: String, required: true },
    familyName: { type: String, required: true },
    role: { type: String, required: true },
    grades: { type: [String], required: true },
  },
  options,
)
userSchema.plugin(tenantScoped)
userSchema.index({ tenantId: 1, sourcedId: 1 }, { unique: true })
userSchema.index({ tenantId: 1, role: 1, _id: 1 })

const classSchema = new Schema<ClassRow>(
  {
    ...identity('cls'),
    title: { type: String, required: true },
    subjects: { type: [String], required: true },
    grades: { type: [String], required: true },
  },
  options,
)
classSchema.plugin(tenantScoped)
classSchema.index({ tenantId: 1, sourcedId: 1 }, { unique: true })

const enrollmentSchema = new Schema<EnrollmentRow>(
  {
    ...identity('enr'),
    classSourcedId: { type: String, required: true },
    userSourcedId: { type: String, required: true },
    role: { type: String, required: true },
  },
  options,
)
enrollmentSchema.plugin(tenantScoped)
enrollmentSchema.index({ tenantId: 1, sourcedId: 1 }, { unique: true })
enrollmentSchema.index({ tenantId: 1, classSourcedId: 1, _id: 1 })

export const UserModel = mongoose.model<UserRow>('RosterUser', userSchema, 'users')
export const ClassModel = mongoose.model<ClassRow>('RosterClass', classSchema, 'classes')
export const EnrollmentModel = mongoose.model<EnrollmentRow>(
  'RosterEnrollment',
  enrollmentSchema,
  'enrollments',
)

export interface UserFilter {
  readonly limit: number
  readonly role?: 'student' | 'teacher' | undefined
  readonly classId?: string | undefined
}

export async function findUserPage(
  ctx: TenantContext,
  { limit, role, classId }: UserFilter,
  after: object,
): Promise<UserRow[]> {
  const inClass =
    classId === undefined ? {} : { sourcedId: { $in: await findMembers(ctx, classId) } }
  return UserModel.find({
    tenantId: ctx.tenantId,
    ...(role === undefined ? {} : { role }),
    ...inClass,
    ...after,
  })
    .sort({ _id: -1 })
    .limit(limit + 1)
    .lean()
}

async function findMembers(ctx: TenantContext, classId: string): Promise<string[]> {
  const { tenantId } = ctx
  const found = await ClassModel.findOne({ _id: classId, tenantId }).lean()
  if (!found) return []
  return EnrollmentModel.distinct('userSourcedId', { tenantId, classSourcedId: found.sourcedId })
}

export async function findClassPage(
  ctx: TenantContext,
  limit: number,
  after: object,
): Promise<ClassRow[]> {
  return ClassModel.find({ tenantId: ctx.tenantId, ...after })
    .sort({ _id: -1 })
    .limit(limit + 1)
    .lean()
}

export async function findEnrollmentPage(
  ctx: TenantContext,
  { limit, classSourcedId }: { limit: number; classSourcedId?: string | undefined },
  after: object,
): Promise<EnrollmentRow[]> {
  const inClass = classSourcedId === undefined ? {} : { classSourcedId }
  return EnrollmentModel.find({ tenantId: ctx.tenantId, ...inClass, ...after })
    .sort({ _id: -1 })
    .limit(limit + 1)
    .lean()
}

type Identified = { readonly _id?: string }

/** Records of the roster; an id is made where none is given, and never changed. */
export interface Roster {
  readonly users: Iterable<
    Pick<UserRow, 'sourcedId' | 'givenName' | 'familyName' | 'role' | 'grades'> & Identified
  >
  readonly classes: Iterable<
    Pick<ClassRow, 'sourcedId' | 'title' | 'subjects' | 'grades'> & Identified
  >
  readonly enrollments: Iterable<
    Pick<EnrollmentRow, 'sourcedId' | 'classSourcedId' | 'userSourcedId' | 'role'> & Identified
  >
}

export type RosterWrite = Readonly<Record<keyof Roster, BulkResult>>

/** People and classes before who belongs where; nothing is deleted. */
export async function writeRoster(
  ctx: TenantContext,
  { users, classes, enrollments }: Roster,
  signal?: AbortSignal,
): Promise<RosterWrite> {
  const options = {
    tenantId: ctx.tenantId,
    key: ['sourcedId'],
    ...(signal ? { signal } : {}),
  }
  return {
    users: await bulkWriteModel(UserModel, users, options),
    classes: await bulkWriteModel(ClassModel, classes, options),
    enrollments: await bulkWriteModel(EnrollmentModel, enrollments, options),
  }
}
