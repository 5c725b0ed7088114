import { z } from 'zod'
import { type Contract, Id, IdParams, ListQuery, listOf, Timestamps } from './contract.ts'

export const AuditEntry = z.object({
  id: Id,
  seq: z.number().int(),
  at: z.iso.datetime(),
  action: z.string(),
  actor: z.object({ kind: z.string(), id: z.string() }),
  target: z.object({ type: z.string(), id: z.string() }).nullable(),
  fields: z.array(z.string()),
  purpose: z.string().nullable(),
  result: z.enum(['success', 'refused', 'failed']),
  remoteAddress: z.string().nullable(),
  requestId: z.string(),
  hash: z.string(),
  createdAt: Timestamps.createdAt,
  updatedAt: Timestamps.updatedAt,
})
export type AuditEntry = z.output<typeof AuditEntry>

export const AuditVerification = z.object({
  ok: z.boolean(),
  entries: z.number().int(),
  checkpoints: z.number().int(),
  problems: z.array(z.object({ seq: z.number().int(), kind: z.string(), detail: z.string() })),
})

export const Job = z.object({
  id: Id,
  name: z.string(),
  status: z.enum(['waiting', 'running', 'done', 'failed', 'cancelled']),
  attempts: z.number().int(),
  progress: z.number().min(0).max(1).nullable(),
  error: z.string().nullable(),
  runAt: z.iso.datetime().nullable(),
  ...Timestamps,
})

export const operationsApi = {
  'GET /api/v1/audit': {
    summary: 'Read the audit trail, newest first',
    access: 'tenant',
    scope: 'audit.read',
    query: ListQuery.extend({
      action: z.string().max(100).optional(),
      actorId: Id.optional(),
      targetId: Id.optional(),
      from: z.iso.datetime().optional(),
      to: z.iso.datetime().optional(),
    }),
    response: listOf(AuditEntry),
  },
  'POST /api/v1/audit/verify': {
    summary: 'Verify the hash chain and the signed checkpoints of the audit trail',
    access: 'tenant',
    scope: 'audit.read',
    response: AuditVerification,
  },
  'GET /api/v1/jobs': {
    summary: 'List background jobs, newest first',
    access: 'tenant',
    scope: 'jobs.read',
    query: ListQuery.extend({ status: Job.shape.status.optional() }),
    response: listOf(Job),
  },
  'GET /api/v1/jobs/:id': {
    summary: 'Get one background job',
    access: 'tenant',
    scope: 'jobs.read',
    params: IdParams,
    response: Job,
  },
  'POST /api/v1/jobs/:id/cancel': {
    summary: 'Cancel a background job',
    access: 'tenant',
    scope: 'jobs.write',
    params: IdParams,
    response: Job,
    status: 202,
    errors: ['conflict'],
  },
} satisfies Contract
