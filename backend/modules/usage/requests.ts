import type { Page } from '../../../shared/api/contract.ts'
import type { RequestRecord, RequestsQuery } from '../../../shared/api/usage.ts'
import { AppError } from '../../../shared/errors.ts'
import { given, showPage } from '../../core/lists/index.ts'
import type { TenantContext } from '../../core/tenancy.ts'
import { type RequestLog, shownRequest } from './request-log.ts'
import { findRequest, findRequestPage } from './request-store.ts'
import { statusesOf } from './usage.ts'

export async function listRequests(
  ctx: TenantContext,
  query: RequestsQuery,
  log: RequestLog,
): Promise<Page<RequestRecord>> {
  await log.flush()
  const statuses = statusesOf(query.status)
  const { keyId, operation, code, requestId } = query
  const filter = {
    ...given({ 'credential.id': keyId, operation, code, requestId }),
    ...(statuses ? { status: { $gte: statuses[0], $lte: statuses[1] } } : {}),
  }
  return showPage(await findRequestPage(ctx.tenantId, filter, query), shownRequest)
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
