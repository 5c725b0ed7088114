import { setTimeout as wait } from 'node:timers/promises'
import { AppError } from '../../../shared/errors.ts'
import { isDuplicateKey } from '../duplicate-key.ts'
import { newId } from '../ids.ts'
import { isConnectionLoss } from '../retry-write.ts'
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
const mostAtOnce = 500
const mostTries = 40

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
  let tip: Tip | null = null
  for (;;) {
    const batch = pendingByTenant.get(tenantId)?.splice(0, mostAtOnce) ?? []
    if (batch.length === 0) {
      pendingByTenant.delete(tenantId)
      return
    }
    try {
      tip = await append(
        tenantId,
        tip,
        batch.map(({ content }) => content),
      )
      writtenSinceCheckpoint.add(tenantId)
      for (const { resolve } of batch) resolve()
    } catch (error) {
      tip = null
      for (const { reject } of batch) reject(error)
    }
  }
}

/**
 * The unique index on tenant and number decides between processes: who comes second finds the number taken,
 * reads the new tip and links to that. What a broken connection left behind is recognised by its id.
 */
async function append(
  tenantId: string,
  knownTip: Tip | null,
  contents: readonly Unnumbered[],
): Promise<Tip> {
  let tip = knownTip ?? (await readTip(tenantId))
  let rest = contents
  for (let tries = 1; tries <= mostTries; tries++) {
    const entries = chain(tip, rest)
    const failure = await insertEntries(entries).then(
      () => null,
      (error: unknown) => error,
    )
    if (failure === null) return entries.at(-1) ?? tip
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
  else if (isConnectionLoss(failure)) await wait(100 * Math.min(tries, 10))
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
    if (isConnectionLoss(error)) return null
    throw error
  }
}

const code = /^[A-Za-z0-9][\w.:-]{0,99}$/
// An e-mail address or a full name, the likeliest slips, never fit.
const identifier = /^[^\s@]{1,200}$/

function contentOf(ctx: TenantContext, record: AuditRecord): Unnumbered {
  const { action, target = null, fields = [], purpose = null, result, detail = null } = record
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
  }
}
