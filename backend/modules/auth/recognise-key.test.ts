import { describe, expect, it } from 'vitest'
import { createLogger } from '../../core/logging.ts'
import { digestOf, makeKey } from './key-format.ts'
import type { ApiKeyRow } from './key-store.ts'
import { createKeyRecogniser } from './recognise-key.ts'

const now = new Date('2026-11-23T09:00:00Z')
const past = new Date('2026-11-22T09:00:00Z')

function row(key: string, more: Partial<ApiKeyRow> = {}): ApiKeyRow {
  return {
    _id: `key_${digestOf(key)}`,
    tenantId: 'ten_1',
    kind: 'api-key',
    name: 'k',
    mode: 'live',
    hint: '',
    digest: digestOf(key),
    scopes: ['items.read'],
    staffUserId: null,
    expiresAt: null,
    // Used just now, so that no use is noted.
    lastUsedAt: now,
    revokedAt: null,
    createdAt: past,
    updatedAt: past,
    ...more,
  }
}

function setup(rows: ApiKeyRow[]) {
  const work: string[] = []
  const recognise = createKeyRecogniser(
    { now: () => now, log: createLogger({ level: 'silent' }) },
    {
      digest(token) {
        work.push('hash')
        return digestOf(token)
      },
      async find(digest) {
        work.push('look up')
        return (
          rows.find(
            (one) => one.digest === digest || one.previous?.some((old) => old.digest === digest),
          ) ?? null
        )
      },
      readChanges: async () => [],
      scopesOf: async (key) => new Set(key.scopes),
    },
  )
  const facts = { requestId: 'r', remoteAddress: '198.51.100.1' }
  return { work, recognise: (token: string) => recognise(token, facts) }
}

const good = makeKey('edp_live_')
const revoked = makeKey('edp_live_')
const expired = makeKey('edp_live_')
const rotated = makeKey('edp_live_')
const elsewhere = makeKey('edp_live_')
const rows = [
  row(good),
  row(revoked, { revokedAt: past }),
  row(expired, { expiresAt: past }),
  row(makeKey('edp_live_'), { previous: [{ digest: digestOf(rotated), hint: '', until: past }] }),
  row(elsewhere, { allowedNetworks: ['203.0.113.0/24'] }),
]

describe('recognising a key', () => {
  it.each([
    ['key_malformed', `${good.slice(0, -1)}~`],
    ['key_malformed', 'edp_live_'],
    ['key_unknown', makeKey('edp_live_')],
    ['key_revoked', revoked],
    ['key_expired', expired],
    ['key_rotated', rotated],
    ['key_network_not_allowed', elsewhere],
  ])('costs one hash and one look-up when it ends as %s, first and again', async (code, token) => {
    const { work, recognise } = setup(rows)

    for (const _ of [1, 2]) {
      work.length = 0
      await expect(recognise(token)).rejects.toMatchObject({ code })
      expect(work).toEqual(['hash', 'look up'])
    }
  })

  it('reads a good key once', async () => {
    const { work, recognise } = setup(rows)

    for (const _ of [1, 2, 3]) await recognise(good)

    expect(work).toEqual(['hash', 'look up', 'hash', 'hash'])
  })

  it('acts in test mode with a test key, by the clock of its sandbox', async () => {
    const key = makeKey('edp_test_')
    const recognise = createKeyRecogniser(
      {
        now: () => now,
        nowIn: async () => new Date('2027-01-01T00:00:00Z'),
        log: createLogger({ level: 'silent' }),
      },
      {
        digest: digestOf,
        find: async () => row(key, { mode: 'test', expiresAt: new Date('2026-12-01T00:00:00Z') }),
        readChanges: async () => [],
        scopesOf: async () => new Set(['items.read']),
      },
    )

    await expect(recognise(key, { requestId: 'r', remoteAddress: '' })).rejects.toMatchObject({
      code: 'key_expired',
    })
  })
})
