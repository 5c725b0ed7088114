import type { ListQuery, Page } from '../../../shared/api/contract.ts'
import type { Sandbox } from '../../../shared/api/sandbox.ts'
import { afterCursor, toPage } from '../../core/paging.ts'
import type { TenantContext } from '../../core/tenancy.ts'
import type { SandboxDeps } from './deps.ts'
import { findSandboxPage } from './sandbox-store.ts'
import { showSandbox } from './show-sandbox.ts'

/** The sandboxes that the caller owns, or is. */
export async function listSandboxes(
  ctx: TenantContext,
  query: ListQuery,
  deps: SandboxDeps,
): Promise<Page<Sandbox>> {
  const rows = await findSandboxPage(ctx.tenantId, afterCursor(query), query.limit)
  const { data, nextCursor } = toPage(rows, query.limit, (row) => row)
  return { data: await Promise.all(data.map((row) => showSandbox(row, deps))), nextCursor }
}
