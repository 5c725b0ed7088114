import { expect, it } from 'vitest'
import { createKeyCache, type KnownKey, tellKeyChanged } from './key-cache.ts'
import type { ApiKeyRow } from './key-store.ts'

function known(id: string, more: Partial<ApiKeyRow> = {}): KnownKey {
  const key = { _id: id, staffUserId: null, changedAt: new Date(1000), ...more } as ApiKeyRow
  return { key, scopes: new Set(), allows: () => true }
}

function setup(limit?: number) {
  const state = { now: 0, changes: [] as { id: string; at: Date }[] }
  const cache = createKeyCache({
    readChanges: async () => state.changes,
    clock: () => state.now,
    ...(limit === undefined ? {} : { limit }),
  })
  return { state, cache }
}

it('forgets a key under all its secrets when another process changed it', async () => {
  const { state, cache } = setup()
  await cache.fresh()
  cache.put('new', known('key_a'))
  cache.put('old', known('key_a'))
  state.changes = [{ id: 'key_a', at: new Date(2000) }]
  state.now = 1000

  await cache.fresh()

  expect(cache.get('new')).toBeUndefined()
  expect(cache.get('old')).toBeUndefined()
})

it('does not keep what was read before a change that is known already', async () => {
  const { state, cache } = setup()
  state.changes = [{ id: 'key_a', at: new Date(2000) }]
  await cache.fresh()

  cache.put('digest', known('key_a', { changedAt: new Date(1000) }))

  expect(cache.get('digest')).toBeUndefined()
})

it('hears of a change in its own process without asking the database', () => {
  const { cache } = setup()
  cache.put('digest', known('key_a'))

  tellKeyChanged('key_a')

  expect(cache.get('digest')).toBeUndefined()
})

it('keeps no more than its limit, dropping the oldest', () => {
  const { cache } = setup(2)

  for (const id of ['a', 'b', 'c']) cache.put(id, known(id))

  expect(['a', 'b', 'c'].map((id) => cache.get(id)?.key._id)).toEqual([undefined, 'b', 'c'])
})

it('reads the rights of a person again within a second', () => {
  const { state, cache } = setup()
  cache.put('ext', known('key_x', { staffUserId: 'usr_1' }))
  state.now = 899
  expect(cache.get('ext')).toBeDefined()

  state.now = 900

  expect(cache.get('ext')).toBeUndefined()
})
