import { operationsApi } from '../../../shared/api/operations.ts'
import { type Audit, listAudit, recordAudit } from '../../core/audit/index.ts'
import { defineModule, type Module } from '../../core/module.ts'
import { pickRoutes } from '../../core/pick-routes.ts'
import type { TenantContext } from '../../core/tenancy.ts'

const contract = pickRoutes(operationsApi, ['GET /api/v1/audit', 'POST /api/v1/audit/verify'])

/** The audit trail, for those who may read it; that it was verified is in it. */
export function createAuditModule({
  audit,
}: {
  readonly audit: Pick<Audit, 'verify'>
}): Module<typeof contract> {
  async function verify(ctx: TenantContext) {
    const verification = await audit.verify(ctx.tenantId)
    await recordAudit(ctx, {
      action: 'audit.verify',
      result: verification.ok ? 'success' : 'failed',
    })
    return verification
  }

  return defineModule({
    name: 'audit',
    contract,
    handlers: {
      'GET /api/v1/audit': (ctx, { query }) => listAudit(ctx, query),
      'POST /api/v1/audit/verify': (ctx) => verify(ctx),
    },
  })
}
