import {
  type SettingKey,
  type SettingValue,
  settingDefinitions,
} from '../../../shared/settings/definitions.ts'
import { effectiveSetting, type OwnSetting } from '../../../shared/settings/effective.ts'
import { type SettingsRow, type StoredSetting, settingsSince } from './store.ts'

export interface LiveSettings {
  /** The value that counts for an organisation now; at most a second old where another process changed it. */
  get<K extends SettingKey>(tenantId: string, key: K): Promise<SettingValue<K>>
  /** What the organisations of a lineage have said about a setting. */
  own(lineage: readonly string[], key: SettingKey): ReadonlyMap<string, OwnSetting>
  entry(tenantId: string, key: SettingKey): StoredSetting | undefined
  /** Brings this process up to date. */
  fresh(): Promise<void>
  /** Takes over what this process has just written. */
  read(): Promise<void>
}

export interface LiveSettingsOptions {
  /** From the root down to the organisation itself; empty: there is no such organisation. */
  lineageOf(tenantId: string): Promise<readonly string[]>
  /** Monotonic milliseconds. */
  readonly clock?: () => number
}

const maxAgeMs = 900
/** Writes of other processes may become visible a little after their time. */
const overlapMs = 5000
const mostLineages = 20_000

/** Every organisation's words in memory: few have many, so that reading a setting costs nothing. */
export function createLiveSettings(options: LiveSettingsOptions): LiveSettings {
  const { lineageOf, clock = () => performance.now() } = options
  const rows = new Map<string, Map<SettingKey, StoredSetting>>()
  const lineages = new Map<string, readonly string[]>()
  let newestMs = 0
  let readAt = Number.NEGATIVE_INFINITY
  let reading: Promise<void> | undefined

  function take({ tenantId, entries, updatedAt }: SettingsRow): void {
    newestMs = Math.max(newestMs, updatedAt.getTime())
    rows.set(tenantId, new Map(entries.map((entry) => [entry.key, entry])))
  }

  async function readChanges(): Promise<void> {
    const startedAt = clock()
    const changed = await settingsSince(new Date(Math.max(0, newestMs - overlapMs)))
    for (const row of changed) take(row)
    readAt = startedAt
  }

  async function fresh(): Promise<void> {
    if (clock() - readAt < maxAgeMs) return
    reading ??= readChanges().finally(() => {
      reading = undefined
    })
    await reading
  }

  async function lineageFor(tenantId: string): Promise<readonly string[]> {
    const known = lineages.get(tenantId)
    if (known) return known
    const found = await lineageOf(tenantId)
    // An organisation never moves in the tree.
    if (lineages.size >= mostLineages) lineages.clear()
    if (found.length > 0) lineages.set(tenantId, found)
    return found
  }

  function own(lineage: readonly string[], key: SettingKey): ReadonlyMap<string, OwnSetting> {
    const said = new Map<string, OwnSetting>()
    for (const tenantId of lineage) {
      const entry = rows.get(tenantId)?.get(key)
      if (entry) said.set(tenantId, { tenantId, value: entry.value, locked: entry.locked })
    }
    return said
  }

  return {
    own,
    fresh,
    read: readChanges,
    entry: (tenantId, key) => rows.get(tenantId)?.get(key),
    async get<K extends SettingKey>(tenantId: string, key: K) {
      const [lineage] = await Promise.all([lineageFor(tenantId), fresh()])
      const { schema, fallback } = settingDefinitions[key]
      const { value } = effectiveSetting(lineage, own(lineage, key), fallback)
      const parsed = schema.safeParse(value)
      // A value of an older release that the definition no longer allows counts as not said.
      return (parsed.success ? parsed.data : fallback) as SettingValue<K>
    },
  }
}
