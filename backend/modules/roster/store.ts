import mongoose, { Schema } from 'mongoose'
import type { AssignmentException } from '../../../shared/api/assignments.ts'
import type { ClassGroup } from '../../../shared/api/roster-bulk.ts'
import type { Companions, Outcome } from '../../core/database/bulk-batch.ts'
import type { BulkResult } from '../../core/database/bulk-write.ts'
import { bulkWriteModel } from '../../core/database/bulk-write-model.ts'
import { outboxSignals, type WithOutbox, withOutbox } from '../../core/events/outbox.ts'
import { newId } from '../../core/ids.ts'
import { orderedBy } from '../../core/lists/index.ts'
import { type TenantContext, tenantScoped } from '../../core/tenancy.ts'

interface RosterRow extends WithOutbox {
  readonly _id: string
  readonly tenantId: string
  readonly sourcedId: string
  /** Counts changes by the API; absent in records of before. */
  readonly revision?: number
  readonly removedAt?: Date
  readonly createdAt: Date
  readonly updatedAt: Date
}

export interface UserRow extends RosterRow {
  readonly givenName: string
  readonly familyName: string
  /** Absent in records of before. */
  readonly email?: string | null
  readonly role: 'student' | 'teacher'
  readonly grades: string[]
}

export interface ClassRow extends RosterRow {
  readonly title: string
  readonly subjects: string[]
  readonly grades: string[]
  /** Absent in records of before. */
  readonly groups?: ClassGroup[]
  /** Absent in records of before. */
  readonly sisClassSourcedIds?: string[]
}

export interface EnrollmentRow extends RosterRow {
  readonly classSourcedId: string
  readonly userSourcedId: string
  readonly role: 'student' | 'teacher'
}

/** Something that an LMS sets to a class. */
export interface AssignmentRow extends RosterRow {
  readonly classSourcedId: string
  readonly title: string
  /** ISO times in UTC. */
  readonly opensAt: string | null
  readonly dueAt: string | null
  readonly closesAt: string | null
  readonly exceptions: AssignmentException[]
}

/** A record of any of the collections. */
export type RecordRow = UserRow | ClassRow | EnrollmentRow | AssignmentRow
export type Kind = 'user' | 'class' | 'enrollment' | 'assignment'

const prefixes = {
  user: 'rus',
  class: 'cls',
  enrollment: 'enr',
  assignment: 'asg',
} as const satisfies Record<Kind, string>

export function newRecordId(kind: Kind): string {
  return newId(prefixes[kind])
}

function identity(kind: Kind) {
  return {
    _id: { type: String, default: () => newRecordId(kind) },
    sourcedId: { type: String, required: true },
    revision: { type: Number, default: 1 },
  } as const
}

const options = { timestamps: true, autoIndex: false, versionKey: false } as const

const times = {
  createdAt: { path: 'createdAt', type: 'date' },
  updatedAt: { path: 'updatedAt', type: 'date' },
  sourcedId: { path: 'sourcedId', type: 'text', unique: true },
} as const

/** Orders in which each list can be asked for. */
export const sortFields = {
  user: { ...times, familyName: { path: 'familyName', type: 'text' } },
  class: { ...times, title: { path: 'title', type: 'text' } },
  enrollment: times,
  assignment: times,
} as const

function prepare(schema: Schema, kind: Kind): void {
  schema.plugin(tenantScoped)
  schema.plugin(withOutbox)
  schema.index({ tenantId: 1, sourcedId: 1 }, { unique: true })
  orderedBy(schema, sortFields[kind])
}

const userSchema = new Schema(
  {
    ...identity('user'),
    givenName: { type: String, required: true },
    familyName: { type: String, required: true },
    email: { type: String, default: null },
    role: { type: String, required: true },
    grades: { type: [String], required: true },
  },
  options,
)
prepare(userSchema, 'user')
userSchema.index({ tenantId: 1, role: 1, _id: 1 })
userSchema.index(
  { tenantId: 1, email: 1 },
  { partialFilterExpression: { email: { $type: 'string' } } },
)

const classSchema = new Schema(
  {
    ...identity('class'),
    title: { type: String, required: true },
    subjects: { type: [String], required: true },
    grades: { type: [String], required: true },
    groups: { type: Schema.Types.Mixed },
    sisClassSourcedIds: { type: [String], default: undefined },
  },
  options,
)
prepare(classSchema, 'class')

const enrollmentSchema = new Schema(
  {
    ...identity('enrollment'),
    classSourcedId: { type: String, required: true },
    userSourcedId: { type: String, required: true },
    role: { type: String, required: true },
  },
  options,
)
prepare(enrollmentSchema, 'enrollment')
enrollmentSchema.index({ tenantId: 1, classSourcedId: 1, _id: 1 })
enrollmentSchema.index({ tenantId: 1, userSourcedId: 1, _id: 1 })

const assignmentSchema = new Schema(
  {
    ...identity('assignment'),
    classSourcedId: { type: String, required: true },
    title: { type: String, required: true },
    opensAt: { type: String, default: null },
    dueAt: { type: String, default: null },
    closesAt: { type: String, default: null },
    exceptions: { type: Schema.Types.Mixed, required: true },
  },
  options,
)
prepare(assignmentSchema, 'assignment')
assignmentSchema.index({ tenantId: 1, classSourcedId: 1, _id: 1 })
assignmentSchema.index({ tenantId: 1, dueAt: 1, _id: 1 })

export const UserModel = mongoose.model('RosterUser', userSchema, 'users')
export const ClassModel = mongoose.model('RosterClass', classSchema, 'classes')
export const EnrollmentModel = mongoose.model('RosterEnrollment', enrollmentSchema, 'enrollments')
export const AssignmentModel = mongoose.model('RosterAssignment', assignmentSchema, 'assignments')

const models = {
  user: UserModel,
  class: ClassModel,
  enrollment: EnrollmentModel,
  assignment: AssignmentModel,
}

/** The model of a kind, for work that is the same for all: typed by what they have in common. */
export function modelOf(kind: Kind): mongoose.Model<RosterRow> {
  return models[kind] as unknown as mongoose.Model<RosterRow>
}

type Identified = { readonly _id?: string }

type Fields<Row extends RosterRow> = Omit<Row, Exclude<keyof RosterRow, 'sourcedId'>>

/** Records of the roster; an id is made where none is given, and never changed. */
export interface Roster {
  readonly users: Iterable<Fields<UserRow> & Identified>
  readonly classes: Iterable<Fields<ClassRow> & Identified>
  readonly enrollments: Iterable<Fields<EnrollmentRow> & Identified>
}

export type RosterWrite = Readonly<Record<keyof Roster, BulkResult>>

/** People and classes before who belongs where; nothing is deleted, and no event tells of it. */
export async function writeRoster(
  ctx: TenantContext,
  { users, classes, enrollments }: Roster,
  signal?: AbortSignal,
): Promise<RosterWrite> {
  const how = { tenantId: ctx.tenantId, key: ['sourcedId'], ...(signal ? { signal } : {}) }
  return {
    users: await bulkWriteModel(UserModel, users, how),
    classes: await bulkWriteModel(ClassModel, classes, how),
    enrollments: await bulkWriteModel(EnrollmentModel, enrollments, how),
  }
}

/** Brings records of one kind to what is given, each with what goes with its change. */
export async function writeRecords(
  ctx: TenantContext,
  kind: Kind,
  records: readonly Readonly<Record<string, unknown>>[],
  {
    companions,
    onOutcome,
  }: {
    companions: Companions
    onOutcome: (index: number, outcome: Outcome, id: unknown) => void
  },
): Promise<BulkResult> {
  const written = await bulkWriteModel(models[kind], records, {
    tenantId: ctx.tenantId,
    key: ['sourcedId'],
    companions,
    onOutcome,
  })
  outboxSignals.emit('written', models[kind].modelName)
  return written
}

export async function countRoster(tenantId: string): Promise<{ people: number; classes: number }> {
  const [people, classes] = await Promise.all([
    UserModel.countDocuments({ tenantId }),
    ClassModel.countDocuments({ tenantId }),
  ])
  return { people, classes }
}
