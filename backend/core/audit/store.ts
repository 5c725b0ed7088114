import mongoose from 'mongoose'
import { tenantScoped } from '../tenancy.ts'
import { type ChainedEntry, genesisHash } from './chain.ts'
import { wordsOf } from './words.ts'

export type AuditRow = Omit<ChainedEntry, 'id' | 'at'> & {
  _id: string
  at: Date
  /** What the search finds it by; follows from the rest and is not hashed. */
  words?: string[]
}

const actor = new mongoose.Schema({ kind: String, id: String }, { _id: false, id: false })
const target = new mongoose.Schema(
  { type: { type: String }, id: String },
  { _id: false, id: false },
)
const schema = new mongoose.Schema<AuditRow>(
  {
    _id: { type: String, required: true },
    seq: { type: Number, required: true },
    at: { type: Date, required: true },
    action: { type: String, required: true },
    actor: { type: actor, required: true },
    target: { type: target, default: null },
    fields: { type: [String], required: true },
    purpose: { type: String, default: null },
    result: { type: String, required: true },
    detail: { type: String, default: null },
    remoteAddress: { type: String, default: null },
    requestId: { type: String, required: true },
    changes: { type: [mongoose.Schema.Types.Mixed], default: undefined } as never,
    words: { type: [String], default: undefined },
    prevHash: { type: String, required: true },
    hash: { type: String, required: true },
  },
  { autoIndex: false, autoCreate: false, versionKey: false },
)
schema.plugin(tenantScoped)
schema.index({ tenantId: 1, seq: 1 }, { unique: true })
schema.index({ tenantId: 1, action: 1, seq: -1 })
schema.index({ tenantId: 1, 'actor.id': 1, seq: -1 })
schema.index({ tenantId: 1, 'target.id': 1, seq: -1 })
schema.index({ tenantId: 1, words: 1, seq: -1 })
schema.index({ tenantId: 1, at: 1 })

export const AuditEntryModel = mongoose.model('AuditEntry', schema, 'auditEntries')

export interface Tip {
  readonly seq: number
  readonly hash: string
}

/** The tenant's last entry, or what the first one follows. */
export async function readTip(tenantId: string): Promise<Tip> {
  const last = await AuditEntryModel.findOne(
    { tenantId },
    { seq: 1, hash: 1 },
    { sort: { seq: -1 } },
  ).lean<Tip>()
  return last ? { seq: last.seq, hash: last.hash } : { seq: 0, hash: genesisHash }
}

/** In order, up to the first that fails: an entry is never on record without its predecessor. */
export async function insertEntries(entries: readonly ChainedEntry[]): Promise<void> {
  const rows = entries.map((entry) => {
    const { id, at, ...rest } = entry
    return { _id: id, at: new Date(at), ...rest, words: wordsOf(entry) }
  })
  await AuditEntryModel.insertMany(rows, { ordered: true, lean: true })
}

export async function idsOnRecord(tenantId: string, ids: readonly string[]): Promise<Set<string>> {
  const rows = await AuditEntryModel.find({ tenantId, _id: { $in: ids } }, { _id: 1 }).lean<
    { _id: string }[]
  >()
  return new Set(rows.map(({ _id }) => _id))
}

export async function* entriesOf(tenantId: string): AsyncGenerator<ChainedEntry> {
  const cursor = AuditEntryModel.find({ tenantId })
    .sort({ seq: 1 })
    .lean<AuditRow>()
    .cursor({ batchSize: 1000 })
  for await (const row of cursor) yield toEntry(row)
}

export async function tenantsWithEntries(): Promise<string[]> {
  return await AuditEntryModel.distinct(
    'tenantId',
    {},
    { acrossTenants: 'every tenant gets its checkpoint' },
  )
}

export function toEntry({ _id, at, words: _words, ...rest }: AuditRow): ChainedEntry {
  // Whoever changes a row may leave something else than a date.
  return { ...rest, id: _id, at: at instanceof Date ? at.toISOString() : String(at) }
}
