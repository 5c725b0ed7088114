import mongoose, { Schema } from 'mongoose'
import type { OnboardingList, OnboardingStepKey } from '../../../shared/api/onboarding.ts'
import { isDuplicateKey } from '../../core/duplicate-key.ts'
import { newEvent, pushEvent, type WithOutbox, withOutbox } from '../../core/events/index.ts'
import { newId } from '../../core/ids.ts'
import { type FoundPage, findPage, orderedBy, timeFilter } from '../../core/lists/index.ts'
import { type TenantContext, tenantScoped } from '../../core/tenancy.ts'
import type { ActorRef, Choice, Choices } from './steps.ts'

export interface OnboardingRow {
  readonly _id: string
  readonly tenantId: string
  readonly begunBy: ActorRef
  readonly completedAt: Date | null
  readonly completedBy: ActorRef | null
  readonly choices: Choices
  readonly createdAt: Date
  readonly updatedAt: Date
}

/** Orders in which the list can be asked for. */
const sortFields = {
  createdAt: { path: '_id', type: 'text' },
  updatedAt: { path: 'updatedAt', type: 'date' },
} as const

const { Mixed } = Schema.Types
const schema = new Schema<OnboardingRow & WithOutbox>(
  {
    _id: { type: String, required: true },
    begunBy: { type: Mixed, required: true } as never,
    completedAt: { type: Date, default: null },
    completedBy: { type: Mixed, default: null } as never,
    choices: { type: Mixed, default: {} } as never,
  },
  { timestamps: true, autoIndex: false, minimize: false, versionKey: false },
)
schema.plugin(tenantScoped)
schema.plugin(withOutbox)
schema.index({ tenantId: 1 }, { unique: true })
orderedBy(schema, sortFields)
export const OnboardingModel = mongoose.model('Onboarding', schema, 'onboardings')

const seen = { pendingEvents: 0 } as const

export async function findOnboarding(tenantId: string): Promise<OnboardingRow | null> {
  return OnboardingModel.findOne({ tenantId }, seen).lean<OnboardingRow>()
}

export function findOnboardingPage(
  tenantIds: readonly string[],
  query: OnboardingList,
): Promise<FoundPage<OnboardingRow>> {
  const done = { 'under-way': null, completed: { $ne: null } } as const
  return findPage<OnboardingRow>(OnboardingModel, {
    filter: {
      tenantId: { $in: [...tenantIds] },
      ...(query.state === undefined ? {} : { completedAt: done[query.state] }),
      ...timeFilter(query),
    },
    query,
    sortFields,
    projection: seen,
  })
}

/** False where it was begun already. */
export async function insertOnboarding(ctx: TenantContext, by: ActorRef): Promise<boolean> {
  const { tenantId } = ctx
  const data = { onboardedTenantId: tenantId }
  try {
    await OnboardingModel.create({
      _id: newId('onb'),
      tenantId,
      begunBy: by,
      pendingEvents: [newEvent(ctx, 'onboarding.begun', data)],
    })
    return true
  } catch (error) {
    if (!isDuplicateKey(error)) throw error
    return false
  }
}

/** Writes only what is given, so that two people at two steps do not undo each other. */
export async function writeChoice(
  ctx: TenantContext,
  step: OnboardingStepKey,
  choice: Choice,
): Promise<void> {
  const fields = Object.entries(choice).map(([name, value]) => [`choices.${step}.${name}`, value])
  await OnboardingModel.updateOne({ tenantId: ctx.tenantId }, { $set: Object.fromEntries(fields) })
}

/** False where it was completed already. */
export async function writeCompletion(
  ctx: TenantContext,
  by: ActorRef,
  at: Date,
): Promise<boolean> {
  const { tenantId } = ctx
  const { modifiedCount } = await OnboardingModel.updateOne(
    { tenantId, completedAt: null },
    {
      $set: { completedAt: at, completedBy: by },
      ...pushEvent(ctx, 'onboarding.completed', { onboardedTenantId: tenantId }),
    },
  )
  return modifiedCount === 1
}
