import mongoose from 'mongoose'
import { tenantScoped } from '../../core/tenancy.ts'

/** Messages that were ordered at the other system, and when they are to be ordered again. */
export interface OrderRow {
  /** The connection's id. */
  readonly _id: string
  readonly tenantId: string
  readonly renewAt: Date
  /** In a row; told once. */
  readonly failures: number
}

const schema = new mongoose.Schema<OrderRow>(
  {
    _id: { type: String, required: true },
    renewAt: { type: Date, required: true },
    failures: { type: Number, required: true },
  },
  { autoIndex: false, autoCreate: false, versionKey: false },
)
schema.plugin(tenantScoped)
schema.index({ tenantId: 1, _id: 1 })
export const OrderModel = mongoose.model('HookOrder', schema, 'hookOrders')

type Which = Pick<OrderRow, '_id' | 'tenantId'>

export function findOrder({ _id, tenantId }: Which): Promise<OrderRow | null> {
  return OrderModel.findOne({ _id, tenantId }).lean<OrderRow>().exec()
}

export async function saveOrder(
  { _id, tenantId }: Which,
  set: Pick<OrderRow, 'renewAt' | 'failures'>,
): Promise<void> {
  await OrderModel.updateOne({ _id, tenantId }, { $set: set }, { upsert: true })
}
