import { z } from 'zod'
import { type Scope, scopes } from '../scopes.ts'
import { type Contract, Id, IdParams, listOf, Timestamps } from './contract.ts'
import { listQuery, MadeBetween } from './list-query.ts'

const Name = z.string().trim().min(1).max(80)
const Description = z.string().trim().max(300)
const Right = z.enum(Object.keys(scopes) as [Scope, ...Scope[]])
const Rights = z
  .array(Right)
  .min(1)
  .max(Object.keys(scopes).length)
  .meta({ description: 'Only rights that you hold yourself' })

export const CustomRole = z.object({
  id: Id,
  tenantId: Id.meta({ description: 'The organisation that made it; those below can give it, too' }),
  name: Name,
  description: Description,
  scopes: z.array(z.string()),
  ...Timestamps,
})
export type CustomRole = z.output<typeof CustomRole>

export const CustomRoleBody = z.object({
  name: Name,
  description: Description.default(''),
  scopes: Rights,
})
export type CustomRoleBody = z.output<typeof CustomRoleBody>

export const CustomRoleChange = z
  .object({ name: Name, description: Description, scopes: Rights })
  .partial()
export type CustomRoleChange = z.output<typeof CustomRoleChange>

export const CustomRoleList = listQuery({ sort: ['name', '-createdAt'], filters: MadeBetween })
export type CustomRoleList = z.output<typeof CustomRoleList>

export const SupportAccess = z.object({
  id: Id,
  tenantId: Id,
  person: z.object({ id: Id, name: z.string() }),
  reason: z.string(),
  until: z.iso.datetime(),
  endedAt: z.iso.datetime().nullable(),
  ...Timestamps,
})
export type SupportAccess = z.output<typeof SupportAccess>

export const SupportAccessBody = z.object({
  tenantId: Id.meta({ description: 'The organisation that needs help' }),
  reason: z.string().trim().min(10).max(500).meta({
    description: 'What for; the organisation reads it in its trail',
  }),
  minutes: z.number().int().min(15).max(480).default(60),
})
export type SupportAccessBody = z.output<typeof SupportAccessBody>

export const SupportAccessList = listQuery({
  sort: ['-createdAt'],
  filters: { open: z.stringbool().optional(), ...MadeBetween },
})
export type SupportAccessList = z.output<typeof SupportAccessList>

export const rolesApi = {
  'GET /api/v1/custom-roles': {
    summary: 'List the roles that your organisation and those above it have made',
    access: 'tenant',
    scope: 'people.read',
    query: CustomRoleList,
    response: listOf(CustomRole),
  },
  'POST /api/v1/custom-roles': {
    summary: 'Make a role out of rights that you hold',
    access: 'tenant',
    scope: 'people.write',
    sensitive: true,
    body: CustomRoleBody,
    response: CustomRole,
    status: 201,
    errors: ['conflict', 'insufficient_scope'],
  },
  'GET /api/v1/custom-roles/:id': {
    summary: 'Get one role of your own',
    access: 'tenant',
    scope: 'people.read',
    params: IdParams,
    response: CustomRole,
  },
  'PATCH /api/v1/custom-roles/:id': {
    summary: 'Change a role; everybody who has it follows at once',
    access: 'tenant',
    scope: 'people.write',
    sensitive: true,
    params: IdParams,
    body: CustomRoleChange,
    response: CustomRole,
    errors: ['conflict', 'insufficient_scope', 'precondition_failed'],
  },
  'DELETE /api/v1/custom-roles/:id': {
    summary: 'Delete a role that nobody has any more',
    access: 'tenant',
    scope: 'people.write',
    sensitive: true,
    params: IdParams,
    status: 204,
    errors: ['role_in_use'],
  },
  'GET /api/v1/support-accesses': {
    summary: 'List when support staff of the platform could see your organisation, and why',
    access: 'tenant',
    scope: 'people.read',
    query: SupportAccessList,
    response: listOf(SupportAccess),
  },
  'POST /api/v1/support-accesses': {
    summary: 'Open an organisation to yourself for a while, with a reason (break glass)',
    description:
      'For support staff of the platform, who see no organisation otherwise. It ends by itself after 8 hours at most; the organisation is told and can end it.',
    access: 'staff',
    sensitive: true,
    body: SupportAccessBody,
    response: SupportAccess,
    status: 201,
    errors: ['forbidden', 'not_found'],
  },
  'DELETE /api/v1/support-accesses/:id': {
    summary: 'End the access of support staff now',
    access: 'tenant',
    scope: 'people.write',
    params: IdParams,
    status: 204,
  },
} satisfies Contract
