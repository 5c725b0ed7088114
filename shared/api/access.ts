import { z } from 'zod'
import { roleNames } from '../scopes.ts'
import { type Contract, Id, IdParams, listOf, Timestamps } from './contract.ts'
import { ChangedBetween, listQuery, MadeBetween, MadeList } from './list-query.ts'

const Role = z.enum(roleNames)

export const TenantSummary = z.object({
  id: Id,
  slug: z.string(),
  name: z.string(),
  kind: z.enum(['platform', 'trust', 'local-authority', 'school', 'sandbox']),
  parentId: Id.nullable(),
  ...Timestamps,
})
export type TenantSummary = z.output<typeof TenantSummary>

export const StaffSession = z.object({
  user: z.object({ id: Id, name: z.string(), email: z.string() }),
  tenant: TenantSummary,
  tenants: z
    .array(TenantSummary)
    .meta({ description: 'Every organisation this person may switch to' }),
  roles: z.array(Role),
  customRoles: z
    .array(z.object({ id: Id, name: z.string() }))
    .optional()
    .meta({ description: 'Roles that an organisation made itself' }),
  scopes: z.array(z.string()),
  csrfToken: z.string(),
  mustChangePassword: z
    .boolean()
    .optional()
    .meta({ description: 'Signed in with a one-time password, which ends after seven days' }),
})
export type StaffSession = z.output<typeof StaffSession>

export const Person = z.object({
  id: Id,
  name: z.string(),
  email: z.string(),
  roles: z.array(z.object({ tenantId: Id, role: Role })),
  customRoles: z.array(z.object({ tenantId: Id, roleId: Id })).optional(),
  lastSignInAt: z.iso.datetime().nullable(),
  disabled: z.boolean(),
  ...Timestamps,
})

export const ExtensionPairing = z.object({
  id: Id,
  name: z.string(),
  hint: z.string().meta({ description: 'First and last characters of its token' }),
  expiresAt: z.iso.datetime().nullable(),
  lastUsedAt: z.iso.datetime().nullable(),
  ...Timestamps,
})
export type ExtensionPairing = z.output<typeof ExtensionPairing>

const times = { ...MadeBetween, ...ChangedBetween }

export const PersonList = listQuery({
  sort: ['-createdAt', 'updatedAt', 'name'],
  filters: {
    role: Role.optional(),
    email: z.string().max(320).optional(),
    disabled: z.stringbool().optional(),
    ...times,
  },
})
export type PersonList = z.output<typeof PersonList>

export const TenantList = listQuery({
  sort: ['-createdAt', 'updatedAt', 'name', 'slug'],
  filters: {
    kind: TenantSummary.shape.kind.optional(),
    slug: z.string().max(63).optional(),
    parentId: Id.optional().meta({ description: 'Only those directly below this one' }),
    below: Id.optional().meta({ description: 'Only those anywhere below this one' }),
    ...times,
  },
})
export type TenantList = z.output<typeof TenantList>

export const accessApi = {
  'POST /api/v1/session': {
    summary: 'Sign in with e-mail and password',
    access: 'public',
    body: z.object({ email: z.string().max(320), password: z.string().max(1000) }),
    response: StaffSession,
    status: 201,
    errors: ['sso_required', 'invalid_credentials', 'too_many_requests'],
  },
  'GET /api/v1/session': {
    summary: 'Who is signed in, for which organisation, with which rights',
    access: 'staff',
    response: StaffSession,
  },
  'DELETE /api/v1/session': { summary: 'Sign out here', access: 'staff', status: 204 },
  'DELETE /api/v1/sessions': {
    summary: 'Sign out everywhere, on every device',
    access: 'staff',
    response: z.object({ ended: z.number().int() }),
  },
  'POST /api/v1/session/confirmation': {
    summary: 'Give your password again before something sensitive',
    access: 'staff',
    body: z.object({ password: z.string().max(1000) }),
    response: z.object({ freshUntil: z.iso.datetime() }),
    errors: ['invalid_credentials', 'too_many_requests'],
  },
  'POST /api/v1/session/password': {
    summary: 'Change your own password; every other session ends',
    access: 'staff',
    body: z.object({
      currentPassword: z.string().max(1000),
      newPassword: z.string().min(12).max(1000),
    }),
    status: 204,
    errors: ['invalid_credentials'],
  },
  'GET /api/v1/people': {
    summary: 'List staff accounts',
    access: 'tenant',
    scope: 'people.read',
    query: PersonList,
    response: listOf(Person),
  },
  'POST /api/v1/people': {
    summary: 'Add a staff account; answers a one-time password to pass on',
    access: 'tenant',
    scope: 'people.write',
    sensitive: true,
    body: z.object({
      name: z.string().trim().min(1).max(200),
      email: z.email().max(320),
      role: Role,
    }),
    response: Person.extend({ oneTimePassword: z.string() }),
    status: 201,
    errors: ['conflict'],
  },
  'DELETE /api/v1/people/:id/sessions': {
    summary: 'Sign a person out everywhere',
    access: 'tenant',
    scope: 'people.write',
    params: IdParams,
    response: z.object({ ended: z.number().int() }),
  },
  'GET /api/v1/tenants': {
    summary: 'List this organisation and everything below it',
    access: 'tenant',
    scope: 'tenants.read',
    query: TenantList,
    response: listOf(TenantSummary),
  },
  'POST /api/v1/tenants': {
    summary: 'Add an organisation below this one',
    access: 'tenant',
    scope: 'tenants.write',
    body: z.object({
      name: z.string().trim().min(1).max(200),
      slug: z.string().regex(/^[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?$/),
      kind: z.enum(['trust', 'local-authority', 'school', 'sandbox']),
    }),
    response: TenantSummary,
    status: 201,
    errors: ['conflict'],
  },
  'GET /api/v1/tenants/:id': {
    summary: 'Get one organisation',
    access: 'tenant',
    scope: 'tenants.read',
    params: IdParams,
    response: TenantSummary,
  },
  'PATCH /api/v1/tenants/:id': {
    summary: 'Rename an organisation',
    access: 'tenant',
    scope: 'tenants.write',
    params: IdParams,
    body: z.object({ name: z.string().trim().min(1).max(200).optional() }),
    response: TenantSummary,
    errors: ['conflict', 'precondition_failed'],
  },
  'POST /api/v1/extension/codes': {
    summary: 'Make a short code that pairs the browser extension with this account',
    access: 'staff',
    response: z.object({ code: z.string(), expiresAt: z.iso.datetime() }),
    status: 201,
  },
  'POST /api/v1/extension/pairings': {
    summary: 'Exchange a short code for a token of the extension',
    access: 'public',
    body: z.object({ code: z.string().min(4).max(20), device: z.string().max(100) }),
    response: z.object({
      token: z.string(),
      expiresAt: z.iso.datetime(),
      user: z.object({ name: z.string() }),
      tenant: z.object({ id: Id, name: z.string() }),
    }),
    status: 201,
    errors: ['invalid_credentials', 'too_many_requests'],
  },
  'GET /api/v1/extension/pairings': {
    summary: 'List the browser extensions that you paired with this organisation',
    access: 'staff',
    query: MadeList,
    response: listOf(ExtensionPairing),
  },
  'DELETE /api/v1/extension/pairings/:id': {
    summary: 'Unpair one of your browser extensions; its token stops working at once',
    access: 'staff',
    params: IdParams,
    status: 204,
  },
  'DELETE /api/v1/extension/pairings/current': {
    summary: 'Unpair: the token that makes this call stops working',
    access: 'tenant',
    scope: 'resources.read',
    status: 204,
  },
} satisfies Contract
