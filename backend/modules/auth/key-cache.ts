import { EventEmitter } from 'node:events'
import { type ChangeWatch, createChangeWatch } from '../../core/database/change-watch.ts'
import type { ApiKeyRow } from './key-store.ts'

export interface KnownKey {
  readonly key: ApiKeyRow
  readonly scopes: ReadonlySet<string>
  readonly allows: (address: string) => boolean
}

export interface KeyCache {
  /** A key that was usable when it was read and has not changed since. */
  get(digest: string): KnownKey | undefined
  put(digest: string, known: KnownKey): void
  drop(id: string): void
  /** To be awaited before `get`: see `ChangeWatch`. */
  fresh: ChangeWatch['fresh']
}

export interface KeyCacheOptions {
  readonly readChanges: Parameters<typeof createChangeWatch>[0]['readChanges']
  readonly limit?: number
  /** Monotonic milliseconds. */
  readonly clock?: () => number
}

interface Entry {
  readonly known: KnownKey
  readonly until: number
}

const changes = new EventEmitter<{ changed: [id: string] }>()
// One listener for each auth module of the process; tests start many.
changes.setMaxListeners(0)

/** Makes a change of a key count at once in this process; other processes hear of it through the database. */
export function tellKeyChanged(id: string): void {
  changes.emit('changed', id)
}

/** What a person may do changes without any change of the key that is bound to them. */
const rightsKnownForMs = 900
const keyKnownForMs = 300_000

/** Usable keys of all tenants, at most `limit` of them, none older than a second behind the database. */
export function createKeyCache(options: KeyCacheOptions): KeyCache {
  const { readChanges, limit = 20_000, clock = () => performance.now() } = options
  const entries = new Map<string, Entry>()
  const digestsOf = new Map<string, string[]>()

  function drop(id: string): void {
    for (const digest of digestsOf.get(id) ?? []) entries.delete(digest)
    digestsOf.delete(id)
  }

  function evict(digest: string, { known }: Entry): void {
    entries.delete(digest)
    const rest = (digestsOf.get(known.key._id) ?? []).filter((other) => other !== digest)
    if (rest.length > 0) digestsOf.set(known.key._id, rest)
    else digestsOf.delete(known.key._id)
  }

  const watch = createChangeWatch({ readChanges, onChange: drop, clock })
  changes.on('changed', drop)

  return {
    get(digest) {
      const entry = entries.get(digest)
      if (!entry) return undefined
      if (entry.until > clock()) return entry.known
      evict(digest, entry)
      return undefined
    },
    put(digest, known) {
      const { _id, changedAt, staffUserId } = known.key
      if (watch.isOvertaken(_id, changedAt ?? new Date(0))) return
      const [oldest] = entries
      if (entries.size >= limit && oldest) evict(...oldest)
      const knownForMs = staffUserId === null ? keyKnownForMs : rightsKnownForMs
      entries.set(digest, { known, until: clock() + knownForMs })
      const digests = digestsOf.get(_id) ?? []
      if (!digests.includes(digest)) digestsOf.set(_id, [...digests, digest])
    },
    drop,
    fresh: watch.fresh,
  }
}
