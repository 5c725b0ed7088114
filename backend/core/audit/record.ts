import { setTimeout as wait } from 'node:timers/promises'
import { AppError } from '../../../shared/errors.ts'
import { isDisconnect } from '../database/retry-write.ts'
import { isDuplicateKey } from '../duplicate-key.ts'
import { newId } from '../ids.ts'
import type { TenantContext } from '../tenancy.ts'
import { type AuditContent, chain } from './chain.ts'
import type { AuditRecord } from './definition.ts'
import { idsOnRecord, insertEntries, readTip, type Tip } from './store.ts'

type Unnumbered = Omit<AuditContent, 'seq'>

interface Pending {
  readonly content: Unnumbered
  readonly resolve: () => void
  readonly reject: (error: unknown) => void
}

const pendingByTenant = new Map<string, Pending[]>()
const writtenSinceCheckpoint = new Set<string>()
/** Where each chain ended when this process last wrote to it; a wrong one is found out by the unique index. */
const knownTips = new Map<string, Tip>()
/** Chains that other processes write to as well: there, reading the tip first is cheaper than failing. */
const sharedUntil = new Map<string, number>()
const mostAtOnce = 500
const mostTries = 40
const mostKnown = 1000
const sharedForMs = 60_000

/** Adds an entry to the tenant's chain; resolves once it is durable. Entries asked for together share one write. */
export function recordAudit(ctx: TenantContext, record: AuditRecord): Promise<void> {
  const content = contentOf(ctx, record)
  return new Promise((resolve, reject) => {
    const queue = pendingByTenant.get(ctx.tenantId)
    if (queue) {
      queue.push({ content, resolve, reject })
      return
    }
    pendingByTenant.set(ctx.tenantId, [{ content, resolve, reject }])
    void writeQueue(ctx.tenantId)
  })
}

/** Tenants with entries of this process since this was last asked. */
export function takeWrittenTenants(): string[] {
  const tenants = [...writtenSinceCheckpoint]
  writtenSinceCheckpoint.clear()
  return tenants
}

async function writeQueue(tenantId: string): Promise<void> {
  for (;;) {
    const batch = pendingByTenant.get(tenantId)?.splice(0, mostAtOnce) ?? []
    if (batch.length === 0) {
      pendingByTenant.delete(tenantId)
      return
    }
    try {
      const contents = batch.map(({ content }) => content)
      remember(tenantId, await append(tenantId, contents))
      writtenSinceCheckpoint.add(tenantId)
      for (const { resolve } of batch) resolve()
    } catch (error) {
      knownTips.delete(tenantId)
      for (const { reject } of batch) reject(error)
    }
  }
}

function remember(tenantId: string, tip: Tip): void {
  knownTips.delete(tenantId)
  if ((sharedUntil.get(tenantId) ?? 0) > Date.now()) return
  sharedUntil.delete(tenantId)
  knownTips.set(tenantId, tip)
  const [oldest] = knownTips.keys()
  if (knownTips.size > mostKnown && oldest !== undefined) knownTips.delete(oldest)
}

/**
 * The unique index on tenant and number decides between processes: who comes second finds the number taken,
 * reads the new tip and links to that. What a broken connection left behind is recognised by its id.
 */
async function append(tenantId: string, contents: readonly Unnumbered[]): Promise<Tip> {
  let tip = knownTips.get(tenantId) ?? (await readTip(tenantId))
  let rest = contents
  for (let tries = 1; tries <= mostTries; tries++) {
    const entries = chain(tip, rest)
    const failure = await insertEntries(entries).then(
      () => null,
      (error: unknown) => error,
    )
    if (failure === null) return entries.at(-1) ?? tip
    sharedUntil.set(tenantId, Date.now() + sharedForMs)
    await waitAfter(failure, tries)
    const state = await stateAfter(tenantId, rest)
    if (state === null) continue
    rest = state.rest
    tip = state.tip
    if (rest.length === 0) return tip
  }
  throw new AppError('service_unavailable', 'The audit trail cannot be written; try again shortly')
}

/** A while at random where another process was first, longer where the database is away. */
async function waitAfter(failure: unknown, tries: number): Promise<void> {
  if (isDuplicateKey(failure)) await wait(Math.random() * 4 * tries)
  else if (isDisconnect(failure)) await wait(100 * Math.min(tries, 10))
  else throw failure
}

/** Null: the database is still away. */
async function stateAfter(tenantId: string, contents: readonly Unnumbered[]) {
  try {
    const ids = contents.map(({ id }) => id)
    const written = await idsOnRecord(tenantId, ids)
    const tip = await readTip(tenantId)
    return { tip, rest: contents.filter(({ id }) => !written.has(id)) }
  } catch (error) {
    if (isDisconnect(error)) return null
    throw error
  }
}

const code = /^[A-Za-z0-9][\w.:-]{0,99}$/
// An e-mail address or a full name, the likeliest slips, never fit.
const identifier = /^[^\s@]{1,200}$/

function contentOf(ctx: TenantContext, record: AuditRecord): Unnumbered {
  const { action, target = null, fields = [], purpose = null, result, detail = null } = record
  const { changes = [] } = record
  for (const text of [action, target?.type, purpose, detail, ...fields]) {
    if (text !== null && text !== undefined && !code.test(text)) {
      throw new TypeError(
        'an audit entry names actions, fields and purposes; it holds no free text',
      )
    }
  }
  if (target && !identifier.test(target.id)) {
    throw new TypeError('an audit target is named by its id, never by personal data')
  }
  return {
    id: newId('aud'),
    tenantId: ctx.tenantId,
    at: new Date().toISOString(),
    action,
    actor: { kind: ctx.principal.kind, id: ctx.principal.id },
    target: target && { type: target.type, id: target.id },
    fields: [...fields],
    purpose,
    result,
    detail,
    remoteAddress: ctx.remoteAddress ?? null,
    requestId: ctx.requestId,
    ...(changes.length === 0 ? {} : { changes: changes.map((change) => ({ ...change })) }),
  }
}
