import type { SettingEffect, SettingsPreview } from '../../../shared/api/settings.ts'
import { settingDefinitions } from '../../../shared/settings/definitions.ts'
import type { Effective } from '../../../shared/settings/effective.ts'
import { whatIf } from '../../../shared/settings/what-if.ts'
import type { CheckedChange } from './change-settings.ts'
import { content, type Named, type OriginOf, originsOf } from './describe-settings.ts'
import type { LiveSettings } from './live-settings.ts'

export interface PlacedOrganisation extends Named {
  readonly lineage: readonly string[]
}

const mostShown = 500

/** Which organisations the changes of one of them would reach; nothing is written. */
export function previewChanges(
  tenantId: string,
  changes: readonly CheckedChange[],
  tree: readonly PlacedOrganisation[],
  above: readonly Named[],
  live: LiveSettings,
): SettingsPreview {
  const origin = originsOf([...above, ...tree])
  const ids = [...above, ...tree].map(({ id }) => id)
  const changing = new Set<string>()
  const keeping = new Set<string>()
  const effects: SettingEffect[] = []
  for (const { key, said } of changes) {
    const own = live.own(ids, key)
    const found = whatIf(tree, own, { tenantId, said }, settingDefinitions[key].fallback)
    for (const { id } of found.keepingOwn) keeping.add(id)
    for (const { organisation, before, after, overrules } of found.differences) {
      changing.add(organisation.id)
      effects.push({
        tenantId: organisation.id,
        name: organisation.name,
        kind: organisation.kind,
        key,
        before: sideOf(before, origin),
        after: sideOf(after, origin),
        overrules,
      })
    }
  }
  effects.sort((a, b) => a.name.localeCompare(b.name, 'en-GB') || a.key.localeCompare(b.key))
  return {
    organisations: tree.length,
    changing: changing.size,
    keepingOwn: keeping.size,
    effects: effects.slice(0, mostShown),
    truncated: effects.length > mostShown,
  }
}

function sideOf({ value, source, lockedBy }: Effective, origin: OriginOf) {
  return { value: content(value), source: origin(source), locked: lockedBy !== null }
}
