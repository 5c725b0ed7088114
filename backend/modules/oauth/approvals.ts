import type { Page } from '../../../shared/api/contract.ts'
import type { OAuthApproval } from '../../../shared/api/oauth.ts'
import { AppError } from '../../../shared/errors.ts'
import { sensitiveScopes } from '../../../shared/scopes.ts'
import { recordAudit } from '../../core/audit/index.ts'
import { showPage, type TimedQuery } from '../../core/lists/index.ts'
import type { TenantContext } from '../../core/tenancy.ts'
import { isAdministrator } from '../auth/index.ts'
import {
  type ApprovalRow,
  clearApproved,
  findApproval,
  findApprovalPage,
  setApproved,
} from './approval-store.ts'
import { noteChange } from './change-store.ts'
import { findAnyClient, findClientNames } from './client-store.ts'

const sensitive: ReadonlySet<string> = new Set(sensitiveScopes)

/** Of some scopes those that an administrator of the tenant would have to approve first. */
export async function withheldOf(
  where: Pick<TenantContext, 'tenantId'>,
  clientId: string,
  scopes: readonly string[],
): Promise<string[]> {
  const wanted = scopes.filter((scope) => sensitive.has(scope))
  if (wanted.length === 0) return []
  const approval = await findApproval(where, clientId)
  const approved = new Set(approval?.approved.map(({ scope }) => scope))
  return wanted.filter((scope) => !approved.has(scope))
}

/** The sentence for people and programs whose application is not approved yet. */
export function whoCanApprove(withheld: readonly string[], tenantName: string): string {
  return `${withheld.join(', ')}: a school, trust or platform administrator of ${tenantName} must approve this first (POST /api/v1/oauth-clients/<client_id>/approvals, signed in)`
}

function showApproval(row: ApprovalRow, clientName: string): OAuthApproval {
  const approved = new Map(row.approved.map((one) => [one.scope, one]))
  return {
    id: row._id,
    clientId: row.clientId,
    clientName,
    scopes: row.requested.map((scope) => {
      const decision = approved.get(scope)
      return {
        scope,
        state: decision ? ('approved' as const) : ('requested' as const),
        reason: decision?.reason ?? null,
        decidedAt: decision?.decidedAt.toISOString() ?? null,
      }
    }),
    createdAt: row.createdAt.toISOString(),
    updatedAt: row.updatedAt.toISOString(),
  }
}

/** An application of this organisation, or of another one that has asked somebody here. */
async function requireKnownClient(ctx: TenantContext, clientId: string) {
  const [client, approval] = await Promise.all([
    findAnyClient(clientId),
    findApproval(ctx, clientId),
  ])
  if (!client || (client.tenantId !== ctx.tenantId && !approval)) {
    throw new AppError('not_found', `The application ${clientId} does not exist`)
  }
  return { client, approval }
}

export async function readApprovals(ctx: TenantContext, clientId: string): Promise<OAuthApproval> {
  const { client, approval } = await requireKnownClient(ctx, clientId)
  if (approval) return showApproval(approval, client.name)
  const at = client.createdAt
  const none = { requested: [], approved: [], createdAt: at, updatedAt: at }
  return showApproval({ _id: clientId, tenantId: ctx.tenantId, clientId, ...none }, client.name)
}

export async function listApprovals(
  ctx: TenantContext,
  query: TimedQuery,
): Promise<Page<OAuthApproval>> {
  const page = await findApprovalPage(ctx, query)
  const names = await findClientNames(page.rows.map(({ clientId }) => clientId))
  return showPage(page, (row) => showApproval(row, names.get(row.clientId) ?? ''))
}

async function assertMayDecide(ctx: TenantContext, now: Date): Promise<void> {
  if (await isAdministrator(ctx, now)) return
  throw new AppError(
    'forbidden',
    'Only a signed-in administrator of this organisation can decide this; keys and applications cannot',
  )
}

/** Lets an application ask people of this organisation for sensitive rights. */
export async function approve(
  ctx: TenantContext,
  clientId: string,
  { scopes, reason }: { scopes: readonly string[]; reason: string },
  now: Date,
): Promise<OAuthApproval> {
  const { client } = await requireKnownClient(ctx, clientId)
  await assertMayDecide(ctx, now)
  const needless = scopes.filter((scope) => !sensitive.has(scope) || !client.scopes.includes(scope))
  if (needless.length > 0) {
    const detail = `Nothing to approve for ${needless.join(', ')}: not sensitive, or not registered for this application`
    throw new AppError('invalid_request', detail, {
      errors: [{ pointer: '#/scopes', code: 'invalid_value', detail }],
    })
  }
  const decidedBy = ctx.principal.id
  const approved = [...new Set(scopes)].map((scope) => ({
    scope,
    reason,
    decidedAt: now,
    decidedBy,
  }))
  const row = await setApproved(ctx, clientId, approved)
  if (!row) throw new AppError('not_found', `The application ${clientId} does not exist`)
  await noteChange(`client:${clientId}`)
  await recordAudit(ctx, {
    action: 'oauth-client.approve',
    target: { type: 'oauth-client', id: clientId },
    fields: approved.map(({ scope }) => `scopes.${scope}`),
    result: 'success',
  })
  return showApproval(row, client.name)
}

/** Takes every approval back; tokens that hold such rights lose them at once. */
export async function withdrawApprovals(
  ctx: TenantContext,
  clientId: string,
  now: Date,
): Promise<undefined> {
  await requireKnownClient(ctx, clientId)
  await assertMayDecide(ctx, now)
  const scopes = await clearApproved(ctx, clientId)
  if (scopes.length === 0) return
  await noteChange(`client:${clientId}`)
  await recordAudit(ctx, {
    action: 'oauth-client.withdraw-approval',
    target: { type: 'oauth-client', id: clientId },
    fields: scopes.map((scope) => `scopes.${scope}`),
    result: 'success',
  })
}
