import { createHash } from 'node:crypto'
import mongoose from 'mongoose'
import type { z } from 'zod'
import type { Page } from '../../../shared/api/contract.ts'
import type { AuditCheckpoint, CheckpointList } from '../../../shared/api/operations.ts'
import { isDuplicateKey } from '../duplicate-key.ts'
import { newId } from '../ids.ts'
import { findPage, showPage, timeFilter } from '../lists/index.ts'
import type { TenantContext } from '../tenancy.ts'
import { tenantScoped } from '../tenancy.ts'
import { canonicalJson } from './canonical-json.ts'
import { genesisHash } from './chain.ts'
import type { SigningKey } from './signing-key.ts'
import { readTip } from './store.ts'

/** A signed statement: at this time the tenant's chain had this many entries and ended with this hash. */
export interface Checkpoint {
  readonly tenantId: string
  /** 1 for the tenant's first; without a gap. */
  readonly no: number
  readonly seq: number
  readonly hash: string
  readonly at: string
  readonly keyId: string
  /** SHA-256 of the previous checkpoint's signature. */
  readonly previous: string
  readonly signature: string
}

type CheckpointRow = Omit<Checkpoint, 'at'> & { _id: string; at: Date }

const schema = new mongoose.Schema<CheckpointRow>(
  {
    _id: { type: String, required: true },
    no: { type: Number, required: true },
    seq: { type: Number, required: true },
    hash: { type: String, required: true },
    at: { type: Date, required: true },
    keyId: { type: String, required: true },
    previous: { type: String, required: true },
    signature: { type: String, required: true },
  },
  { autoIndex: false, autoCreate: false, versionKey: false },
)
schema.plugin(tenantScoped)
schema.index({ tenantId: 1, no: 1 }, { unique: true })
export const AuditCheckpointModel = mongoose.model('AuditCheckpoint', schema, 'auditCheckpoints')

/** Signs the tenant's tip. False: nothing was added since the last checkpoint. */
export async function makeCheckpoint(
  tenantId: string,
  key: SigningKey,
  now: number,
): Promise<boolean> {
  const last = await AuditCheckpointModel.findOne(
    { tenantId },
    {},
    { sort: { no: -1 } },
  ).lean<CheckpointRow>()
  const tip = await readTip(tenantId)
  if (tip.seq === (last?.seq ?? 0)) return false
  const unsigned = {
    tenantId,
    no: (last?.no ?? 0) + 1,
    seq: tip.seq,
    hash: tip.hash,
    at: new Date(now).toISOString(),
    keyId: key.id,
    previous: last ? signatureHash(last.signature) : genesisHash,
  }
  const signature = key.sign(signedText(unsigned))
  try {
    await AuditCheckpointModel.insertMany([
      { ...unsigned, _id: newId('acp', now), at: new Date(unsigned.at), signature },
    ])
    return true
  } catch (error) {
    // Another process made this one.
    if (isDuplicateKey(error)) return false
    throw error
  }
}

export async function checkpointsOf(tenantId: string): Promise<Checkpoint[]> {
  const rows = await AuditCheckpointModel.find({ tenantId }, {}, { sort: { no: 1 } }).lean<
    CheckpointRow[]
  >()
  return rows.map(({ _id, at, ...rest }) => ({ ...rest, at: at.toISOString() }))
}

const checkpointSort = { no: { path: 'no', type: 'number', unique: true } } as const

/** The tenant's checkpoints, newest first. */
export async function listCheckpoints(
  ctx: TenantContext,
  query: CheckpointList,
): Promise<Page<z.output<typeof AuditCheckpoint>>> {
  const page = await findPage<CheckpointRow>(AuditCheckpointModel, {
    filter: { tenantId: ctx.tenantId, ...timeFilter(query, { made: 'at' }) },
    query,
    sortFields: checkpointSort,
    defaultSort: '-no',
  })
  return showPage(page, ({ _id, tenantId: _tenant, at, ...row }) => {
    const time = at.toISOString()
    return { ...row, id: _id, at: time, createdAt: time, updatedAt: time }
  })
}

export function signedText({
  tenantId,
  no,
  seq,
  hash,
  at,
  keyId,
  previous,
}: Omit<Checkpoint, 'signature'>) {
  return canonicalJson({ tenantId, no, seq, hash, at, keyId, previous })
}

export function signatureHash(signature: string): string {
  return createHash('sha256').update(signature).digest('hex')
}
