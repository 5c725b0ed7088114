import { z } from 'zod'
import { type Contract, Id, IdParams, listOf, Timestamps } from './contract.ts'
import { listQuery, MadeBetween } from './list-query.ts'

/** The steps of setting up an organisation, in the order in which they are shown. */
export const onboardingStepKeys = [
  'details',
  'administrator',
  'appearance',
  'data-protection',
  'connection',
  'lms',
  'roster',
  'alerts',
] as const
export type OnboardingStepKey = (typeof onboardingStepKeys)[number]
const StepKey = z.enum(onboardingStepKeys)

const Actor = z.object({ kind: z.string(), id: z.string(), name: z.string().nullable() })

export const OnboardingStep = z.object({
  key: StepKey,
  title: z.string(),
  help: z.string(),
  required: z.boolean().meta({ description: 'Cannot be left out' }),
  state: z.enum(['todo', 'done', 'skipped']).meta({
    description:
      'Worked out from what the organisation really has; only leaving out is a choice of a person',
  }),
  missing: z.array(z.string()).meta({ description: 'What is still to do, a sentence each' }),
  facts: z
    .array(z.object({ label: z.string(), value: z.string() }))
    .meta({ description: 'What there is already' }),
  confirmation: z
    .string()
    .nullable()
    .meta({
      description:
        'Where a person has to confirm what stands in `facts`: the value to send; it changes with the facts. Null: nothing to confirm',
      examples: ['3f0c9a51d27be846'],
    }),
  by: Actor.nullable().meta({ description: 'Who did, confirmed or left it out, where recorded' }),
  at: z.iso.datetime().nullable().meta({ description: 'When it was done, confirmed or left out' }),
  note: z.string().nullable(),
  link: z.string().meta({
    description: 'Page of the administration where it is done',
    examples: ['/admin/connections/new'],
  }),
})
export type OnboardingStep = z.output<typeof OnboardingStep>

const states = ['not-begun', 'under-way', 'completed'] as const

const progress = {
  id: Id.meta({ description: 'Identifier of the organisation' }),
  organisation: z.object({
    id: Id,
    name: z.string(),
    slug: z.string(),
    kind: z.string(),
    parentId: Id.nullable(),
  }),
  state: z.enum(states),
  total: z.number().int().meta({ description: 'How many steps there are' }),
  finished: z.number().int().meta({ description: 'Steps that are done or left out' }),
  nextStep: StepKey.nullable().meta({ description: 'The first step that is still to do' }),
  begunAt: z.iso.datetime().nullable(),
  begunBy: Actor.nullable(),
  completedAt: z.iso.datetime().nullable(),
  completedBy: Actor.nullable(),
  ...Timestamps,
}

export const OnboardingSummary = z.object(progress)
export type OnboardingSummary = z.output<typeof OnboardingSummary>

export const Onboarding = z.object({ ...progress, steps: z.array(OnboardingStep) })
export type Onboarding = z.output<typeof Onboarding>

export const OnboardingChange = z.object({
  step: StepKey,
  skip: z.boolean().optional().meta({ description: 'Leave the step out, or take that back' }),
  confirm: z
    .string()
    .max(64)
    .optional()
    .meta({
      description: 'The `confirmation` of the step as it was read; refused if the facts changed',
      examples: ['3f0c9a51d27be846'],
    }),
  note: z
    .string()
    .trim()
    .max(500)
    .nullable()
    .optional()
    .meta({ description: 'For whoever goes on; null: none' }),
})
export type OnboardingChange = z.output<typeof OnboardingChange>

export const OnboardingList = listQuery({
  sort: ['-createdAt', 'updatedAt'],
  filters: {
    state: z.enum(['under-way', 'completed']).optional(),
    ...MadeBetween,
  },
})
export type OnboardingList = z.output<typeof OnboardingList>

export const onboardingApi = {
  'GET /api/v1/onboardings': {
    summary: 'List organisations that are or were set up: your own and those below it',
    access: 'tenant',
    scope: 'tenants.read',
    query: OnboardingList,
    response: listOf(OnboardingSummary),
  },
  'GET /api/v1/tenants/:id/onboarding': {
    summary: 'See how far the setting up of an organisation is',
    description:
      'Every step is worked out anew from what the organisation has. Where nobody has begun, `state` is `not-begun` and the steps are shown all the same.',
    access: 'tenant',
    scope: 'tenants.read',
    params: IdParams,
    response: Onboarding,
    errors: ['onboarding_not_possible'],
  },
  'POST /api/v1/tenants/:id/onboarding': {
    summary: 'Begin to set up an organisation; safe to repeat',
    access: 'tenant',
    scope: 'tenants.write',
    params: IdParams,
    response: Onboarding,
    status: 201,
    errors: ['onboarding_not_possible'],
  },
  'PATCH /api/v1/tenants/:id/onboarding': {
    summary: 'Confirm a step, leave it out or note something with it',
    description: 'Begins the setting up where nobody has. Steps that are required stay.',
    access: 'tenant',
    scope: 'tenants.write',
    params: IdParams,
    body: OnboardingChange,
    response: Onboarding,
    errors: [
      'onboarding_not_possible',
      'onboarding_step_required',
      'onboarding_facts_changed',
      'precondition_failed',
    ],
  },
  'POST /api/v1/tenants/:id/onboarding/complete': {
    summary: 'Finish the setting up, once every step is done or left out; safe to repeat',
    access: 'tenant',
    scope: 'tenants.write',
    params: IdParams,
    response: Onboarding,
    errors: ['onboarding_not_possible', 'onboarding_incomplete'],
  },
} satisfies Contract
