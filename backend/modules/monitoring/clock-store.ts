import mongoose from 'mongoose'
import { tenantScoped } from '../../core/tenancy.ts'

/** What shows that a clock is wrong: the dates of answers, or the times in messages. */
export type ClockSign = 'answers' | 'messages'

export interface WrongClockRow {
  /** The connection's id. */
  readonly _id: string
  readonly tenantId: string
  readonly answers: Date | null
  readonly messages: Date | null
}

const schema = new mongoose.Schema<WrongClockRow>(
  {
    _id: { type: String, required: true },
    answers: { type: Date, default: null },
    messages: { type: Date, default: null },
  },
  { autoIndex: false, autoCreate: false, versionKey: false },
)
schema.plugin(tenantScoped)
schema.index({ tenantId: 1, _id: 1 })
export const WrongClockModel = mongoose.model('WrongClock', schema, 'wrongClocks')

export async function noteWrong(
  which: { readonly tenantId: string; readonly connectionId: string },
  sign: ClockSign,
  at: Date,
): Promise<void> {
  const { tenantId, connectionId: _id } = which
  await WrongClockModel.updateOne({ _id, tenantId }, { $set: { [sign]: at } }, { upsert: true })
}

/** True: this sign was the last one. */
export async function noteRight(
  which: { readonly tenantId: string; readonly connectionId: string },
  sign: ClockSign,
): Promise<boolean> {
  const { tenantId, connectionId: _id } = which
  await WrongClockModel.updateOne({ _id, tenantId }, { $set: { [sign]: null } })
  const gone = await WrongClockModel.deleteOne({ _id, tenantId, answers: null, messages: null })
  return gone.deletedCount === 1
}

/** Few: those whose clock is wrong now, of all organisations. */
export function findWrongClocks(sign: ClockSign): Promise<WrongClockRow[]> {
  return WrongClockModel.find(
    { [sign]: { $ne: null } },
    {},
    { limit: 10_000, acrossTenants: 'the clocks of all connections are watched together' },
  )
    .lean<WrongClockRow[]>()
    .exec()
}
