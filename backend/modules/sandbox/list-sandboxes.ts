import type { Page } from '../../../shared/api/contract.ts'
import type { Sandbox } from '../../../shared/api/sandbox.ts'
import { showEach, type TimedQuery } from '../../core/lists/index.ts'
import type { TenantContext } from '../../core/tenancy.ts'
import type { SandboxDeps } from './deps.ts'
import { findSandboxPage } from './sandbox-store.ts'
import { showSandbox } from './show-sandbox.ts'

/** The sandboxes that the caller owns, or is. */
export async function listSandboxes(
  ctx: TenantContext,
  query: TimedQuery,
  deps: SandboxDeps,
): Promise<Page<Sandbox>> {
  return showEach(await findSandboxPage(ctx.tenantId, query), (row) => showSandbox(row, deps))
}
