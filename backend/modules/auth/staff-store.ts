import mongoose, { Schema } from 'mongoose'
import { newEvent, pushEvent, type WithOutbox, withOutbox } from '../../core/events/index.ts'
import { newId } from '../../core/ids.ts'
import type { TenantContext } from '../../core/tenancy.ts'
import type { Assignment } from './rights.ts'

export interface StaffUser {
  readonly _id: string
  readonly email: string
  /** Lower-case e-mail: one account per address. */
  readonly emailKey: string
  readonly name: string
  readonly passwordHash: string
  readonly mustChangePassword: boolean
  /** End of a one-time password. */
  readonly passwordExpiresAt: Date | null
  readonly assignments: Assignment[]
  /** Where the account was made; a tenant's export carries the accounts made in it. */
  readonly homeTenantId: string
  readonly lastSignInAt: Date | null
  readonly disabledAt: Date | null
  readonly createdAt: Date
  readonly updatedAt: Date
}

const assignmentSchema = new Schema<Assignment>(
  {
    tenantId: { type: String, required: true },
    role: { type: String, required: true },
    until: { type: Date, default: null },
  },
  { _id: false },
)

// Not tenant-scoped: one person may hold roles in several tenants. The services filter by them.
const staffSchema = new Schema<StaffUser & WithOutbox>(
  {
    _id: { type: String, required: true },
    email: { type: String, required: true },
    emailKey: { type: String, required: true },
    name: { type: String, required: true },
    passwordHash: { type: String, required: true },
    mustChangePassword: { type: Boolean, default: false },
    passwordExpiresAt: { type: Date, default: null },
    assignments: { type: [assignmentSchema], required: true },
    homeTenantId: { type: String, required: true },
    lastSignInAt: { type: Date, default: null },
    disabledAt: { type: Date, default: null },
  },
  { timestamps: true, autoIndex: false, versionKey: false },
)
staffSchema.plugin(withOutbox)
staffSchema.index({ emailKey: 1 }, { unique: true })
staffSchema.index({ 'assignments.tenantId': 1, _id: 1 })
staffSchema.index({ homeTenantId: 1 })

export const StaffModel = mongoose.model('StaffUser', staffSchema, 'staffUsers')

export function emailKeyOf(email: string): string {
  return email.trim().toLowerCase()
}

export interface NewStaffUser {
  readonly email: string
  readonly name: string
  readonly passwordHash: string
  readonly mustChangePassword: boolean
  readonly passwordExpiresAt: Date | null
  readonly homeTenantId: string
  readonly assignments: readonly Assignment[]
}

/** For `exportDatabase`: which field tells the tenant of a row, where it is not `tenantId`. */
export const staffTenantField = { staffUsers: 'homeTenantId' } as const

export async function insertStaff(ctx: TenantContext, user: NewStaffUser): Promise<StaffUser> {
  const _id = newId('usr')
  const role = user.assignments[0]?.role ?? 'none'
  const created = await StaffModel.create({
    ...user,
    _id,
    pendingEvents: [newEvent(ctx, 'person.added', { personId: _id, role })],
    email: user.email.trim(),
    emailKey: emailKeyOf(user.email),
    assignments: [...user.assignments],
  })
  return created.toObject()
}

/** Tells that all sessions of a person were ended. */
export async function noteSignedOutEverywhere(ctx: TenantContext, id: string): Promise<void> {
  await StaffModel.updateOne(
    { _id: id },
    pushEvent(ctx, 'person.signed_out_everywhere', { personId: id }),
    { timestamps: false },
  )
}

export async function findStaffByEmail(email: string): Promise<StaffUser | null> {
  return StaffModel.findOne({ emailKey: emailKeyOf(email) }).lean()
}

export async function findStaff(id: string): Promise<StaffUser | null> {
  return StaffModel.findOne({ _id: id }).lean()
}

/** A person with a role in one of the tenants. */
export async function findStaffIn(
  id: string,
  tenantIds: readonly string[],
): Promise<StaffUser | null> {
  return StaffModel.findOne({ _id: id, 'assignments.tenantId': { $in: [...tenantIds] } }).lean()
}

export async function findStaffPage(
  tenantIds: readonly string[],
  after: object,
  limit: number,
): Promise<StaffUser[]> {
  return StaffModel.find({ 'assignments.tenantId': { $in: [...tenantIds] }, ...after })
    .sort({ _id: -1 })
    .limit(limit + 1)
    .lean()
}

export async function hasStaffWithRole(tenantId: string, role: string): Promise<boolean> {
  const found = await StaffModel.exists({ assignments: { $elemMatch: { tenantId, role } } })
  return found !== null
}

/** Adds a role unless it is held; answers whether it was added. */
export async function addAssignment(id: string, assignment: Assignment): Promise<boolean> {
  const { tenantId, role } = assignment
  const { modifiedCount } = await StaffModel.updateOne(
    { _id: id, assignments: { $not: { $elemMatch: { tenantId, role } } } },
    { $push: { assignments: assignment } },
  )
  return modifiedCount === 1
}

export async function setPassword(
  id: string,
  password: Pick<StaffUser, 'passwordHash' | 'mustChangePassword' | 'passwordExpiresAt'>,
): Promise<void> {
  await StaffModel.updateOne({ _id: id }, { $set: password })
}

/** Renews a hash made at an older cost, unless the password was changed meanwhile. */
export async function renewHash(user: StaffUser, passwordHash: string): Promise<void> {
  await StaffModel.updateOne(
    { _id: user._id, passwordHash: user.passwordHash },
    { $set: { passwordHash } },
  )
}

export async function noteSignIn(id: string, now: Date): Promise<void> {
  await StaffModel.updateOne({ _id: id }, { $set: { lastSignInAt: now } })
}

export async function findStaffHomedAt(tenantId: string): Promise<StaffUser[]> {
  return StaffModel.find({ homeTenantId: tenantId }).lean()
}

export async function deleteStaffOf(tenantId: string): Promise<void> {
  await StaffModel.deleteMany({ homeTenantId: tenantId })
}
