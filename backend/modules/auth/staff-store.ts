import mongoose, { Schema } from 'mongoose'
import type { PersonList } from '../../../shared/api/access.ts'
import {
  newEvent,
  pushEvent,
  removeWithEvent,
  type WithOutbox,
  withOutbox,
} from '../../core/events/index.ts'
import { newId } from '../../core/ids.ts'
import { type FoundPage, findPage, timeFilter } from '../../core/lists/index.ts'
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

/** Orders in which the list can be asked for. */
const staffSort = {
  createdAt: { path: 'createdAt', type: 'date' },
  updatedAt: { path: 'updatedAt', type: 'date' },
  name: { path: 'name', type: 'text' },
} as const

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
  query: PersonList,
): Promise<FoundPage<StaffUser>> {
  const { role, email, disabled } = query
  const inTree = { tenantId: { $in: [...tenantIds] } }
  return findPage<StaffUser>(StaffModel, {
    filter: {
      'assignments.tenantId': { $in: [...tenantIds] },
      ...(role === undefined ? {} : { assignments: { $elemMatch: { ...inTree, role } } }),
      ...(email === undefined ? {} : { emailKey: emailKeyOf(email) }),
      ...(disabled === undefined ? {} : { disabledAt: disabled ? { $ne: null } : null }),
      ...timeFilter(query),
    },
    query,
    sortFields: staffSort,
  })
}

/** Accounts that can be used and have one of the roles in the organisation itself. */
export async function countStaffWith(
  tenantId: string,
  roles: readonly string[],
  now: Date,
): Promise<number> {
  const inForce = { $or: [{ until: null }, { until: { $gt: now } }] }
  return StaffModel.countDocuments({
    disabledAt: null,
    assignments: { $elemMatch: { tenantId, role: { $in: [...roles] }, ...inForce } },
  })
}

export async function hasStaffWithRole(tenantId: string, role: string): Promise<boolean> {
  const found = await StaffModel.exists({ assignments: { $elemMatch: { tenantId, role } } })
  return found !== null
}

/** Adds a role unless it is held; answers whether it was added. */
export async function addAssignment(
  id: string,
  assignment: Assignment,
  /** Who gives it, where that is worth an event. */
  ctx?: TenantContext,
): Promise<boolean> {
  const { tenantId, role } = assignment
  const data = { personId: id, role, inTenantId: tenantId }
  const event = ctx && pushEvent(ctx, 'person.role_granted', data)
  const { modifiedCount } = await StaffModel.updateOne(
    { _id: id, assignments: { $not: { $elemMatch: { tenantId, role } } } },
    { $push: { assignments: assignment, ...event?.$push } },
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

/** Also ends what staff of other organisations could do in this one. */
export async function deleteStaffOf(tenantId: string): Promise<number> {
  const { deletedCount } = await StaffModel.deleteMany({ homeTenantId: tenantId })
  await StaffModel.updateMany(
    { 'assignments.tenantId': tenantId },
    { $pull: { assignments: { tenantId } } },
  )
  return deletedCount
}

/** Writes to an account unless it was changed since it was read; null where it was. */
export async function replaceStaff(
  ctx: TenantContext,
  { _id, updatedAt }: Pick<StaffUser, '_id' | 'updatedAt'>,
  change: { readonly name?: string; readonly disabledAt?: Date | null },
): Promise<StaffUser | null> {
  const fields = Object.keys(change).map((name) => (name === 'disabledAt' ? 'disabled' : name))
  return StaffModel.findOneAndUpdate(
    { _id, updatedAt },
    { $set: change, ...pushEvent(ctx, 'person.updated', { personId: _id, fields }) },
    { returnDocument: 'after' },
  ).lean<StaffUser>()
}

export async function setDisabled(id: string, disabledAt: Date | null): Promise<void> {
  await StaffModel.updateOne({ _id: id }, { $set: { disabledAt } })
}

/** Gives a role, or moves the end of one that is held. */
export async function setAssignment(id: string, assignment: Assignment): Promise<void> {
  if (await addAssignment(id, assignment)) return
  const { tenantId, role, until } = assignment
  await StaffModel.updateOne(
    { _id: id, assignments: { $elemMatch: { tenantId, role } } },
    { $set: { 'assignments.$.until': until } },
  )
}

export async function hasStaffWithCustomRole(roleId: string): Promise<boolean> {
  return (await StaffModel.exists({ 'assignments.role': roleId })) !== null
}

/** Takes a role away; answers whether it was held. */
export async function removeAssignment(
  id: string,
  { tenantId, role }: Pick<Assignment, 'tenantId' | 'role'>,
  ctx?: TenantContext,
): Promise<boolean> {
  const data = { personId: id, role, inTenantId: tenantId }
  const { modifiedCount } = await StaffModel.updateOne(
    { _id: id, assignments: { $elemMatch: { tenantId, role } } },
    {
      $pull: { assignments: { tenantId, role } },
      ...(ctx && pushEvent(ctx, 'person.role_revoked', data)),
    },
  )
  return modifiedCount === 1
}

/** Whether somebody who can sign in holds one of the roles in the tenant. */
export async function hasActiveStaffWithRole(
  tenantId: string,
  roles: readonly string[],
  now: Date,
): Promise<boolean> {
  const found = await StaffModel.exists({
    disabledAt: null,
    assignments: {
      $elemMatch: {
        tenantId,
        role: { $in: [...roles] },
        $or: [{ until: null }, { until: { $gt: now } }],
      },
    },
  })
  return found !== null
}

/** The address is free again at once; the document goes when its event is relayed. */
export async function deleteStaff(ctx: TenantContext, id: string): Promise<void> {
  const { $set, $push } = removeWithEvent(ctx, 'person.removed', { personId: id })
  await StaffModel.updateOne(
    { _id: id },
    { $set: { ...$set, emailKey: `removed:${id}`, assignments: [] }, $push },
  )
}
