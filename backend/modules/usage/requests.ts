import type { Page } from '../../../shared/api/contract.ts'
import type { RequestRecord, RequestsQuery } from '../../../shared/api/usage.ts'
import { AppError } from '../../../shared/errors.ts'
import { afterCursor, toPage } from '../../core/paging.ts'
import type { TenantContext } from '../../core/tenancy.ts'
import { type RequestLog, shownRequest } from './request-log.ts'
import { findRequest, findRequests } from './request-store.ts'
import { statusesOf } from './usage.ts'

export async function listRequests(
  ctx: TenantContext,
  query: RequestsQuery,
  log: RequestLog,
): Promise<Page<RequestRecord>> {
  await log.flush()
  const statuses = statusesOf(query.status)
  const { keyId, operation, code, requestId, from, to } = query
  const filter = {
    ...(keyId ? { 'credential.id': keyId } : {}),
    ...(operation ? { operation } : {}),
    ...(code ? { code } : {}),
    ...(requestId ? { requestId } : {}),
    ...(statuses ? { status: { $gte: statuses[0], $lte: statuses[1] } } : {}),
    ...(from || to
      ? {
          createdAt: {
            ...(from ? { $gte: new Date(from) } : {}),
            ...(to ? { $lte: new Date(to) } : {}),
          },
        }
      : {}),
    ...afterCursor(query),
  }
  const rows = await findRequests(ctx.tenantId, filter, query.limit)
  return toPage(rows, query.limit, shownRequest)
}

export async function readRequest(
  ctx: TenantContext,
  id: string,
  log: RequestLog,
): Promise<RequestRecord> {
  await log.flush()
  const row = await findRequest(ctx.tenantId, id)
  if (!row) throw new AppError('not_found', `No call ${id} is on record`)
  return shownRequest(row)
}
