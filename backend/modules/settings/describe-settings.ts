import { z } from 'zod'
import type { TenantSummary } from '../../../shared/api/access.ts'
import type {
  EffectiveSetting,
  EffectiveSettings,
  SettingContent,
} from '../../../shared/api/settings.ts'
import {
  type SettingKey,
  settingDefinitions,
  settingKeys,
} from '../../../shared/settings/definitions.ts'
import { effectiveSetting } from '../../../shared/settings/effective.ts'
import type { LiveSettings } from './live-settings.ts'

export type Named = Pick<TenantSummary, 'id' | 'name' | 'kind'>
export type Origin = EffectiveSetting['source']

/** Answers who an organisation of a lineage is, for the provenance of a value. */
export type OriginOf = (tenantId: string | null) => Origin

export function originsOf(organisations: readonly Named[]): OriginOf {
  const byId = new Map(organisations.map((organisation) => [organisation.id, organisation]))
  return (tenantId) => {
    if (tenantId === null) return null
    const { name = '', kind = '' } = byId.get(tenantId) ?? {}
    return { tenantId, name, kind }
  }
}

/** Values pass the definitions on their way in, all of which are of these shapes. */
export const content = (value: unknown) => value as SettingContent

interface Form {
  readonly type: EffectiveSetting['type']
  readonly minimum: number | null
  readonly maximum: number | null
}

const forms = new Map<SettingKey, Form>()

/** How a setting is asked for, from its schema. */
function formOf(key: SettingKey): Form {
  const known = forms.get(key)
  if (known) return known
  const json = z.toJSONSchema(settingDefinitions[key].schema, { unrepresentable: 'any' })
  const branches = (json.anyOf ?? [json]) as Record<string, unknown>[]
  const main = branches.find(({ type }) => type !== 'null') ?? {}
  const form: Form = {
    type: typeOf(key, main),
    minimum: typeof main['minimum'] === 'number' ? main['minimum'] : null,
    maximum: typeof main['maximum'] === 'number' ? main['maximum'] : null,
  }
  forms.set(key, form)
  return form
}

function typeOf(key: SettingKey, json: Record<string, unknown>): Form['type'] {
  if (key === 'branding.colour') return 'colour'
  if (key === 'branding.logo') return 'image'
  if (json['type'] === 'array') return 'list'
  if (json['type'] === 'integer' || json['type'] === 'number') return 'number'
  return json['format'] === 'email' ? 'email' : 'text'
}

/** Every setting of the last organisation of the lineage, with where each comes from. */
export function describeSettings(
  organisations: readonly Named[],
  live: LiveSettings,
): EffectiveSettings {
  const lineage = organisations.map(({ id }) => id)
  const tenantId = lineage.at(-1) ?? ''
  const origin = originsOf(organisations)
  return {
    tenantId,
    settings: settingKeys.map((key) => describe(key, tenantId, lineage, origin, live)),
  }
}

function describe(
  key: SettingKey,
  tenantId: string,
  lineage: readonly string[],
  origin: OriginOf,
  live: LiveSettings,
): EffectiveSetting {
  const { title, help, group, fallback } = settingDefinitions[key]
  const said = live.own(lineage, key)
  const now = effectiveSetting(lineage, said, fallback)
  const above = effectiveSetting(lineage.slice(0, -1), said, fallback)
  const own = live.entry(tenantId, key)
  return {
    key,
    title,
    help,
    group,
    ...formOf(key),
    value: content(now.value),
    source: origin(now.source),
    lockedBy: origin(now.lockedBy),
    own: own
      ? { value: content(own.value), locked: own.locked, changedAt: own.changedAt.toISOString() }
      : null,
    inherited: { value: content(above.value), source: origin(above.source) },
    changeable: above.lockedBy === null,
  }
}
