import { performance } from 'node:perf_hooks'
import { createLogger } from '../backend/core/logging.ts'
import { digestOf, makeKey } from '../backend/modules/auth/key-format.ts'
import type { ApiKeyRow } from '../backend/modules/auth/key-store.ts'
import { createKeyRecogniser } from '../backend/modules/auth/recognise-key.ts'

/**
 * Recognising a key in process: hash, checksum, cache, expiry, networks. The database is replaced by one that
 * answers after a millisecond, so that what is not served from memory shows.
 * Run with `node --import tsx bench/keys.ts`.
 */
const calls = 100_000
const answerAfterMs = 1

function rowOf(key: string, index: number): ApiKeyRow {
  const at = new Date()
  return {
    _id: `key_${index}`,
    tenantId: `ten_${index % 1000}`,
    kind: 'api-key',
    name: 'bench',
    mode: 'live',
    hint: '',
    digest: digestOf(key),
    scopes: ['items.read'],
    staffUserId: null,
    allowedNetworks: ['198.51.100.0/24', '2001:db8::/32'],
    expiresAt: null,
    lastUsedAt: new Date(at.getTime() + 3_600_000),
    revokedAt: null,
    createdAt: at,
    updatedAt: at,
  }
}

async function measure(count: number) {
  const keys = Array.from({ length: count }, () => makeKey('edp_live_'))
  const rows = new Map(keys.map((key, index) => [digestOf(key), rowOf(key, index)]))
  let reads = 0
  const answer = <T>(value: T) => {
    reads++
    return new Promise<T>((resolve) => setTimeout(resolve, answerAfterMs, value))
  }
  const recognise = createKeyRecogniser(
    { now: () => new Date(), log: createLogger({ level: 'silent' }) },
    {
      digest: digestOf,
      find: (digest) => answer(rows.get(digest) ?? null),
      readChanges: () => answer([]),
      scopesOf: async (key) => new Set(key.scopes),
    },
  )
  const facts = { requestId: 'bench', remoteAddress: '198.51.100.7' }
  await Promise.all(keys.map((key) => recognise(key, facts)))
  reads = 0
  const times = new Float64Array(calls)
  const cpuBefore = process.cpuUsage()
  for (let index = 0; index < calls; index++) {
    // A stride that visits every key in turn, so that none stays warm by chance.
    const key = keys[(index * 7919) % count] ?? ''
    const start = performance.now()
    await recognise(key, facts)
    times[index] = performance.now() - start
  }
  const cpu = process.cpuUsage(cpuBefore)
  times.sort()
  const at = (share: number) => ((times[Math.floor(calls * share)] ?? 0) * 1000).toFixed(1)
  return {
    keys: count,
    'p50 µs': at(0.5),
    'p99 µs': at(0.99),
    'p99.9 µs': at(0.999),
    'CPU µs per call': ((cpu.user + cpu.system) / calls).toFixed(1),
    'database reads': reads,
  }
}

const table = []
for (const count of [10, 1000, 10_000]) table.push(await measure(count))
process.stdout.write(`${JSON.stringify(table, null, 2)}\n`)
