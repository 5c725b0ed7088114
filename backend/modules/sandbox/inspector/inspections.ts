import type { Page } from '../../../../shared/api/contract.ts'
import type { Inspection, InspectorAnswer } from '../../../../shared/api/sandbox.ts'
import { AppError } from '../../../../shared/errors.ts'
import { showPage, type TimedQuery } from '../../../core/lists/index.ts'
import type { TenantContext } from '../../../core/tenancy.ts'
import { changeSandbox } from '../sandbox-store.ts'
import { sandboxOf } from '../show-sandbox.ts'
import { deleteInspections, findInspectionPage, type InspectionRow } from './inspection-store.ts'

export async function listInspections(
  ctx: TenantContext,
  id: string,
  query: TimedQuery,
): Promise<Page<Inspection>> {
  await sandboxOf(ctx, id)
  return showPage(await findInspectionPage(id, query), showInspection)
}

function showInspection(row: InspectionRow): Inspection {
  const { method, path, headers, bodyBytes, signature, answeredStatus } = row
  // Read without mongoose's casting, binary data is the driver's own type.
  const bytes = Buffer.from(row.body.buffer)
  const text = bytes.toString('utf8')
  const isText = Buffer.from(text, 'utf8').equals(bytes)
  return {
    id: row._id,
    method,
    path,
    headers,
    body: isText ? text : bytes.toString('base64'),
    bodyEncoding: isText ? 'utf8' : 'base64',
    bodyBytes,
    truncated: bodyBytes > bytes.length,
    signature,
    answeredStatus,
    createdAt: row.createdAt.toISOString(),
  }
}

export async function clearInspections(ctx: TenantContext, id: string): Promise<undefined> {
  await sandboxOf(ctx, id)
  await deleteInspections(id)
}

export async function setAnswer(
  ctx: TenantContext,
  id: string,
  answer: InspectorAnswer,
): Promise<InspectorAnswer> {
  await sandboxOf(ctx, id)
  const changed = await changeSandbox(id, { inspector: answer })
  if (!changed) throw new AppError('not_found', `The sandbox ${id} does not exist`)
  return changed.inspector
}
