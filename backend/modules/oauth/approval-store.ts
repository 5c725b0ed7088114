import mongoose, { Schema } from 'mongoose'
import { newId } from '../../core/ids.ts'
import {
  type FoundPage,
  findPage,
  orderedBy,
  type TimedQuery,
  timeFilter,
} from '../../core/lists/index.ts'
import { type TenantContext, tenantScoped } from '../../core/tenancy.ts'

export interface ApprovedScope {
  readonly scope: string
  readonly reason: string
  readonly decidedAt: Date
  readonly decidedBy: string
}

export interface ApprovalRow {
  readonly _id: string
  readonly tenantId: string
  readonly clientId: string
  /** Sensitive scopes that somebody here was asked for. */
  readonly requested: string[]
  readonly approved: ApprovedScope[]
  readonly createdAt: Date
  readonly updatedAt: Date
}

const approvalSort = {
  createdAt: { path: '_id', type: 'date' },
  updatedAt: { path: 'updatedAt', type: 'date' },
} as const

const approvalSchema = new Schema<ApprovalRow>(
  {
    _id: { type: String, required: true },
    clientId: { type: String, required: true },
    requested: { type: [String], required: true },
    approved: {
      type: [
        new Schema<ApprovedScope>(
          {
            scope: { type: String, required: true },
            reason: { type: String, required: true },
            decidedAt: { type: Date, required: true },
            decidedBy: { type: String, required: true },
          },
          { _id: false },
        ),
      ],
      default: [],
    },
  },
  { timestamps: true, autoIndex: false, versionKey: false },
)
approvalSchema.plugin(tenantScoped)
approvalSchema.index({ tenantId: 1, clientId: 1 }, { unique: true })
approvalSchema.index({ clientId: 1 })
orderedBy(approvalSchema, approvalSort)

export const OAuthApprovalModel = mongoose.model('OAuthApproval', approvalSchema, 'oauthApprovals')

type Where = Pick<TenantContext, 'tenantId'>

export async function findApproval(
  { tenantId }: Where,
  clientId: string,
): Promise<ApprovalRow | null> {
  return OAuthApprovalModel.findOne({ tenantId, clientId }).lean()
}

export async function findApprovalPage(
  { tenantId }: Where,
  query: TimedQuery,
): Promise<FoundPage<ApprovalRow>> {
  return findPage<ApprovalRow>(OAuthApprovalModel, {
    filter: { tenantId, ...timeFilter(query) },
    query,
    sortFields: approvalSort,
  })
}

/** Remembers what was asked for, so that an administrator can find it. */
export async function noteRequest(
  { tenantId }: Where,
  clientId: string,
  scopes: readonly string[],
): Promise<void> {
  await OAuthApprovalModel.updateOne(
    { tenantId, clientId },
    {
      $addToSet: { requested: { $each: [...scopes] } },
      $setOnInsert: { _id: newId('apr'), approved: [] },
    },
    { upsert: true },
  )
}

export async function setApproved(
  { tenantId }: Where,
  clientId: string,
  approved: readonly ApprovedScope[],
): Promise<ApprovalRow | null> {
  const scopes = approved.map(({ scope }) => scope)
  await OAuthApprovalModel.updateOne(
    { tenantId, clientId },
    { $setOnInsert: { _id: newId('apr'), requested: [], approved: [] } },
    { upsert: true },
  )
  return OAuthApprovalModel.findOneAndUpdate(
    { tenantId, clientId },
    [
      {
        $set: {
          requested: { $setUnion: ['$requested', scopes] },
          approved: {
            $concatArrays: [
              {
                $filter: {
                  input: '$approved',
                  cond: { $not: [{ $in: ['$$this.scope', scopes] }] },
                },
              },
              approved.map((one) => ({ ...one, reason: { $literal: one.reason } })),
            ],
          },
        },
      },
    ],
    { returnDocument: 'after', updatePipeline: true },
  ).lean()
}

export async function clearApproved({ tenantId }: Where, clientId: string): Promise<string[]> {
  const before = await OAuthApprovalModel.findOneAndUpdate(
    { tenantId, clientId },
    { $set: { approved: [] } },
    { returnDocument: 'before' },
  ).lean()
  return before?.approved.map(({ scope }) => scope) ?? []
}

export async function removeApprovalsOf(clientId: string): Promise<void> {
  await OAuthApprovalModel.deleteMany(
    { clientId },
    { acrossTenants: 'a deleted client leaves nothing behind in any tenant' },
  )
}
