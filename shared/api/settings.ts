import { z } from 'zod'
import { settingKeys } from '../settings/definitions.ts'
import { type Contract, Id } from './contract.ts'

const Key = z.enum(settingKeys)

/** What a setting can hold; which of these it is, its `type` says. */
export const SettingContent = z.union([
  z.string().max(70_000),
  z.number(),
  z.boolean(),
  z.array(z.string().max(500)).max(500),
  z.null(),
])
export type SettingContent = z.output<typeof SettingContent>

const Origin = z.object({ tenantId: Id, name: z.string(), kind: z.string() }).nullable()

export const EffectiveSetting = z.object({
  key: Key,
  title: z.string(),
  help: z.string(),
  group: z.string(),
  type: z.enum(['text', 'email', 'colour', 'image', 'number', 'list']),
  minimum: z.number().nullable(),
  maximum: z.number().nullable(),
  value: SettingContent,
  source: Origin.meta({
    description: 'The organisation whose word counts; null: the value that came with the product',
  }),
  lockedBy: Origin.meta({
    description: 'The organisation that locked it for those below; null: not locked',
  }),
  own: z
    .object({
      value: SettingContent,
      locked: z.boolean(),
      changedAt: z.iso.datetime(),
    })
    .nullable()
    .meta({ description: 'What this organisation itself has said; null: nothing, it inherits' }),
  inherited: z
    .object({ value: SettingContent, source: Origin })
    .meta({ description: 'What would count if this organisation said nothing' }),
  changeable: z.boolean().meta({ description: 'False where an organisation above has locked it' }),
})
export type EffectiveSetting = z.output<typeof EffectiveSetting>

export const EffectiveSettings = z.object({
  tenantId: Id,
  settings: z.array(EffectiveSetting),
})
export type EffectiveSettings = z.output<typeof EffectiveSettings>

export const SettingChange = z.object({
  key: Key,
  inherit: z
    .boolean()
    .default(false)
    .meta({ description: 'Take back what this organisation said, and inherit again' }),
  value: SettingContent.optional(),
  locked: z
    .boolean()
    .default(false)
    .meta({ description: 'Organisations below cannot say otherwise' }),
})
export type SettingChange = z.output<typeof SettingChange>

const Changes = z.object({ changes: z.array(SettingChange).min(1).max(settingKeys.length) })

const Side = z.object({ value: SettingContent, source: Origin, locked: z.boolean() })

export const SettingEffect = z.object({
  tenantId: Id,
  name: z.string(),
  kind: z.string(),
  key: Key,
  before: Side,
  after: Side,
  overrules: z
    .boolean()
    .meta({ description: 'The organisation has a word of its own that would stop counting' }),
})
export type SettingEffect = z.output<typeof SettingEffect>

export const SettingsPreview = z.object({
  organisations: z.number().int().meta({ description: 'Looked at: this one and all below it' }),
  changing: z.number().int().meta({ description: 'Organisations for which something changes' }),
  keepingOwn: z
    .number()
    .int()
    .meta({ description: 'Organisations that keep a word of their own against a change' }),
  effects: z.array(SettingEffect).meta({ description: 'By name; at most 500' }),
  truncated: z.boolean(),
})
export type SettingsPreview = z.output<typeof SettingsPreview>

const OfTenant = z.object({
  tenantId: Id.optional().meta({
    description: 'An organisation below your own; yours where absent',
  }),
})

export const settingsApi = {
  'GET /api/v1/settings': {
    summary: 'Get the settings that count for an organisation, each with where it comes from',
    access: 'tenant',
    scope: 'settings.read',
    query: OfTenant,
    response: EffectiveSettings,
    errors: ['not_found'],
  },
  'POST /api/v1/settings/preview': {
    summary: 'See which organisations a change would reach, without making it',
    access: 'tenant',
    scope: 'settings.read',
    body: Changes,
    response: SettingsPreview,
    errors: ['setting_locked'],
  },
  'PATCH /api/v1/settings': {
    summary: 'Change settings of your organisation; those below inherit them',
    description:
      'All changes are made or, where one is refused, none. A setting that an organisation above has locked cannot be changed.',
    access: 'tenant',
    scope: 'settings.write',
    body: Changes,
    response: EffectiveSettings,
    errors: ['setting_locked'],
  },
} satisfies Contract
