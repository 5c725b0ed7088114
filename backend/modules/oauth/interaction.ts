import type { Request, Response } from 'express'
import type { Interaction, Provider } from 'oidc-provider'
import type { StaffSession, TenantSummary } from '../../../shared/api/access.ts'
import { AppError } from '../../../shared/errors.ts'
import { recordAudit } from '../../core/audit/index.ts'
import { factsOf } from '../../core/http/index.ts'
import { newId } from '../../core/ids.ts'
import type { TenantContext } from '../../core/tenancy.ts'
import { rightsOfPerson, signedInAt } from '../auth/index.ts'
import { getTenant } from '../tenants/index.ts'
import { noteRequest } from './approval-store.ts'
import { withheldOf } from './approvals.ts'
import { noteChange } from './change-store.ts'
import { type ClientRow, findAnyClient } from './client-store.ts'
import { grantDays } from './configuration.ts'
import { type ConsentRow, findConsentsFor, putConsent } from './consent-store.ts'
import { type OAuthDeps, resourceOf } from './deps.ts'
import { isLoopback } from './redirect-uris.ts'
import { apiScopesOf, identityScopes } from './scopes-of-request.ts'

export type InteractionDetails = InstanceType<Provider['Interaction']> & Interaction

/** A request that an application made and a signed-in person is to answer. */
export interface Asked {
  readonly details: InteractionDetails
  readonly client: ClientRow
  readonly ctx: TenantContext
  readonly session: StaffSession
  readonly requested: readonly string[]
  readonly identity: readonly string[]
  readonly tenants: readonly TenantSummary[]
  readonly consents: readonly ConsentRow[]
  readonly signedInAt: Date
}

/** How a request divides in one organisation. */
export interface Division {
  readonly shared: readonly string[]
  readonly withheld: readonly string[]
  readonly beyond: readonly string[]
}

/** The staff session of the page's request; a form brings its token in a field, where programs use a header. */
export async function sessionOf(
  req: Request,
  csrf: string | undefined,
  { staff }: Pick<OAuthDeps, 'staff'>,
): Promise<TenantContext | undefined> {
  const facts = factsOf(req, String(req.res?.locals['requestId'] ?? ''))
  return staff.authenticateSession({
    ...facts,
    header(name) {
      if (name.toLowerCase() === 'x-edpsych-csrf') return csrf
      // The organisation is chosen on the page, not by a header.
      return name.toLowerCase() === 'edpsych-tenant' ? undefined : facts.header(name)
    },
  })
}

/** Everything the page shows or decides by; null where the person must sign in (again) first. */
export async function readAsked(
  details: InteractionDetails,
  ctx: TenantContext | undefined,
  deps: OAuthDeps,
): Promise<Asked | null> {
  if (!ctx) return null
  const now = deps.now()
  const startedAt = await signedInAt(ctx, now)
  if (!startedAt || mustSignInAgain(details, startedAt, now)) return null
  const client = await findAnyClient(String(details.params['client_id']))
  if (!client) throw new AppError('not_found', 'The application does not exist any more')
  const [session, owner, consents] = await Promise.all([
    deps.staff.describeSession(ctx),
    getTenant(client.tenantId),
    findConsentsFor(ctx.principal.id, client._id, now),
  ])
  const scope = String(details.params['scope'] ?? '')
  return {
    details,
    client,
    ctx,
    session,
    requested: apiScopesOf(scope),
    identity: identityScopes.filter((one) => scope.split(' ').includes(one)),
    tenants: tenantsFor(session.tenants, owner),
    consents,
    signedInAt: startedAt,
  }
}

/** A sandbox's application stays in its sandbox, and those of live organisations out of sandboxes. */
function tenantsFor(
  tenants: readonly TenantSummary[],
  owner: TenantSummary | null,
): readonly TenantSummary[] {
  if (owner?.kind === 'sandbox') return tenants.filter(({ id }) => id === owner.id)
  return tenants.filter(({ kind }) => kind !== 'sandbox')
}

function mustSignInAgain({ params, iat }: InteractionDetails, startedAt: Date, now: Date): boolean {
  const prompts = String(params['prompt'] ?? '').split(' ')
  const askedAt = (iat ?? 0) * 1000
  if (prompts.includes('login') && startedAt.getTime() < askedAt) return true
  const maxAge = Number(params['max_age'] ?? Number.POSITIVE_INFINITY)
  const fromMs = Math.min(askedAt, now.getTime())
  return startedAt.getTime() < fromMs && fromMs - startedAt.getTime() > maxAge * 1000
}

/** The organisation that is clear without asking. */
export function tenantOf(asked: Asked, chosen: string | undefined): TenantSummary | undefined {
  const { tenants, consents, details } = asked
  const wanted = chosen ?? details.params['tenant']
  if (wanted !== undefined) return tenants.find(({ id, slug }) => id === wanted || slug === wanted)
  const [only, ...others] = tenants
  if (others.length === 0) return only
  const remembered = tenants.filter(({ id }) => consents.some((row) => row.tenantId === id))
  return remembered.length === 1 ? remembered[0] : undefined
}

export async function divide(
  { requested, client, ctx }: Asked,
  tenantId: string,
  now: Date,
): Promise<Division> {
  const [rights, missing] = await Promise.all([
    rightsOfPerson(ctx.principal.id, tenantId, now),
    withheldOf({ tenantId }, client._id, requested),
  ])
  const withheld = new Set(missing)
  const held = requested.filter((scope) => rights.scopes.has(scope))
  return {
    shared: held.filter((scope) => !withheld.has(scope)),
    withheld: missing,
    beyond: requested.filter((scope) => !rights.scopes.has(scope) && !withheld.has(scope)),
  }
}

/**
 * Whether a consent of before answers this request. Programs on the own computer cannot prove who they are
 * (RFC 8252 §8.6), so their people are asked each time.
 */
export function isRemembered(asked: Asked, tenantId: string, { shared }: Division): boolean {
  const { consents, details } = asked
  const prompts = String(details.params['prompt'] ?? '').split(' ')
  if (prompts.includes('consent') || isLoopback(String(details.params['redirect_uri'])))
    return false
  const consent = consents.find((row) => row.tenantId === tenantId)
  const isCovered = shared.every((scope) => consent?.scopes.includes(scope))
  return consent !== undefined && shared.length > 0 && isCovered
}

/** Gives the application what can be shared, and answers where the browser goes. */
export async function allow(
  provider: Provider,
  { req, res }: { req: Request; res: Response },
  asked: Asked,
  tenant: TenantSummary,
  division: Division,
  deps: OAuthDeps,
): Promise<string> {
  const { client, ctx, consents, identity, requested } = asked
  const before = consents.find((row) => row.tenantId === tenant.id)
  const scopes = [...new Set([...(before?.scopes ?? []), ...division.shared])]
  const grantId = await saveGrant(provider, before?._id ?? newId('gra'), {
    accountId: ctx.principal.id,
    clientId: client._id,
    identity,
    resource: resourceOf(deps.settings),
    granted: scopes,
    refused: requested.filter((scope) => !scopes.includes(scope)),
  })
  await putConsent({
    _id: grantId,
    tenantId: tenant.id,
    clientId: client._id,
    staffUserId: ctx.principal.id,
    scopes,
    withheld: [...division.withheld],
    expiresAt: new Date(deps.now().getTime() + grantDays * 86_400_000),
  })
  if (before) await noteChange(`grant:${grantId}`)
  if (division.withheld.length > 0) {
    await noteRequest({ tenantId: tenant.id }, client._id, division.withheld)
  }
  await recordAudit(
    { ...ctx, tenantId: tenant.id },
    {
      action: 'oauth-grant.allow',
      target: { type: 'oauth-client', id: client._id },
      fields: division.shared.map((scope) => `scopes.${scope}`),
      result: 'success',
    },
  )
  return provider.interactionResult(req, res, {
    login: {
      accountId: ctx.principal.id,
      remember: false,
      ts: Math.floor(asked.signedInAt.getTime() / 1000),
    },
    consent: { grantId },
  })
}

interface WantedGrant {
  readonly accountId: string
  readonly clientId: string
  readonly identity: readonly string[]
  readonly resource: string
  readonly granted: readonly string[]
  readonly refused: readonly string[]
}

/** One grant per person, application and organisation; it grows with what is allowed later. */
async function saveGrant(provider: Provider, id: string, wanted: WantedGrant): Promise<string> {
  const { accountId, clientId, identity, resource, granted, refused } = wanted
  const earlier = await provider.Grant.find(id)
  const grant = new provider.Grant({ accountId, clientId })
  grant.jti = id
  grant.addOIDCScope(
    [...new Set([...(earlier?.getOIDCScope().split(' ') ?? []), ...identity])].join(' ').trim(),
  )
  if (granted.length > 0) grant.addResourceScope(resource, granted.join(' '))
  if (refused.length > 0) grant.rejectResourceScope(resource, refused.join(' '))
  return grant.save()
}

/** Tells the application that the person said no. */
export async function refuse(
  provider: Provider,
  { req, res }: { req: Request; res: Response },
  { ctx, client }: Asked,
): Promise<string> {
  await recordAudit(ctx, {
    action: 'oauth-grant.refuse',
    target: { type: 'oauth-client', id: client._id },
    result: 'refused',
    detail: 'access_denied',
  })
  return provider.interactionResult(
    req,
    res,
    { error: 'access_denied', error_description: 'the person refused' },
    { mergeWithLastSubmission: false },
  )
}
