import mongoose, { Schema } from 'mongoose'
import type { CustomRoleChange, CustomRoleList } from '../../../shared/api/roles.ts'
import { newId } from '../../core/ids.ts'
import { type FoundPage, findPage, timeFilter } from '../../core/lists/index.ts'
import { type TenantContext, tenantScoped } from '../../core/tenancy.ts'

export interface CustomRoleRow {
  readonly _id: string
  readonly tenantId: string
  readonly name: string
  /** Lower-case name: one role of a name in an organisation. */
  readonly nameKey: string
  readonly description: string
  readonly scopes: readonly string[]
  readonly createdAt: Date
  readonly updatedAt: Date
}

const schema = new Schema<CustomRoleRow>(
  {
    _id: { type: String, required: true },
    name: { type: String, required: true },
    nameKey: { type: String, required: true },
    description: { type: String, default: '' },
    scopes: { type: [String], required: true } as never,
  },
  { timestamps: true, autoIndex: false, versionKey: false },
)
schema.plugin(tenantScoped)
schema.index({ tenantId: 1, nameKey: 1 }, { unique: true })
export const CustomRoleModel = mongoose.model('CustomRole', schema, 'customRoles')

export async function insertRole(
  ctx: TenantContext,
  role: Pick<CustomRoleRow, 'name' | 'description' | 'scopes'>,
): Promise<CustomRoleRow> {
  const created = await CustomRoleModel.create({
    _id: newId('rol'),
    tenantId: ctx.tenantId,
    ...role,
    nameKey: role.name.toLowerCase(),
    scopes: [...role.scopes],
  })
  return created.toObject()
}

/** Roles made by any of these organisations, by id. */
export async function findRoles(
  tenantIds: readonly string[],
  ids: readonly string[],
): Promise<CustomRoleRow[]> {
  return CustomRoleModel.find({ tenantId: { $in: [...tenantIds] }, _id: { $in: [...ids] } }).lean<
    CustomRoleRow[]
  >()
}

export async function findRolePage(
  tenantIds: readonly string[],
  query: CustomRoleList,
): Promise<FoundPage<CustomRoleRow>> {
  return findPage<CustomRoleRow>(CustomRoleModel, {
    filter: { tenantId: { $in: [...tenantIds] }, ...timeFilter(query) },
    query,
    sortFields: {
      name: { path: 'nameKey', type: 'text' },
      createdAt: { path: '_id', type: 'text' },
    },
    defaultSort: 'name',
  })
}

/** Null where another writer was faster. */
export async function replaceRole(
  { _id, tenantId, updatedAt }: CustomRoleRow,
  change: CustomRoleChange,
): Promise<CustomRoleRow | null> {
  const { name } = change
  return CustomRoleModel.findOneAndUpdate(
    { _id, tenantId, updatedAt },
    { $set: { ...change, ...(name === undefined ? {} : { nameKey: name.toLowerCase() }) } },
    { returnDocument: 'after' },
  ).lean<CustomRoleRow>()
}

export async function deleteRole({ _id, tenantId }: CustomRoleRow): Promise<void> {
  await CustomRoleModel.deleteOne({ _id, tenantId })
}
