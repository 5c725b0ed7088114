import mongoose from 'mongoose'
import { nativeCollection } from '../database/native-collection.ts'
import { tenantScoped } from '../tenancy.ts'
import type { PolicyRow } from './definition.ts'

const { Mixed } = mongoose.Schema.Types

type StoredPolicy = PolicyRow & { readonly _id: string; readonly createdAt: Date }

const schema = new mongoose.Schema<StoredPolicy>(
  {
    // The tenant's id: it has one set of exceptions.
    _id: { type: String, required: true },
    plan: { type: String, default: null },
    overrides: { type: Mixed, required: true },
    credentials: { type: [Mixed], required: true } as never,
    createdAt: Date,
    updatedAt: Date,
  },
  { autoIndex: false, autoCreate: false, minimize: false, versionKey: false },
)
schema.plugin(tenantScoped)
schema.index({ updatedAt: 1 })
export const RatePolicyModel = mongoose.model('RatePolicy', schema, 'ratePolicies')

/** Lays down what holds for a tenant besides its plan; the time of the change is the database's. */
export async function writePolicy(
  tenantId: string,
  { plan, overrides, credentials }: Pick<PolicyRow, 'plan' | 'overrides' | 'credentials'>,
): Promise<void> {
  await nativeCollection(RatePolicyModel).updateOne(
    // The driver wants object ids where a collection declares no others.
    { _id: tenantId as never, tenantId },
    [
      {
        $set: {
          plan: { $literal: plan },
          overrides: { $literal: overrides },
          credentials: { $literal: credentials },
          createdAt: { $ifNull: ['$createdAt', '$$NOW'] },
          updatedAt: '$$NOW',
        },
      },
    ],
    { upsert: true },
  )
}

/** What was laid down since, for every tenant: each process holds all of it in memory. */
export async function policiesSince(since: Date): Promise<PolicyRow[]> {
  return await RatePolicyModel.find(
    { updatedAt: { $gte: since } },
    {},
    { acrossTenants: 'each process holds the limits of all tenants' },
  ).lean<StoredPolicy[]>()
}
