import { operationsApi } from '../../../shared/api/operations.ts'
import {
  type Audit,
  exportAudit,
  listAudit,
  listCheckpoints,
  readAuditEntry,
  recordAudit,
} from '../../core/audit/index.ts'
import { defineModule, type Module } from '../../core/module.ts'
import { pickRoutes } from '../../core/pick-routes.ts'
import type { TenantContext } from '../../core/tenancy.ts'

const contract = pickRoutes(operationsApi, [
  'GET /api/v1/audit',
  'GET /api/v1/audit/checkpoints',
  'GET /api/v1/audit/key',
  'GET /api/v1/audit/:id',
  'POST /api/v1/audit/export',
  'POST /api/v1/audit/verify',
])

/** The audit trail, for those who may read it; that it was verified is in it. */
export function createAuditModule({
  audit,
}: {
  readonly audit: Pick<Audit, 'verify' | 'publicKey'>
}): Module<typeof contract> {
  async function verify(ctx: TenantContext) {
    const verification = await audit.verify(ctx.tenantId)
    await recordAudit(ctx, {
      action: 'audit.verify',
      result: verification.ok ? 'success' : 'failed',
    })
    return verification
  }

  async function exportTrail(ctx: TenantContext, afterSeq: number) {
    const exported = await exportAudit(ctx, afterSeq)
    await recordAudit(ctx, { action: 'audit.export', result: 'success' })
    return { contentType: 'application/x-ndjson' as const, ...exported }
  }

  async function publicKey() {
    const { id, publicKey: pem } = await audit.publicKey()
    return { keyId: id, publicKey: pem }
  }

  return defineModule({
    name: 'audit',
    contract,
    handlers: {
      'GET /api/v1/audit': (ctx, { query }) => listAudit(ctx, query),
      'GET /api/v1/audit/checkpoints': (ctx, { query }) => listCheckpoints(ctx, query),
      'GET /api/v1/audit/key': publicKey,
      'GET /api/v1/audit/:id': (ctx, { params }) => readAuditEntry(ctx, params.id),
      'POST /api/v1/audit/export': (ctx, { body }) => exportTrail(ctx, body.afterSeq),
      'POST /api/v1/audit/verify': (ctx) => verify(ctx),
    },
  })
}
