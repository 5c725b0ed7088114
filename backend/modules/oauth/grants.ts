import type { Page } from '../../../shared/api/contract.ts'
import type { OAuthGrant } from '../../../shared/api/oauth.ts'
import { AppError } from '../../../shared/errors.ts'
import { recordAudit } from '../../core/audit/index.ts'
import { showPage, type TimedQuery } from '../../core/lists/index.ts'
import type { TenantContext } from '../../core/tenancy.ts'
import { noteChange } from './change-store.ts'
import { findClientNames } from './client-store.ts'
import {
  type ConsentRow,
  findConsentPage,
  removeConsent,
  takeOwnConsent,
  takeTenantConsent,
} from './consent-store.ts'
import { deletePayload, deletePayloadsOfGrant, payloadId } from './payload-store.ts'

async function listOf(
  whose: { readonly tenantId: string } | { readonly staffUserId: string },
  query: TimedQuery,
  now: Date,
): Promise<Page<OAuthGrant>> {
  const page = await findConsentPage(whose, query, now)
  const names = await findClientNames(page.rows.map(({ clientId }) => clientId))
  return showPage(page, (row) => ({
    id: row._id,
    clientId: row.clientId,
    clientName: names.get(row.clientId) ?? '',
    tenantId: row.tenantId,
    userId: row.staffUserId,
    scopes: row.scopes,
    withheldScopes: row.withheld,
    expiresAt: row.expiresAt.toISOString(),
    createdAt: row.createdAt.toISOString(),
    updatedAt: row.updatedAt.toISOString(),
  }))
}

export function listGrants(ctx: TenantContext, query: TimedQuery, now: Date) {
  return listOf({ tenantId: ctx.tenantId }, query, now)
}

export function listOwnGrants(ctx: TenantContext, query: TimedQuery, now: Date) {
  return listOf({ staffUserId: ctx.principal.id }, query, now)
}

/** Ends a grant with every code and token made from it, in all processes within a second. */
export async function endGrant(grantId: string): Promise<void> {
  await removeConsent(grantId)
  await noteChange(`grant:${grantId}`)
  await deletePayload(payloadId('Grant', grantId))
  await deletePayloadsOfGrant(grantId)
}

export async function withdrawGrant(ctx: TenantContext, id: string): Promise<undefined> {
  await finish(ctx, id, await takeTenantConsent(ctx, id))
}

export async function withdrawOwnGrant(ctx: TenantContext, id: string): Promise<undefined> {
  await finish(ctx, id, await takeOwnConsent(ctx.principal.id, id))
}

async function finish(ctx: TenantContext, id: string, row: ConsentRow | null): Promise<void> {
  if (!row) throw new AppError('not_found', `The consent ${id} does not exist`)
  await endGrant(id)
  await recordAudit(
    { ...ctx, tenantId: row.tenantId },
    {
      action: 'oauth-grant.withdraw',
      target: { type: 'oauth-grant', id },
      fields: row.scopes.map((scope) => `scopes.${scope}`),
      result: 'success',
    },
  )
}
