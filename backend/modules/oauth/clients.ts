import type { z } from 'zod'
import type { Page } from '../../../shared/api/contract.ts'
import type { OAuthClient, oauthApi } from '../../../shared/api/oauth.ts'
import { AppError } from '../../../shared/errors.ts'
import { recordAudit } from '../../core/audit/index.ts'
import { showEach, type TimedQuery } from '../../core/lists/index.ts'
import { hasScope, type TenantContext } from '../../core/tenancy.ts'
import { removeApprovalsOf } from './approval-store.ts'
import { withheldOf } from './approvals.ts'
import { noteChange } from './change-store.ts'
import { makeClientSecret } from './client-secret.ts'
import {
  type ClientRow,
  changeClient,
  findClient,
  findClientPage,
  insertClient,
  removeClient,
  replaceClientSecret,
} from './client-store.ts'
import { takeConsentsOfClient } from './consent-store.ts'
import type { OAuthDeps } from './deps.ts'
import { deletePayloadsOfGrant } from './payload-store.ts'
import { checkRedirectUri, checkWebAddress } from './redirect-uris.ts'

type NewClient = z.output<(typeof oauthApi)['POST /api/v1/oauth-clients']['body']>
type ClientChange = z.output<(typeof oauthApi)['PATCH /api/v1/oauth-clients/:id']['body']>
type WithSecret = OAuthClient & { clientSecret: string | null }

async function showClient(ctx: TenantContext, row: ClientRow, now: Date): Promise<OAuthClient> {
  const isOverlapping = row.previousSecretUntil !== null && row.previousSecretUntil > now
  return {
    id: row._id,
    name: row.name,
    kind: row.kind,
    grantTypes: row.grantTypes,
    redirectUris: row.redirectUris,
    scopes: row.scopes,
    withheldScopes: await withheldOf(ctx, row._id, row.scopes),
    homePage: row.homePage,
    contact: row.contact,
    privacyNotice: row.privacyNotice,
    purpose: row.purpose,
    secretHint: row.secretHint,
    previousSecretUntil: isOverlapping ? (row.previousSecretUntil?.toISOString() ?? null) : null,
    requirePushedRequests: row.requirePushedRequests,
    requireDpop: row.requireDpop,
    disabledAt: row.disabledAt?.toISOString() ?? null,
    pinnedVersion: row.pinnedVersion ?? null,
    createdAt: row.createdAt.toISOString(),
    updatedAt: row.updatedAt.toISOString(),
  }
}

export async function requireClient(ctx: TenantContext, id: string): Promise<ClientRow> {
  const client = await findClient(ctx, id)
  if (!client) throw new AppError('not_found', `The application ${id} does not exist`)
  return client
}

function assertMayGive(ctx: TenantContext, client: Pick<ClientRow, 'scopes' | 'grantTypes'>): void {
  // Only these act without a person whose own rights bound them.
  if (!client.grantTypes.includes('client_credentials')) return
  const beyond = client.scopes.filter((scope) => !hasScope(ctx, scope))
  if (beyond.length > 0) {
    throw new AppError(
      'insufficient_scope',
      `An application that acts by itself cannot hold rights that you do not hold: ${beyond.join(', ')}`,
    )
  }
}

type Shape = Pick<ClientRow, 'kind' | 'grantTypes' | 'redirectUris'>

function assertFits({ kind, grantTypes, redirectUris }: Shape): void {
  const usesCode = grantTypes.includes('authorization_code')
  const problem = usesCode
    ? redirectUris.length === 0 &&
      ({ field: 'redirectUris', detail: 'Name at least one address for redirects' } as const)
    : grantTypes.includes('refresh_token') &&
      ({ field: 'grantTypes', detail: 'refresh_token needs authorization_code' } as const)
  const wrong =
    problem ||
    (kind === 'public' &&
      grantTypes.includes('client_credentials') && {
        field: 'grantTypes',
        detail: 'A public application keeps no secret, so client_credentials is not for it',
      })
  if (!wrong) return
  throw new AppError('invalid_request', wrong.detail, {
    errors: [{ pointer: `#/${wrong.field}`, code: 'invalid_value', detail: wrong.detail }],
  })
}

function checkAddresses(
  given: {
    readonly [F in 'redirectUris' | 'homePage' | 'privacyNotice']?: NewClient[F] | undefined
  },
  { settings }: Pick<OAuthDeps, 'settings'>,
): void {
  for (const [index, uri] of (given.redirectUris ?? []).entries()) {
    checkRedirectUri(uri, `#/redirectUris/${index}`, settings)
  }
  for (const field of ['homePage', 'privacyNotice'] as const) {
    const uri = given[field]
    if (uri) checkWebAddress(uri, `#/${field}`, settings)
  }
}

/** Registers an application of the caller's organisation; its secret is in this answer and nowhere else. */
export async function createClient(
  ctx: TenantContext,
  body: NewClient,
  deps: Pick<OAuthDeps, 'settings' | 'now'>,
): Promise<WithSecret> {
  const grantTypes = [...new Set(body.grantTypes)]
  assertFits({ ...body, grantTypes })
  checkAddresses(body, deps)
  assertMayGive(ctx, body)
  const made = body.kind === 'confidential' ? makeClientSecret() : null
  const row = await insertClient(ctx, {
    ...body,
    grantTypes,
    scopes: [...new Set(body.scopes)],
    secretDigest: made?.digest ?? null,
    secretHint: made?.hint ?? null,
  })
  await record(ctx, 'oauth-client.create', row._id, [
    ...Object.keys(body).filter((field) => field !== 'scopes'),
    ...row.scopes.map((scope) => `scopes.${scope}`),
  ])
  return { ...(await showClient(ctx, row, deps.now())), clientSecret: made?.secret ?? null }
}

async function record(ctx: TenantContext, action: string, id: string, fields?: readonly string[]) {
  const target = { type: 'oauth-client', id }
  await recordAudit(ctx, { action, target, ...(fields && { fields }), result: 'success' })
}

export async function listClients(
  ctx: TenantContext,
  query: TimedQuery,
  now: Date,
): Promise<Page<OAuthClient>> {
  return showEach(await findClientPage(ctx, query), (row) => showClient(ctx, row, now))
}

export async function readClient(ctx: TenantContext, id: string, now: Date): Promise<OAuthClient> {
  return showClient(ctx, await requireClient(ctx, id), now)
}

export async function updateClient(
  ctx: TenantContext,
  id: string,
  { disabled, ...body }: ClientChange,
  deps: Pick<OAuthDeps, 'settings' | 'now'>,
): Promise<OAuthClient> {
  const row = await requireClient(ctx, id)
  assertFits({ ...row, redirectUris: body.redirectUris ?? row.redirectUris })
  checkAddresses(body, deps)
  if (body.scopes) assertMayGive(ctx, { ...row, scopes: body.scopes })
  const change = {
    ...definedOf(body),
    ...(disabled !== undefined && {
      disabledAt: disabled ? (row.disabledAt ?? deps.now()) : null,
    }),
  }
  if (Object.keys(change).length === 0) return showClient(ctx, row, deps.now())
  const changed = await changeClient(ctx, id, change)
  if (!changed) throw new AppError('not_found', `The application ${id} does not exist`)
  await noteChange(`client:${id}`)
  await record(ctx, 'oauth-client.update', id, Object.keys(change))
  return showClient(ctx, changed, deps.now())
}

function definedOf(body: Omit<ClientChange, 'disabled'>): Partial<ClientRow> {
  const entries = Object.entries(body).filter(([, value]) => value !== undefined)
  // The names and types are those of the body, which are the client's own.
  return Object.fromEntries(entries) as Partial<ClientRow>
}

/** Deletes an application everywhere: its consents, tokens and approvals in whichever organisation. */
export async function deleteClient(ctx: TenantContext, id: string): Promise<undefined> {
  if (!(await removeClient(ctx, id))) {
    throw new AppError('not_found', `The application ${id} does not exist`)
  }
  await noteChange(`client:${id}`)
  const consents = await takeConsentsOfClient(id)
  for (const { _id } of consents) await deletePayloadsOfGrant(_id)
  await removeApprovalsOf(id)
  await record(ctx, 'oauth-client.delete', id)
}

/** Gives an application a new secret; the one before works on for the overlap. */
export async function rotateClientSecret(
  ctx: TenantContext,
  id: string,
  { overlapSeconds }: { overlapSeconds: number },
  now: Date,
): Promise<WithSecret> {
  const row = await requireClient(ctx, id)
  if (row.kind === 'public') {
    throw new AppError('conflict', 'A public application has no secret')
  }
  assertMayGive(ctx, row)
  const made = makeClientSecret()
  const changed = await replaceClientSecret(ctx, row, {
    secretDigest: made.digest,
    secretHint: made.hint,
    previousSecretDigest: overlapSeconds > 0 ? row.secretDigest : null,
    previousSecretUntil:
      overlapSeconds > 0 ? new Date(now.getTime() + overlapSeconds * 1000) : null,
  })
  if (!changed) {
    throw new AppError('conflict', 'The secret was rotated at the same moment; try again')
  }
  await record(ctx, 'oauth-client.rotate-secret', id, ['secret'])
  return { ...(await showClient(ctx, changed, now)), clientSecret: made.secret }
}
