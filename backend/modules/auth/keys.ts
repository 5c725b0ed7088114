import type { Page } from '../../../shared/api/contract.ts'
import type { ApiKey } from '../../../shared/api/keys.ts'
import { AppError } from '../../../shared/errors.ts'
import { recordAudit } from '../../core/audit/index.ts'
import { showPage, type TimedQuery } from '../../core/lists/index.ts'
import { hasScope, type TenantContext } from '../../core/tenancy.ts'
import { getTenant } from '../tenants/index.ts'
import { tellKeyChanged } from './key-cache.ts'
import { digestOf, hintOf, makeKey } from './key-format.ts'
import {
  type ApiKeyRow,
  changeKey,
  findKey,
  findKeyPage,
  insertKey,
  markRevoked,
} from './key-store.ts'

const dayMs = 86_400_000

export function showKey(key: ApiKeyRow, now: Date): ApiKey {
  return {
    id: key._id,
    name: key.name,
    mode: key.mode,
    hint: key.hint,
    scopes: key.scopes,
    allowedNetworks: key.allowedNetworks ?? [],
    expiresAt: key.expiresAt?.toISOString() ?? null,
    lastUsedAt: key.lastUsedAt?.toISOString() ?? null,
    rotatedAt: key.rotatedAt?.toISOString() ?? null,
    previous: (key.previous ?? [])
      .filter(({ until }) => until > now)
      .map(({ hint, until }) => ({ hint, until: until.toISOString() })),
    revokedAt: key.revokedAt?.toISOString() ?? null,
    pinnedVersion: key.pinnedVersion ?? null,
    createdAt: key.createdAt.toISOString(),
    updatedAt: key.updatedAt.toISOString(),
  }
}

export interface NewKey {
  readonly name: string
  /** Follows from the organisation where absent. */
  readonly mode?: 'live' | 'test' | undefined
  readonly scopes: readonly string[]
  readonly expiresInDays: number | null
  readonly allowedNetworks?: readonly string[]
}

/** Creates a key with at most the caller's rights; the key itself is in this answer and nowhere else. */
export async function createKey(
  ctx: TenantContext,
  wanted: NewKey,
  now: Date,
): Promise<ApiKey & { key: string }> {
  assertHolds(ctx, wanted.scopes)
  const mode = await modeOf(ctx, wanted.mode)
  const key = makeKey(mode === 'live' ? 'edp_live_' : 'edp_test_')
  const row = await insertKey(ctx, {
    kind: 'api-key',
    name: wanted.name,
    mode,
    hint: hintOf(key),
    digest: digestOf(key),
    scopes: [...new Set(wanted.scopes)],
    staffUserId: null,
    allowedNetworks: [...new Set(wanted.allowedNetworks)],
    expiresAt:
      wanted.expiresInDays === null ? null : new Date(now.getTime() + wanted.expiresInDays * dayMs),
  })
  await recordAudit(ctx, {
    action: 'key.create',
    target: { type: 'api-key', id: row._id },
    fields: [
      'name',
      'mode',
      'expiresAt',
      ...(row.allowedNetworks?.length ? ['allowedNetworks'] : []),
      ...row.scopes.map((scope) => `scopes.${scope}`),
    ],
    result: 'success',
  })
  return { ...showKey(row, now), key }
}

/** Whoever sees a key's secret gets its rights, so nobody is shown one with more than their own. */
export function assertHolds(ctx: TenantContext, scopes: readonly string[]): void {
  const beyond = scopes.filter((scope) => !hasScope(ctx, scope))
  if (beyond.length > 0) {
    throw new AppError(
      'insufficient_scope',
      `A key cannot hold rights that you do not hold yourself: ${beyond.join(', ')}`,
    )
  }
}

async function modeOf(ctx: TenantContext, wanted: NewKey['mode']): Promise<'live' | 'test'> {
  const tenant = await getTenant(ctx.tenantId)
  const mode = tenant?.kind === 'sandbox' ? 'test' : 'live'
  if (wanted !== undefined && wanted !== mode) {
    throw new AppError(
      'key_mode_mismatch',
      mode === 'test'
        ? 'A sandbox has test keys only: leave mode out, or create the live key in the organisation itself'
        : 'Test keys belong to sandboxes: leave mode out for a live key, or create a sandbox and its key there',
    )
  }
  return mode
}

export async function listKeys(
  ctx: TenantContext,
  query: TimedQuery,
  now: Date,
): Promise<Page<ApiKey>> {
  return showPage(await findKeyPage(ctx.tenantId, query), (row) => showKey(row, now))
}

export async function readKey(ctx: TenantContext, id: string, now: Date): Promise<ApiKey> {
  return showKey(await requireKey(ctx, id), now)
}

export async function requireKey(ctx: TenantContext, id: string): Promise<ApiKeyRow> {
  const key = await findKey(ctx.tenantId, id)
  if (!key) throw new AppError('not_found', `The API key ${id} does not exist`)
  return key
}

/** A key as it may still be changed; a paired extension's token is not for that. */
export async function requireLivingKey(ctx: TenantContext, id: string): Promise<ApiKeyRow> {
  const key = await requireKey(ctx, id)
  if (key.revokedAt) throw new AppError('conflict', `The API key ${id} is revoked; create another`)
  if (key.kind === 'extension') {
    throw new AppError(
      'conflict',
      'This is the token of a browser extension: it can be revoked, and paired anew',
    )
  }
  return key
}

export interface KeyChange {
  readonly name?: string | undefined
  readonly allowedNetworks?: readonly string[] | undefined
  readonly scopes?: readonly string[] | undefined
  readonly expiresAt?: string | undefined
  readonly pinnedVersion?: string | undefined
}

/** Renames or narrows a key; nothing here lets it do more or live longer, except the networks. */
export async function updateKey(
  ctx: TenantContext,
  id: string,
  wanted: KeyChange,
  now: Date,
): Promise<ApiKey> {
  const key = await requireLivingKey(ctx, id)
  const change = {
    ...(wanted.name !== undefined && { name: wanted.name }),
    ...(wanted.allowedNetworks && { allowedNetworks: [...new Set(wanted.allowedNetworks)] }),
    ...(wanted.scopes && { scopes: fewerScopes(key, wanted.scopes) }),
    ...(wanted.pinnedVersion !== undefined && { pinnedVersion: wanted.pinnedVersion }),
    ...(wanted.expiresAt !== undefined && { expiresAt: earlierEnd(key, wanted.expiresAt) }),
  }
  if (Object.keys(change).length === 0) return showKey(key, now)
  const changed = await changeKey(ctx, key, change)
  if (!changed) {
    throw new AppError('conflict', 'The key was changed at the same moment; read it and try again')
  }
  tellKeyChanged(id)
  await recordAudit(ctx, {
    action: 'key.update',
    target: { type: 'api-key', id },
    fields: Object.keys(change),
    result: 'success',
  })
  return showKey(changed, now)
}

function fewerScopes(key: ApiKeyRow, wanted: readonly string[]): string[] {
  const added = wanted.filter((scope) => !key.scopes.includes(scope))
  if (added.length === 0) return [...new Set(wanted)]
  throw invalidField(
    'scopes',
    `Rights can be taken from a key, not added: create a key with ${added.join(', ')}`,
  )
}

function earlierEnd(key: ApiKeyRow, wanted: string): Date {
  const expiresAt = new Date(wanted)
  if (key.expiresAt === null || expiresAt <= key.expiresAt) return expiresAt
  throw invalidField('expiresAt', 'A key can end earlier, not later: rotate it for a longer time')
}

function invalidField(field: string, detail: string): AppError {
  return new AppError('invalid_request', detail, {
    errors: [{ pointer: `#/${field}`, code: 'invalid_value', detail }],
  })
}

/** Withdraws a key at once; repeating it is no error. */
export async function revokeKey(ctx: TenantContext, id: string, now: Date): Promise<undefined> {
  const revoked = await markRevoked(ctx, id, now)
  if (!revoked) {
    await requireKey(ctx, id)
    return
  }
  tellKeyChanged(id)
  await recordAudit(ctx, {
    action: 'key.revoke',
    target: { type: 'api-key', id },
    result: 'success',
  })
}
