import type { Alert, AlertList } from '../../../shared/api/alerts.ts'
import type { Page } from '../../../shared/api/contract.ts'
import { AppError } from '../../../shared/errors.ts'
import { showPage } from '../../core/lists/index.ts'
import type { TenantContext } from '../../core/tenancy.ts'
import { type AlertRow, findAlert, findAlertPage, markRead } from './alert-store.ts'
import type { AlertsDeps } from './deps.ts'

const shownMembers = 20

/** As one reader sees it. */
export function showAlert(row: AlertRow, readerId: string | null): Alert {
  return {
    id: row._id,
    kind: row.kind,
    severity: row.severity,
    title: row.title,
    text: row.text,
    connectorId: row.connectorId,
    problemIds: row.members.slice(0, shownMembers),
    problemCount: row.members.length,
    ruleId: row.ruleId,
    routeId: row.routeId,
    routeName: row.routeName,
    channel: row.channel,
    status: row.status,
    heldBecause: row.heldBecause,
    dueAt: row.dueAt?.toISOString() ?? null,
    attempts: row.attempts,
    lastError: row.lastError,
    sentAt: row.sentAt?.toISOString() ?? null,
    read: readerId !== null && row.readBy.includes(readerId),
    createdAt: row.createdAt.toISOString(),
    updatedAt: row.updatedAt.toISOString(),
  }
}

export async function listAlerts(
  ctx: TenantContext,
  query: AlertList,
  deps: AlertsDeps,
): Promise<Page<Alert>> {
  const roles = query.inbox ? await deps.rolesOf(ctx) : null
  return showPage(await findAlertPage(ctx, query, roles), (row) => showAlert(row, ctx.principal.id))
}

async function orNotFound(
  ctx: TenantContext,
  id: string,
  found: Promise<AlertRow | null>,
): Promise<Alert> {
  const row = await found
  if (!row) throw new AppError('not_found', `The alert ${id} does not exist`)
  return showAlert(row, ctx.principal.id)
}

export function readAlert(ctx: TenantContext, id: string): Promise<Alert> {
  return orNotFound(ctx, id, findAlert(ctx.tenantId, id))
}

export function markAlertRead(ctx: TenantContext, id: string): Promise<Alert> {
  return orNotFound(ctx, id, markRead(ctx, id))
}
