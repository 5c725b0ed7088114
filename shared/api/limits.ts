import { z } from 'zod'
import { limitKinds, planNames } from '../plans.ts'
import { type Contract, Id } from './contract.ts'

const most = 10_000_000

export const RateLimit = z.object({
  perMinute: z.number().int().min(1).max(most).meta({
    description: 'Calls a minute that can be kept up',
  }),
  burst: z.number().int().min(1).max(most).meta({ description: 'Calls at once after a pause' }),
})

const tenantKinds = limitKinds.filter((kind) => kind !== 'address')
const Kind = z.enum(tenantKinds)

const CredentialLimit = RateLimit.extend({
  id: Id.meta({ description: 'Of an API key or an OAuth client' }),
})

export const TenantLimits = z.object({
  tenantId: Id,
  plan: z.enum(planNames),
  limits: z.array(
    RateLimit.extend({
      kind: Kind,
      source: z
        .enum(['plan', 'override'])
        .meta({ description: 'Whether it follows from the plan or was set for this organisation' }),
    }),
  ),
  credentials: z.array(CredentialLimit).meta({ description: 'Limits of single credentials' }),
})
export type TenantLimits = z.output<typeof TenantLimits>

export const NewTenantLimits = z.object({
  plan: z.enum(planNames).nullable().default(null).meta({
    description: 'Null: the plan that organisations of its kind have',
  }),
  overrides: z.partialRecord(Kind, RateLimit).default({}),
  credentials: z.array(CredentialLimit).max(1000).default([]),
})
export type NewTenantLimits = z.output<typeof NewTenantLimits>

export const Me = z.object({
  principal: z.object({ kind: z.string(), id: Id }),
  tenantId: Id,
  mode: z.enum(['live', 'test']),
  scopes: z.array(z.string()),
  plan: z.enum(planNames),
  limits: z.array(
    RateLimit.extend({
      kind: Kind,
      remaining: z.number().int(),
      resetSeconds: z.number().int().meta({
        description: 'Until the burst is whole again; where nothing remains, until the next call',
      }),
    }),
  ),
})
export type Me = z.output<typeof Me>

const OfTenant = z.object({
  tenantId: Id.optional().meta({
    description: 'An organisation below your own; yours where absent',
  }),
})

export const limitsApi = {
  'GET /api/v1/me': {
    summary: 'Who this credential is, what it may do and how many calls it has left',
    access: 'launch',
    response: Me,
  },
  'GET /api/v1/limits': {
    summary: 'Get the rate limits of your organisation or of one below it',
    access: 'tenant',
    scope: 'usage.read',
    query: OfTenant,
    response: TenantLimits,
    errors: ['not_found'],
  },
  'PUT /api/v1/limits': {
    summary: 'Set the rate limits of an organisation below yours',
    description:
      'Replaces what was set before, on every server within a second. Only a platform administrator may set more than their own organisation has.',
    access: 'tenant',
    scope: 'tenants.write',
    query: OfTenant,
    body: NewTenantLimits,
    response: TenantLimits,
    errors: ['not_found', 'forbidden'],
  },
} satisfies Contract
