import { z } from 'zod'
import { type Contract, Id, IdParams, listOf, Timestamps, WebAddress } from './contract.ts'
import { ScopeName } from './keys.ts'
import { ChangedBetween, listQuery, MadeBetween } from './list-query.ts'

const Text = (max: number) => z.string().trim().min(1).max(max)

const GrantTypes = z
  .array(z.enum(['authorization_code', 'refresh_token', 'client_credentials']))
  .min(1)
  .max(3)

/** Checked further by the server: https, or http on the own computer; no fragment, no user name. */
const RedirectUri = z.string().min(8).max(2000)

const Reviewed = z.object({
  scope: z.string(),
  state: z.enum(['requested', 'approved']),
  reason: z.string().nullable().meta({ description: 'Why it was approved, as recorded' }),
  decidedAt: z.iso.datetime().nullable(),
})

const overlapSeconds = z.number().int().min(0).max(604_800).default(86_400)

export const OAuthClient = z.object({
  id: Id.meta({ description: 'The `client_id`' }),
  name: z.string(),
  kind: z.enum(['public', 'confidential']),
  grantTypes: GrantTypes,
  redirectUris: z.array(z.string()),
  scopes: z.array(z.string()),
  withheldScopes: z.array(z.string()).meta({
    description: 'Those of its scopes that an administrator of this organisation has not approved',
  }),
  homePage: z.string().nullable(),
  contact: z.string().meta({ description: 'Where people ask about it' }),
  privacyNotice: z.string().nullable(),
  purpose: z.string().meta({ description: 'What it does with the data, as people read it' }),
  secretHint: z.string().nullable(),
  previousSecretUntil: z.iso.datetime().nullable(),
  requirePushedRequests: z.boolean(),
  requireDpop: z.boolean(),
  disabledAt: z.iso.datetime().nullable(),
  pinnedVersion: z.iso
    .date()
    .nullable()
    .meta({ description: 'API version since its first call; null before' }),
  ...Timestamps,
})
export type OAuthClient = z.output<typeof OAuthClient>

const NewSecret = OAuthClient.extend({
  clientSecret: z
    .string()
    .nullable()
    .meta({ description: 'In this answer and nowhere else; null for public applications' }),
})

const described = {
  name: Text(100),
  redirectUris: z.array(RedirectUri).max(20),
  scopes: z.array(ScopeName).min(1),
  homePage: WebAddress.nullable(),
  contact: z.email().max(320),
  privacyNotice: WebAddress.nullable(),
  purpose: Text(500),
  requirePushedRequests: z.boolean(),
  requireDpop: z.boolean(),
}

const NewClient = z.object({
  ...described,
  kind: z.enum(['public', 'confidential']).default('confidential'),
  grantTypes: GrantTypes.default(['authorization_code', 'refresh_token']),
  redirectUris: described.redirectUris.default([]),
  homePage: described.homePage.default(null),
  privacyNotice: described.privacyNotice.default(null),
  requirePushedRequests: described.requirePushedRequests.default(false),
  requireDpop: described.requireDpop.default(false),
})

const ClientChange = z.object({ ...described, disabled: z.boolean() }).partial()

export const OAuthApproval = z.object({
  id: Id,
  clientId: Id,
  clientName: z.string(),
  scopes: z.array(Reviewed),
  ...Timestamps,
})
export type OAuthApproval = z.output<typeof OAuthApproval>

export const OAuthGrant = z.object({
  id: Id,
  clientId: Id,
  clientName: z.string(),
  tenantId: Id,
  userId: Id,
  scopes: z.array(z.string()),
  withheldScopes: z.array(z.string()),
  expiresAt: z.iso.datetime(),
  ...Timestamps,
})
export type OAuthGrant = z.output<typeof OAuthGrant>

const times = { ...MadeBetween, ...ChangedBetween }
const ClientList = listQuery({ sort: ['-createdAt', 'updatedAt', 'name'], filters: times })
const ApprovalList = listQuery({ sort: ['-createdAt', 'updatedAt'], filters: times })
const GrantList = listQuery({ sort: ['-createdAt'], filters: times })

export const oauthApi = {
  'GET /api/v1/oauth-clients': {
    summary: 'List the OAuth applications of this organisation',
    access: 'tenant',
    scope: 'oauth.read',
    query: ClientList,
    response: listOf(OAuthClient),
  },
  'POST /api/v1/oauth-clients': {
    summary: 'Register an OAuth application; its secret is shown once',
    access: 'tenant',
    scope: 'oauth.write',
    body: NewClient,
    response: NewSecret,
    status: 201,
    errors: ['redirect_uri_refused'],
  },
  'GET /api/v1/oauth-clients/:id': {
    summary: 'Get one OAuth application',
    access: 'tenant',
    scope: 'oauth.read',
    params: IdParams,
    response: OAuthClient,
  },
  'PATCH /api/v1/oauth-clients/:id': {
    summary: 'Change an OAuth application; `disabled` stops all its tokens',
    access: 'tenant',
    scope: 'oauth.write',
    params: IdParams,
    body: ClientChange,
    response: OAuthClient,
    errors: ['redirect_uri_refused'],
  },
  'DELETE /api/v1/oauth-clients/:id': {
    summary: 'Delete an OAuth application with its consents and tokens',
    access: 'tenant',
    scope: 'oauth.write',
    params: IdParams,
    status: 204,
  },
  'POST /api/v1/oauth-clients/:id/rotate-secret': {
    summary: 'Give an application a new secret; the one before works on for the overlap',
    access: 'tenant',
    scope: 'oauth.write',
    sensitive: true,
    params: IdParams,
    body: z.object({ overlapSeconds }).prefault({}),
    response: NewSecret,
    status: 201,
    errors: ['conflict'],
  },
  'GET /api/v1/oauth-clients/:id/approvals': {
    summary: 'Which sensitive rights an application asked for and got in this organisation',
    access: 'tenant',
    scope: 'oauth.read',
    params: IdParams,
    response: OAuthApproval,
  },
  'POST /api/v1/oauth-clients/:id/approvals': {
    summary: 'Approve sensitive rights of an application; for signed-in administrators',
    description:
      'Recorded in the audit trail. The application may belong to another organisation once somebody here was asked by it.',
    access: 'tenant',
    scope: 'oauth.write',
    sensitive: true,
    params: IdParams,
    body: z.object({ scopes: z.array(ScopeName).min(1), reason: Text(500) }),
    response: OAuthApproval,
    status: 201,
    errors: ['forbidden'],
  },
  'DELETE /api/v1/oauth-clients/:id/approvals': {
    summary: 'Withdraw every approval of an application; its tokens lose these rights at once',
    access: 'tenant',
    scope: 'oauth.write',
    params: IdParams,
    status: 204,
    errors: ['forbidden'],
  },
  'GET /api/v1/oauth-approvals': {
    summary: 'List what applications asked for or got here beyond the ordinary rights',
    access: 'tenant',
    scope: 'oauth.read',
    query: ApprovalList,
    response: listOf(OAuthApproval),
  },
  'GET /api/v1/oauth-grants': {
    summary: 'List the consents that people of this organisation gave to applications',
    access: 'tenant',
    scope: 'oauth.read',
    query: GrantList,
    response: listOf(OAuthGrant),
  },
  'DELETE /api/v1/oauth-grants/:id': {
    summary: 'Withdraw a consent; its tokens stop working within a second',
    access: 'tenant',
    scope: 'oauth.write',
    params: IdParams,
    status: 204,
  },
  'GET /api/v1/session/oauth-grants': {
    summary: 'List your own consents in every organisation',
    access: 'staff',
    query: GrantList,
    response: listOf(OAuthGrant),
  },
  'DELETE /api/v1/session/oauth-grants/:id': {
    summary: 'Withdraw one of your own consents',
    access: 'staff',
    params: IdParams,
    status: 204,
  },
} satisfies Contract
