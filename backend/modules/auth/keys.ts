import type { ApiKey } from '../../../shared/api/access.ts'
import type { ListQuery, Page } from '../../../shared/api/contract.ts'
import { AppError } from '../../../shared/errors.ts'
import { recordAudit } from '../../core/audit/index.ts'
import { afterCursor, toPage } from '../../core/paging.ts'
import { hasScope, type TenantContext } from '../../core/tenancy.ts'
import { digestOf, hintOf, makeKey } from './key-format.ts'
import { type ApiKeyRow, findKey, findKeyPage, insertKey, markRevoked } from './key-store.ts'
import { forgetCachedKey } from './recognise-key.ts'

const dayMs = 86_400_000

function showKey(key: ApiKeyRow): ApiKey {
  return {
    id: key._id,
    name: key.name,
    mode: key.mode,
    hint: key.hint,
    scopes: key.scopes,
    expiresAt: key.expiresAt?.toISOString() ?? null,
    lastUsedAt: key.lastUsedAt?.toISOString() ?? null,
    revokedAt: key.revokedAt?.toISOString() ?? null,
    createdAt: key.createdAt.toISOString(),
    updatedAt: key.updatedAt.toISOString(),
  }
}

export interface NewKey {
  readonly name: string
  readonly mode: 'live' | 'test'
  readonly scopes: readonly string[]
  readonly expiresInDays: number | null
}

/** Creates a key with at most the caller's rights; the key itself is in this answer and nowhere else. */
export async function createKey(
  ctx: TenantContext,
  wanted: NewKey,
  now: Date,
): Promise<ApiKey & { key: string }> {
  const beyond = wanted.scopes.filter((scope) => !hasScope(ctx, scope))
  if (beyond.length > 0) {
    throw new AppError(
      'insufficient_scope',
      `A key cannot hold rights that you do not hold yourself: ${beyond.join(', ')}`,
    )
  }
  const key = makeKey(wanted.mode === 'live' ? 'edp_live_' : 'edp_test_')
  const row = await insertKey(ctx.tenantId, {
    kind: 'api-key',
    name: wanted.name,
    mode: wanted.mode,
    hint: hintOf(key),
    digest: digestOf(key),
    scopes: [...new Set(wanted.scopes)],
    staffUserId: null,
    expiresAt:
      wanted.expiresInDays === null ? null : new Date(now.getTime() + wanted.expiresInDays * dayMs),
  })
  await recordAudit(ctx, {
    action: 'key.create',
    target: { type: 'api-key', id: row._id },
    fields: ['name', 'mode', 'expiresAt', ...row.scopes.map((scope) => `scopes.${scope}`)],
    result: 'success',
  })
  return { ...showKey(row), key }
}

export async function listKeys(ctx: TenantContext, query: ListQuery): Promise<Page<ApiKey>> {
  const rows = await findKeyPage(ctx.tenantId, afterCursor(query), query.limit)
  return toPage(rows, query.limit, showKey)
}

export async function readKey(ctx: TenantContext, id: string): Promise<ApiKey> {
  const key = await findKey(ctx.tenantId, id)
  if (!key) throw new AppError('not_found', `The API key ${id} does not exist`)
  return showKey(key)
}

/** Withdraws a key at once; repeating it is no error. */
export async function revokeKey(ctx: TenantContext, id: string, now: Date): Promise<undefined> {
  const revoked = await markRevoked(ctx.tenantId, id, now)
  if (!revoked) {
    await readKey(ctx, id)
    return
  }
  forgetCachedKey(revoked.digest)
  await recordAudit(ctx, {
    action: 'key.revoke',
    target: { type: 'api-key', id },
    result: 'success',
  })
}
