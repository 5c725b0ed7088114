import { z } from 'zod'
import { roleNames, scopes } from '../scopes.ts'
import { Person } from './access.ts'
import { type Contract, Id, IdParams } from './contract.ts'

const Role = z.enum(roleNames)

/** A role or a right as an administrator chooses it; the same for every organisation. */
const RoleDescription = z.object({
  name: Role,
  label: z.string(),
  scopes: z.array(z.string()),
  organisations: z
    .array(z.string())
    .meta({ description: 'Kinds of organisation in which it can be given' }),
})

const ScopeDescription = z.object({
  name: z.enum(Object.keys(scopes) as [string, ...string[]]),
  description: z.string(),
  sensitive: z.boolean().meta({
    description: 'Opens personal data: an OAuth application needs an approval for it',
  }),
})

const inTenant = Id.optional().meta({
  description: 'An organisation of your tree; absent: your own',
})

export const peopleApi = {
  'GET /api/v1/people/:id': {
    summary: 'Get one staff account',
    access: 'tenant',
    scope: 'people.read',
    params: IdParams,
    response: Person,
  },
  'PATCH /api/v1/people/:id': {
    summary: 'Rename a staff account, or disable it and end its sessions',
    access: 'tenant',
    scope: 'people.write',
    sensitive: true,
    params: IdParams,
    body: z.object({
      name: z.string().trim().min(1).max(200).optional(),
      disabled: z.boolean().optional(),
    }),
    response: Person,
    errors: ['forbidden', 'conflict', 'last_administrator', 'precondition_failed'],
  },
  'DELETE /api/v1/people/:id': {
    summary: 'Delete a staff account',
    description: 'Only an account made in your tree whose roles all lie in it.',
    access: 'tenant',
    scope: 'people.write',
    sensitive: true,
    params: IdParams,
    status: 204,
    errors: ['forbidden', 'last_administrator', 'precondition_failed'],
  },
  'POST /api/v1/people/:id/roles': {
    summary: 'Give a person a role: one of the product’s, or one of your own',
    access: 'tenant',
    scope: 'people.write',
    sensitive: true,
    params: IdParams,
    body: z.object({
      role: Role.optional().meta({ description: 'One of the roles of the product' }),
      customRoleId: Id.optional().meta({ description: 'Or one that an organisation made' }),
      tenantId: inTenant,
    }),
    response: Person,
    status: 201,
    errors: ['forbidden'],
  },
  'DELETE /api/v1/people/:id/roles/:role': {
    summary: 'Take a role from a person',
    access: 'tenant',
    scope: 'people.write',
    sensitive: true,
    params: IdParams.extend({ role: z.string().max(64) }),
    query: z.object({ tenantId: inTenant }),
    status: 204,
    errors: ['forbidden', 'last_administrator'],
  },
  'POST /api/v1/people/:id/one-time-password': {
    summary: 'Give a person a new one-time password; the old one and every session end',
    access: 'tenant',
    scope: 'people.write',
    sensitive: true,
    params: IdParams,
    response: z.object({ oneTimePassword: z.string(), expiresAt: z.iso.datetime() }),
    status: 201,
    errors: ['forbidden'],
  },
  'GET /api/v1/roles': {
    summary: 'The roles that people can have',
    access: 'tenant',
    scope: 'people.read',
    response: z.object({ data: z.array(RoleDescription), nextCursor: z.null() }),
    shared: true,
  },
  'GET /api/v1/scopes': {
    summary: 'The rights that keys, applications and roles can hold',
    access: 'tenant',
    scope: 'keys.read',
    response: z.object({ data: z.array(ScopeDescription), nextCursor: z.null() }),
    shared: true,
  },
} satisfies Contract
