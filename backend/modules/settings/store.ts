import mongoose from 'mongoose'
import type { SettingKey } from '../../../shared/settings/definitions.ts'
import { isDuplicateKey } from '../../core/duplicate-key.ts'
import { pushEvent, type WithOutbox, withOutbox } from '../../core/events/index.ts'
import { type TenantContext, tenantScoped } from '../../core/tenancy.ts'

export interface StoredSetting {
  readonly key: SettingKey
  readonly value: unknown
  readonly locked: boolean
  readonly changedAt: Date
}

/** All that one organisation has said, in one document: a change of several settings is one write. */
export interface SettingsRow {
  readonly _id: string
  readonly tenantId: string
  readonly revision: number
  readonly entries: readonly StoredSetting[]
  readonly updatedAt: Date
}

const { Mixed } = mongoose.Schema.Types

const schema = new mongoose.Schema<SettingsRow & WithOutbox>(
  {
    _id: { type: String, required: true },
    revision: { type: Number, required: true },
    entries: { type: [Mixed], required: true } as never,
    updatedAt: { type: Date, required: true },
  },
  { autoIndex: false, autoCreate: false, minimize: false, versionKey: false },
)
schema.plugin(tenantScoped)
schema.plugin(withOutbox)
schema.index({ updatedAt: 1 })
export const SettingsModel = mongoose.model('Settings', schema, 'settings')

/** What was said since, by every organisation: each process holds all of it in memory. */
export async function settingsSince(since: Date): Promise<SettingsRow[]> {
  return SettingsModel.find(
    { updatedAt: { $gte: since } },
    { pendingEvents: 0 },
    { acrossTenants: 'each process holds the settings of all tenants' },
  ).lean<SettingsRow[]>()
}

export async function findSettings(tenantId: string): Promise<SettingsRow | null> {
  return SettingsModel.findOne(
    { _id: tenantId, tenantId },
    { pendingEvents: 0 },
  ).lean<SettingsRow>()
}

/** False where another writer was faster. The time of the change is the database's. */
export async function replaceSettings(
  ctx: TenantContext,
  revision: number,
  entries: readonly StoredSetting[],
  keys: readonly SettingKey[],
): Promise<boolean> {
  const { tenantId } = ctx
  try {
    const result = await SettingsModel.updateOne(
      { _id: tenantId, tenantId, revision },
      {
        $set: { entries: [...entries], revision: revision + 1 },
        $currentDate: { updatedAt: true },
        ...pushEvent(ctx, 'settings.changed', { tenantId, keys: [...keys] }),
      },
      // A first change finds no document of revision 0; a second writer then meets the id.
      { upsert: revision === 0 },
    )
    return result.matchedCount + result.upsertedCount === 1
  } catch (error) {
    if (isDuplicateKey(error)) return false
    throw error
  }
}
