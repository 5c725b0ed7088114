import { z } from 'zod'
import { type RoleName, roleNames } from '../scopes.ts'
import { type Contract, Id, IdParams, listOf, Timestamps, WebAddress } from './contract.ts'
import { ChangedBetween, listQuery, MadeBetween, MadeList } from './list-query.ts'

/** Roles of the platform itself are never given by somebody else's directory. */
const reserved: readonly RoleName[] = ['platform-admin', 'support', 'sandbox-developer']
const grantable = roleNames.filter((role) => !reserved.includes(role)) as [RoleName, ...RoleName[]]

export const ProviderPreset = z
  .enum(['entra', 'google', 'adfs', 'shibboleth', 'other'])
  .meta({ description: 'Whose product it is, for the steps that the administration shows' })

const claimName = z.string().trim().min(1).max(300)

const common = {
  name: z.string().trim().min(1).max(100).meta({ description: 'Shown on the sign-in button' }),
  preset: ProviderPreset.default('other'),
  enabled: z.boolean().default(true),
  createsAccounts: z
    .boolean()
    .default(false)
    .meta({ description: 'People without an account get one when they first sign in' }),
  defaultRole: z
    .enum(grantable)
    .nullable()
    .default(null)
    .meta({ description: 'For people to whom no line of `roleMapping` applies; null: none' }),
  roleMapping: z
    .array(z.object({ value: z.string().trim().min(1).max(300), role: z.enum(grantable) }))
    .max(100)
    .default([])
    .meta({ description: 'Which value of the role attribute gives which role' }),
  emailClaim: claimName.optional().meta({ description: 'Attribute with the e-mail address' }),
  nameClaim: claimName.optional().meta({ description: 'Attribute with the display name' }),
  roleClaim: claimName.optional().meta({ description: 'Attribute that `roleMapping` is about' }),
}

export const SamlProviderBody = z.object({
  ...common,
  protocol: z.literal('saml'),
  metadataUrl: WebAddress.optional().meta({ description: 'Read now and every day' }),
  metadataXml: z
    .string()
    .max(1_000_000)
    .optional()
    .meta({ description: 'Instead of `metadataUrl`: the file itself' }),
})

export const OidcProviderBody = z.object({
  ...common,
  protocol: z.literal('oidc'),
  issuer: WebAddress,
  clientId: z.string().trim().min(1).max(300),
  clientSecret: z.string().min(1).max(1_000).optional(),
  hostedDomain: z
    .string()
    .trim()
    .toLowerCase()
    .max(253)
    .optional()
    .meta({ description: 'Google Workspace: only accounts of this domain (`hd`)' }),
})

export const ProviderBody = z.discriminatedUnion('protocol', [SamlProviderBody, OidcProviderBody])
export type ProviderBody = z.output<typeof ProviderBody>

export const ProviderChanges = z
  .object({
    name: common.name,
    preset: ProviderPreset,
    enabled: z.boolean(),
    createsAccounts: z.boolean(),
    defaultRole: z.enum(grantable).nullable(),
    roleMapping: z
      .array(z.object({ value: z.string().trim().min(1).max(300), role: z.enum(grantable) }))
      .max(100),
    emailClaim: claimName.nullable(),
    nameClaim: claimName.nullable(),
    roleClaim: claimName.nullable(),
    metadataUrl: WebAddress,
    metadataXml: z.string().max(1_000_000),
    clientId: z.string().trim().min(1).max(300),
    clientSecret: z.string().min(1).max(1_000),
    hostedDomain: z.string().trim().toLowerCase().max(253).nullable(),
  })
  .partial()
export type ProviderChanges = z.output<typeof ProviderChanges>

export const SignInStep = z.object({
  step: z.enum(['signature', 'conditions', 'person', 'email', 'account', 'roles']),
  passed: z.boolean(),
  detail: z.string(),
})
export type SignInStep = z.output<typeof SignInStep>

/** An identity provider that staff of an organisation sign in with. */
export const IdentityProvider = z.object({
  id: Id,
  name: z.string(),
  protocol: z.enum(['saml', 'oidc']),
  preset: ProviderPreset,
  enabled: z.boolean(),
  createsAccounts: z.boolean(),
  defaultRole: z.string().nullable(),
  roleMapping: z.array(z.object({ value: z.string(), role: z.string() })),
  emailClaim: z.string().nullable(),
  nameClaim: z.string().nullable(),
  roleClaim: z.string().nullable(),
  saml: z
    .object({
      entityId: z.string(),
      signInUrl: z.string(),
      signOutUrl: z.string().nullable(),
      certificates: z.array(
        z.object({
          fingerprint: z.string().meta({ description: 'SHA-256' }),
          validUntil: z.iso.datetime(),
        }),
      ),
      metadataUrl: z.string().nullable(),
      metadataReadAt: z.iso.datetime(),
      metadataProblem: z
        .string()
        .nullable()
        .meta({ description: 'Why the last daily reading failed' }),
    })
    .nullable(),
  oidc: z
    .object({
      issuer: z.string(),
      clientId: z.string(),
      hasSecret: z.boolean(),
      hostedDomain: z.string().nullable(),
    })
    .nullable(),
  addresses: z
    .object({
      signIn: z.string(),
      entityId: z.string().nullable(),
      acs: z.string().nullable(),
      metadata: z.string().nullable(),
      signOut: z.string().nullable(),
      redirectUri: z.string().nullable(),
    })
    .meta({ description: 'What the identity provider is to be told of this service' }),
  lastSignInAt: z.iso.datetime().nullable(),
  lastTest: z
    .object({ at: z.iso.datetime(), steps: z.array(SignInStep), claims: z.array(z.string()) })
    .nullable()
    .meta({ description: 'The last test, with the names of the attributes that came' }),
  ...Timestamps,
})
export type IdentityProvider = z.output<typeof IdentityProvider>

/** Whose e-mail addresses an organisation answers for. */
export const SsoDomain = z.object({
  id: Id,
  domain: z.string(),
  providerId: Id.nullable().meta({ description: 'Where people with such an address sign in' }),
  verifiedAt: z.iso.datetime().nullable(),
  record: z
    .object({ name: z.string(), type: z.literal('TXT'), value: z.string() })
    .meta({ description: 'The DNS record that proves it' }),
  ...Timestamps,
})
export type SsoDomain = z.output<typeof SsoDomain>

/** That a staff account and an account of an identity provider are the same person. */
export const SsoIdentity = z.object({
  id: Id,
  personId: Id,
  providerId: Id,
  subject: z.string().meta({ description: 'The provider’s own id of the person' }),
  linkedBy: z.enum(['password', 'domain', 'created']).meta({ description: 'What proved it' }),
  lastSignInAt: z.iso.datetime().nullable(),
  ...Timestamps,
})
export type SsoIdentity = z.output<typeof SsoIdentity>

export const SsoPolicy = z.object({
  enforced: z.boolean().meta({ description: 'Staff may sign in with an identity provider only' }),
  breakGlassPersonId: Id.nullable().meta({
    description: 'The one account that may still use its password',
  }),
})
export type SsoPolicy = z.output<typeof SsoPolicy>

export const ProviderList = listQuery({
  sort: ['-createdAt', 'updatedAt', 'name'],
  filters: { ...MadeBetween, ...ChangedBetween },
})
export type ProviderList = z.output<typeof ProviderList>

export const IdentityList = MadeList.extend({
  providerId: Id.optional(),
  personId: Id.optional(),
})
export type IdentityList = z.output<typeof IdentityList>

const domainName = z
  .string()
  .trim()
  .toLowerCase()
  .regex(
    /^[a-z0-9][a-z0-9-]{0,62}(\.[a-z0-9][a-z0-9-]{0,62})+$/,
    'must be a domain such as school.sch.uk',
  )
  .max(253)
  .meta({ examples: ['school.sch.uk'] })

const metadataErrors = ['sso_metadata_invalid', 'url_not_allowed'] as const

export const ssoApi = {
  'GET /api/v1/identity-providers': {
    summary: 'List the identity providers of the organisation',
    access: 'tenant',
    scope: 'sso.read',
    query: ProviderList,
    response: listOf(IdentityProvider),
  },
  'POST /api/v1/identity-providers': {
    summary: 'Add an identity provider (SAML 2.0 or OpenID Connect)',
    access: 'tenant',
    scope: 'sso.write',
    body: ProviderBody,
    response: IdentityProvider,
    status: 201,
    sensitive: true,
    errors: [...metadataErrors],
  },
  'GET /api/v1/identity-providers/:id': {
    summary: 'Get one identity provider',
    access: 'tenant',
    scope: 'sso.read',
    params: IdParams,
    response: IdentityProvider,
  },
  'PATCH /api/v1/identity-providers/:id': {
    summary: 'Change an identity provider',
    access: 'tenant',
    scope: 'sso.write',
    params: IdParams,
    body: ProviderChanges,
    response: IdentityProvider,
    sensitive: true,
    errors: [...metadataErrors, 'conflict', 'precondition_failed'],
  },
  'DELETE /api/v1/identity-providers/:id': {
    summary: 'Remove an identity provider, with the links of accounts to it',
    access: 'tenant',
    scope: 'sso.write',
    params: IdParams,
    status: 204,
    sensitive: true,
    errors: ['conflict', 'precondition_failed'],
  },
  'POST /api/v1/identity-providers/:id/refresh': {
    summary: 'Read the metadata of a SAML identity provider again now',
    access: 'tenant',
    scope: 'sso.write',
    params: IdParams,
    response: IdentityProvider,
    errors: [...metadataErrors, 'conflict'],
  },
  'POST /api/v1/identity-providers/:id/test': {
    summary: 'Begin a test of a sign-in; nobody is signed in by it',
    description: 'Open `url` in a browser. The steps are then in `lastTest` of the provider.',
    access: 'tenant',
    scope: 'sso.write',
    params: IdParams,
    response: z.object({ url: z.string() }),
    errors: ['conflict'],
  },
  'GET /api/v1/sso-domains': {
    summary: 'List the e-mail domains of the organisation',
    access: 'tenant',
    scope: 'sso.read',
    query: MadeList,
    response: listOf(SsoDomain),
  },
  'POST /api/v1/sso-domains': {
    summary: 'Claim an e-mail domain',
    access: 'tenant',
    scope: 'sso.write',
    body: z.object({ domain: domainName, providerId: Id.nullable().default(null) }),
    response: SsoDomain,
    status: 201,
    errors: ['conflict', 'not_found'],
  },
  'PATCH /api/v1/sso-domains/:id': {
    summary: 'Say where people of a domain sign in',
    access: 'tenant',
    scope: 'sso.write',
    params: IdParams,
    body: z.object({ providerId: Id.nullable() }),
    response: SsoDomain,
    errors: ['not_found'],
  },
  'POST /api/v1/sso-domains/:id/verify': {
    summary: 'Look for the DNS record that proves a domain',
    access: 'tenant',
    scope: 'sso.write',
    params: IdParams,
    response: SsoDomain,
    errors: ['sso_domain_not_proven', 'conflict'],
  },
  'DELETE /api/v1/sso-domains/:id': {
    summary: 'Give up an e-mail domain',
    access: 'tenant',
    scope: 'sso.write',
    params: IdParams,
    status: 204,
  },
  'GET /api/v1/sso-identities': {
    summary: 'List which accounts are linked to an identity provider',
    access: 'tenant',
    scope: 'sso.read',
    query: IdentityList,
    response: listOf(SsoIdentity),
  },
  'DELETE /api/v1/sso-identities/:id': {
    summary: 'Unlink an account from an identity provider',
    access: 'tenant',
    scope: 'sso.write',
    params: IdParams,
    status: 204,
  },
  'GET /api/v1/sso-policy': {
    summary: 'Get whether staff must sign in with an identity provider',
    access: 'tenant',
    scope: 'sso.read',
    response: SsoPolicy,
  },
  'PUT /api/v1/sso-policy': {
    summary: 'Say whether staff must sign in with an identity provider',
    description:
      'Needs a provider that somebody has signed in with, and an account that may still use its password.',
    access: 'tenant',
    scope: 'sso.write',
    body: SsoPolicy,
    response: SsoPolicy,
    sensitive: true,
    errors: ['conflict', 'not_found'],
  },
  'POST /api/v1/session/discovery': {
    summary: 'How people with an e-mail address sign in',
    description: 'Tells by the domain alone; whether an account exists is never said.',
    access: 'public',
    body: z.object({ email: z.string().trim().min(3).max(320) }),
    response: z.object({
      providers: z.array(z.object({ id: Id, name: z.string(), url: z.string() })),
    }),
    errors: ['too_many_requests'],
  },
  'GET /api/v1/session/providers': {
    summary: 'Identity providers that the signed-in person can link, and those that are linked',
    access: 'staff',
    response: z.object({
      providers: z.array(
        z.object({
          id: Id,
          name: z.string(),
          isLinked: z.boolean(),
          linkUrl: z.string(),
          signOutUrl: z.string().nullable().meta({
            description: 'Ends the session there too, for whoever signed in with it',
          }),
        }),
      ),
    }),
  },
} satisfies Contract
