import { z } from 'zod'
import { type Contract, Id, IdParams, listOf, Timestamps } from './contract.ts'
import { listQuery, MadeBetween } from './list-query.ts'

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
  changes: z
    .array(
      z.object({
        field: z.string(),
        before: z.string().nullable(),
        after: z.string().nullable(),
      }),
    )
    .optional()
    .meta({ description: 'Before and after; secrets and personal data are masked' }),
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

/** A signed statement: at this time the trail had so many entries and ended with this hash. */
export const AuditCheckpoint = z.object({
  id: Id,
  no: z.number().int().meta({ description: '1 for the first; without a gap' }),
  seq: z.number().int(),
  hash: z.string(),
  at: z.iso.datetime(),
  keyId: z.string(),
  previous: z.string().meta({ description: 'SHA-256 of the signature before' }),
  signature: z.string(),
  ...Timestamps,
})

const auditFilters = {
  action: z
    .string()
    .max(100)
    .optional()
    .meta({ description: 'One action, or all that begin alike: `connection.*`' }),
  actorId: Id.optional(),
  targetId: Id.optional(),
  targetType: z.string().max(100).optional(),
  q: z.string().max(200).optional().meta({
    description:
      'Words that an entry must all have: of actions, fields, values, codes, identifiers',
  }),
  result: AuditEntry.shape.result.optional(),
  ...MadeBetween,
}

export const AuditList = listQuery({ sort: ['-at'], filters: auditFilters })
export type AuditList = z.output<typeof AuditList>

export const CheckpointList = listQuery({ sort: ['-no'], filters: MadeBetween })
export type CheckpointList = z.output<typeof CheckpointList>

export const JobList = listQuery({
  sort: ['-createdAt'],
  filters: {
    status: Job.shape.status.optional(),
    name: z.string().max(100).optional(),
    ...MadeBetween,
  },
})
export type JobList = z.output<typeof JobList>

export const operationsApi = {
  'GET /api/v1/audit': {
    summary: 'Read the audit trail, newest first',
    access: 'tenant',
    scope: 'audit.read',
    query: AuditList,
    response: listOf(AuditEntry),
  },
  'GET /api/v1/audit/checkpoints': {
    summary: 'List the signed checkpoints of the audit trail, newest first',
    access: 'tenant',
    scope: 'audit.read',
    query: CheckpointList,
    response: listOf(AuditCheckpoint),
  },
  'GET /api/v1/audit/key': {
    summary: 'The public key that checkpoints are verified with (Ed25519, SPKI, PEM)',
    access: 'tenant',
    scope: 'audit.read',
    response: z.object({ keyId: z.string(), publicKey: z.string() }),
    shared: true,
  },
  'GET /api/v1/audit/:id': {
    summary: 'Get one entry of the audit trail',
    access: 'tenant',
    scope: 'audit.read',
    params: IdParams,
    response: AuditEntry,
  },
  'POST /api/v1/audit/export': {
    summary: 'Export the audit trail as NDJSON, oldest first, one page of up to 10,000 entries',
    description:
      'Each line is an entry with `prevHash`, so that the chain can be verified without this server. Continue with `afterSeq` = `lastSeq` until `lastSeq` is null. That it was exported is in the trail.',
    access: 'tenant',
    scope: 'audit.read',
    sensitive: true,
    body: z.object({ afterSeq: z.number().int().min(0).default(0) }).prefault({}),
    response: z.object({
      contentType: z.literal('application/x-ndjson'),
      entries: z.number().int(),
      lastSeq: z.number().int().nullable(),
      content: z.string(),
    }),
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
    query: JobList,
    response: listOf(Job),
  },
  'GET /api/v1/jobs/:id': {
    summary: 'Get one background job',
    access: 'tenant',
    scope: 'jobs.read',
    params: IdParams,
    response: Job,
  },
  'POST /api/v1/jobs/:id/retry': {
    summary: 'Run a failed or cancelled background job again, with all its attempts',
    access: 'tenant',
    scope: 'jobs.write',
    params: IdParams,
    response: Job,
    status: 202,
    errors: ['conflict'],
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
