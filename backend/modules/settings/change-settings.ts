import type { SettingChange } from '../../../shared/api/settings.ts'
import { AppError, type FieldError } from '../../../shared/errors.ts'
import { type SettingKey, settingDefinitions } from '../../../shared/settings/definitions.ts'
import { effectiveSetting } from '../../../shared/settings/effective.ts'
import { changesOf, recordAudit } from '../../core/audit/index.ts'
import type { TenantContext } from '../../core/tenancy.ts'
import { type Named, originsOf } from './describe-settings.ts'
import type { LiveSettings } from './live-settings.ts'
import { findSettings, replaceSettings, type StoredSetting } from './store.ts'

/** A change whose value the definition accepts; `null` hands the setting back. */
export interface CheckedChange {
  readonly key: SettingKey
  readonly said: { readonly value: unknown; readonly locked: boolean } | null
}

/** Refuses values that a definition does not allow, settings named twice, and those locked from above. */
export function checkChanges(
  changes: readonly SettingChange[],
  organisations: readonly Named[],
  live: LiveSettings,
): CheckedChange[] {
  const errors: FieldError[] = []
  const seen = new Set<SettingKey>()
  const checked = changes.map((change, index): CheckedChange => {
    const { key, inherit, locked } = change
    const pointer = `#/changes/${index}`
    if (seen.has(key)) errors.push({ pointer, code: 'duplicate', detail: `${key} comes twice` })
    seen.add(key)
    if (inherit) return { key, said: null }
    const parsed = settingDefinitions[key].schema.safeParse(change.value)
    if (parsed.success) return { key, said: { value: parsed.data, locked } }
    for (const { message, code } of parsed.error.issues) {
      errors.push({ pointer: `${pointer}/value`, code, detail: message })
    }
    return { key, said: null }
  })
  if (errors.length > 0) {
    const first = errors[0]
    throw new AppError('invalid_request', `${first?.pointer}: ${first?.detail}`, { errors })
  }
  assertUnlocked(checked, organisations, live)
  return checked
}

function assertUnlocked(
  changes: readonly CheckedChange[],
  organisations: readonly Named[],
  live: LiveSettings,
): void {
  const above = organisations.slice(0, -1)
  const lineage = above.map(({ id }) => id)
  const origin = originsOf(above)
  for (const { key, said } of changes) {
    const { lockedBy } = effectiveSetting(lineage, live.own(lineage, key), null)
    // Handing back what no longer counts is tidying up, and harms nobody.
    if (lockedBy === null || said === null) continue
    throw new AppError(
      'setting_locked',
      `“${settingDefinitions[key].title}” is locked by ${origin(lockedBy)?.name}; ask there`,
    )
  }
}

const tries = 5

/** Writes all changes as one; they count in this process at once and in others within a second. */
export async function writeChanges(
  ctx: TenantContext,
  changes: readonly CheckedChange[],
  live: LiveSettings,
  now: Date,
): Promise<void> {
  for (let left = tries; left > 0; left--) {
    const current = await findSettings(ctx.tenantId)
    const before = current?.entries ?? []
    const { entries, changed } = applyChanges(before, changes, now)
    if (changed.length === 0) return
    if (!(await replaceSettings(ctx, current?.revision ?? 0, entries, changed))) continue
    await live.read()
    await recordAudit(ctx, {
      action: 'settings.update',
      target: { type: 'tenant', id: ctx.tenantId },
      fields: changed,
      changes: changesOf(valuesOf(before), valuesOf(entries)),
      result: 'success',
    })
    return
  }
  throw new AppError('conflict', 'Others change these settings at this moment; try again')
}

function applyChanges(
  entries: readonly StoredSetting[],
  changes: readonly CheckedChange[],
  now: Date,
): { entries: StoredSetting[]; changed: SettingKey[] } {
  const byKey = new Map(entries.map((entry) => [entry.key, entry]))
  const changed: SettingKey[] = []
  for (const { key, said } of changes) {
    const before = byKey.get(key)
    if (said === null) {
      if (byKey.delete(key)) changed.push(key)
      continue
    }
    const isSame =
      before?.locked === said.locked && JSON.stringify(before.value) === JSON.stringify(said.value)
    if (isSame) continue
    byKey.set(key, { key, ...said, changedAt: now })
    changed.push(key)
  }
  return { entries: [...byKey.values()], changed }
}

/** As the trail shows them: a lock is part of what was said. */
function valuesOf(entries: readonly StoredSetting[]): Record<string, unknown> {
  return Object.fromEntries(
    entries.map(({ key, value, locked }) => [key, locked ? { value, locked } : value]),
  )
}
