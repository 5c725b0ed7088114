import { performance } from 'node:perf_hooks'
import { type ChainedEntry, chain, genesisHash } from '../backend/core/audit/chain.ts'
import { AuditEntryModel, listAudit, recordAudit } from '../backend/core/audit/index.ts'
import { insertEntries } from '../backend/core/audit/store.ts'
import { newId } from '../backend/core/ids.ts'
import { systemContext } from '../backend/core/tenancy.ts'

/** Searching a trail of a million entries, and what writing to it costs. Needs an open database. */

const actions = [
  'roster.users.read',
  'session.create',
  'key.use',
  'connection.update',
  'settings.update',
  'lti.launch',
  'item.import',
  'webhook.create',
]
const batch = 5000

const start = Date.parse('2025-01-01T00:00:00Z')

function changesAt(n: number) {
  if (n % 5 !== 0) return {}
  return { changes: [{ field: 'name', before: `Old ${n % 977}`, after: `New ${n % 991}` }] }
}

function contentAt(tenantId: string, n: number) {
  const action = actions[n % actions.length] ?? ''
  const at = start + n * 30_000
  return {
    id: newId('aud', at),
    tenantId,
    at: new Date(at).toISOString(),
    action,
    actor: { kind: n % 3 === 0 ? 'api-key' : 'staff', id: `usr_${n % 400}` },
    target: { type: action.split('.')[0] ?? '', id: `obj_${n % 20_000}` },
    fields: n % 5 === 0 ? ['name', 'state'] : [],
    purpose: null,
    result: n % 50 === 0 ? ('refused' as const) : ('success' as const),
    detail: n % 1000 === 0 ? 'insufficient_scope' : null,
    remoteAddress: '192.0.2.7',
    requestId: `req-${n}`,
    ...changesAt(n),
  }
}

/** Entries as a busy trust leaves them: a few actors, many objects, some changes. */
function* entries(tenantId: string, count: number): Generator<ChainedEntry[]> {
  let tip = { seq: 0, hash: genesisHash }
  for (let done = 0; done < count; done += batch) {
    const size = Math.min(batch, count - done)
    const contents = Array.from({ length: size }, (_, index) => contentAt(tenantId, done + index))
    const chained = chain(tip, contents)
    tip = chained.at(-1) ?? tip
    yield chained
  }
}

const questions = (n: number) => [
  { q: 'connection' },
  { q: `new ${n % 991}` },
  { q: 'connection refused' },
  { q: 'insufficient_scope settings' },
  { q: `obj_${(n * 37) % 20_000}` },
  { actorId: `usr_${n % 400}` },
  { targetId: `obj_${(n * 53) % 20_000}` },
  { action: 'roster.*' },
  { action: 'key.use', result: 'refused' as const },
  { from: '2025-06-01T00:00:00Z', to: '2025-06-02T00:00:00Z' },
  { actorId: `usr_${n % 400}`, from: '2025-03-01T00:00:00Z', to: '2025-04-01T00:00:00Z' },
  { q: 'session', actorId: `usr_${n % 400}` },
]

export async function measureAudit(count: number) {
  const ctx = systemContext(newId('ten'), 'bench')
  await AuditEntryModel.createIndexes()
  const startedAt = performance.now()
  for (const some of entries(ctx.tenantId, count)) await insertEntries(some)
  const fillMs = performance.now() - startedAt

  const times: number[] = []
  const slowest = { ms: 0, question: '' }
  for (let n = 0; n < 20; n++) {
    for (const question of questions(n)) {
      const start = performance.now()
      await listAudit(ctx, { limit: 50, ...question })
      const ms = performance.now() - start
      times.push(ms)
      if (ms > slowest.ms) Object.assign(slowest, { ms, question: JSON.stringify(question) })
    }
  }
  times.sort((a, b) => a - b)
  const at = (share: number) => Math.round((times[Math.floor(times.length * share)] ?? 0) * 10) / 10

  const writes = 20_000
  const record = {
    action: 'key.use',
    target: { type: 'key', id: 'key_1' },
    result: 'success',
  } as const
  const writeStart = performance.now()
  const cpuBefore = process.cpuUsage()
  for (let done = 0; done < writes; done += 200) {
    await Promise.all(Array.from({ length: 200 }, () => recordAudit(ctx, record)))
  }
  const cpu = process.cpuUsage(cpuBefore)
  const writeMs = performance.now() - writeStart
  await AuditEntryModel.deleteMany({ tenantId: ctx.tenantId })
  return {
    entries: count,
    filledPerSecond: Math.round(count / (fillMs / 1000)),
    searches: times.length,
    p50Ms: at(0.5),
    p95Ms: at(0.95),
    slowestMs: Math.round(slowest.ms),
    slowest: slowest.question,
    writesPerSecond: Math.round(writes / (writeMs / 1000)),
    writeCpuMicroseconds: Math.round((cpu.user + cpu.system) / writes),
  }
}
