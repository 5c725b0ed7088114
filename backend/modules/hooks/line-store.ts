import mongoose from 'mongoose'
import { isDuplicateKey } from '../../core/duplicate-key.ts'
import { tenantScoped } from '../../core/tenancy.ts'
import { nextLookAt } from './silence.ts'

/** How messages of one connection come in. */
export interface LineRow {
  /** The connection's id. */
  readonly _id: string
  readonly tenantId: string
  readonly connectorId: string
  readonly state: 'listening' | 'stopped'
  /** The last genuine message. */
  readonly lastAt: Date
  /** Pauses between messages, the newest last. */
  readonly gapsMs: readonly number[]
  /** What they announce. */
  readonly capabilities: readonly string[]
  /** When silence is worth a look, or, once stopped, when to ask by ourselves. */
  readonly lookAt: Date
  /** Several messages were refused then. */
  readonly refusedAt: Date | null
}

const keptGaps = 50
/** Messages of one change come together: that is no pause. */
const sameBurstMs = 1000

const schema = new mongoose.Schema<LineRow>(
  {
    _id: { type: String, required: true },
    connectorId: { type: String, required: true },
    state: { type: String, required: true },
    lastAt: { type: Date, required: true },
    gapsMs: { type: [Number], default: [] },
    capabilities: { type: [String], default: [] },
    lookAt: { type: Date, required: true },
    refusedAt: { type: Date, default: null },
  },
  { autoIndex: false, autoCreate: false, versionKey: false },
)
schema.plugin(tenantScoped)
schema.index({ tenantId: 1, _id: 1 })
schema.index({ lookAt: 1 })
export const LineModel = mongoose.model('HookLine', schema, 'hookLines')

export interface Heard {
  readonly connectionId: string
  readonly tenantId: string
  readonly connectorId: string
  readonly capabilities: readonly string[]
  readonly at: Date
}

/** Notes that a genuine message came; answers the line as it was before, null where it is the first. */
export async function noteHeard(heard: Heard): Promise<LineRow | null> {
  const { connectionId: _id, tenantId, connectorId, capabilities, at } = heard
  const before = await LineModel.findOneAndUpdate(
    { _id, tenantId },
    {
      $max: { lastAt: at },
      $set: { refusedAt: null },
      $addToSet: { capabilities: { $each: [...capabilities] } },
    },
    { returnDocument: 'before' },
  )
    .lean<LineRow>()
    .exec()
  if (before) {
    await noteGap(before, at)
    return before
  }
  try {
    await LineModel.create({
      _id,
      tenantId,
      connectorId,
      state: 'listening',
      lastAt: at,
      gapsMs: [],
      capabilities: [...capabilities],
      lookAt: nextLookAt(at, []),
      refusedAt: null,
    })
  } catch (error) {
    // Two first messages at once: both are heard.
    if (!isDuplicateKey(error)) throw error
  }
  return null
}

async function noteGap({ _id, tenantId, lastAt, state, gapsMs }: LineRow, at: Date): Promise<void> {
  const gapMs = at.getTime() - lastAt.getTime()
  // The silence after which they came back says nothing about how often they come.
  if (gapMs < sameBurstMs || state === 'stopped') return
  await LineModel.updateOne(
    { _id, tenantId },
    {
      $push: { gapsMs: { $each: [gapMs], $slice: -keptGaps } },
      $min: { lookAt: nextLookAt(at, [...gapsMs, gapMs]) },
    },
  )
}

export async function noteRefused(
  which: Pick<Heard, 'connectionId' | 'tenantId'>,
  at: Date,
): Promise<void> {
  const { connectionId: _id, tenantId } = which
  await LineModel.updateOne({ _id, tenantId }, { $set: { refusedAt: at } })
}

/** Lines that are to be looked at, of all organisations. */
export function findLinesToLookAt(now: Date, limit: number): Promise<LineRow[]> {
  return LineModel.find(
    { lookAt: { $lte: now } },
    {},
    { sort: { lookAt: 1 }, limit, acrossTenants: 'one job watches the webhooks of all tenants' },
  )
    .lean<LineRow[]>()
    .exec()
}

/** False: another process was faster, or a message came meanwhile. */
export async function changeLine(
  { _id, tenantId, state, lookAt, lastAt }: LineRow,
  set: Partial<Pick<LineRow, 'state' | 'lookAt'>>,
): Promise<boolean> {
  const done = await LineModel.updateOne({ _id, tenantId, state, lookAt, lastAt }, { $set: set })
  return done.modifiedCount === 1
}

/** True for the one of several messages at once that ends the silence. */
export async function endSilence({ _id, tenantId }: LineRow, lookAt: Date): Promise<boolean> {
  const done = await LineModel.updateOne(
    { _id, tenantId, state: 'stopped' },
    { $set: { state: 'listening', lookAt } },
  )
  return done.modifiedCount === 1
}

export async function forgetLine(which: Pick<LineRow, '_id' | 'tenantId'>): Promise<void> {
  await LineModel.deleteOne({ _id: which._id, tenantId: which.tenantId })
}
