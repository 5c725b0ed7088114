import type { Page } from '../../../../shared/api/contract.ts'
import type { Platform, PlatformBody, PlatformList } from '../../../../shared/api/lti.ts'
import { AppError } from '../../../../shared/errors.ts'
import { assertIfMatch } from '../../../core/etag.ts'
import { newId } from '../../../core/ids.ts'
import { showPage } from '../../../core/lists/index.ts'
import type { Outgoing } from '../../../core/outgoing/index.ts'
import type { TenantContext } from '../../../core/tenancy.ts'
import { forgetServicesOf } from '../courses/course-store.ts'
import { deleteSessionsOf } from '../session-store.ts'
import { claimDeployments } from './claim-deployments.ts'
import { type Deployment, releaseDeployments } from './directory-store.ts'
import {
  deletePlatform,
  findPlatform,
  findPlatformPage,
  insertPlatform,
  type PlatformFields,
  type PlatformRow,
  replacePlatform,
} from './platform-store.ts'
import type { Registrations } from './registrations.ts'

export interface PlatformDeps {
  readonly outgoing: Pick<Outgoing, 'checkUrl'>
  readonly clock: () => Date
  readonly registrations: Pick<Registrations, 'forget'>
  /** Tells the audit of a change that has been written. */
  onChange(
    ctx: TenantContext,
    change: 'created' | 'updated' | 'deleted',
    platformId: string,
    fields: readonly string[],
  ): Promise<void>
}

type PlatformPatch = { readonly [K in keyof PlatformBody]?: PlatformBody[K] | undefined }

/** How a registration came about: by a person, or by the LMS itself with what it granted. */
export type Registered = Pick<PlatformFields, 'registeredBy' | 'services'>

const byHand = { registeredBy: 'hand', services: null } as const

export async function createPlatform(
  deps: PlatformDeps,
  ctx: TenantContext,
  body: PlatformBody,
  registered: Registered = byHand,
): Promise<Platform> {
  const { allowAnonymous = false, product = 'other' } = body
  const fields = fieldsOf({ ...body, ...registered, allowAnonymous, product })
  checkAddresses(deps, fields)
  const platformId = newId('plat')
  const holder = { tenantId: ctx.tenantId, platformId }
  const claimed = await claimDeployments(deploymentsOf(fields), holder, deps.clock())
  try {
    const platform = await insertPlatform(ctx, platformId, fields)
    deps.registrations.forget()
    await deps.onChange(ctx, 'created', platformId, Object.keys(fields))
    return showPlatform(platform)
  } catch (error) {
    if ((await findPlatform(ctx, platformId)) === null) await releaseDeployments(claimed, holder)
    throw error
  }
}

export async function updatePlatform(
  deps: PlatformDeps,
  ctx: TenantContext,
  id: string,
  patch: PlatformPatch,
  ifMatch: string | undefined,
  registered?: Registered,
): Promise<Platform> {
  const current = await mustFind(ctx, id)
  assertIfMatch(ifMatch, showPlatform(current))
  const fields = { ...mergeFields(current, patch), ...registered }
  checkAddresses(deps, fields)
  const holder = { tenantId: ctx.tenantId, platformId: id }
  const claimed = await claimDeployments(deploymentsOf(fields), holder, deps.clock())
  const updated = await replacePlatform(ctx, current, fields)
  deps.registrations.forget()
  if (updated === null) {
    await releaseUnlisted(ctx, id, claimed)
    throw changedMeanwhile()
  }
  await releaseUnlisted(ctx, id, deploymentsOf(current))
  await deps.onChange(ctx, 'updated', id, Object.keys(patch))
  return showPlatform(updated)
}

export async function removePlatform(
  deps: PlatformDeps,
  ctx: TenantContext,
  id: string,
  ifMatch: string | undefined,
): Promise<undefined> {
  const current = await mustFind(ctx, id)
  assertIfMatch(ifMatch, showPlatform(current))
  const isDeleted = await deletePlatform(ctx, current)
  deps.registrations.forget()
  if (!isDeleted) throw changedMeanwhile()
  await releaseDeployments(deploymentsOf(current), { tenantId: ctx.tenantId, platformId: id })
  await deleteSessionsOf(ctx, id)
  await forgetServicesOf(ctx, id)
  await deps.onChange(ctx, 'deleted', id, [])
  return undefined
}

export async function getPlatform(ctx: TenantContext, id: string): Promise<Platform> {
  return showPlatform(await mustFind(ctx, id))
}

export async function listPlatforms(
  ctx: TenantContext,
  query: PlatformList,
): Promise<Page<Platform>> {
  return showPage(await findPlatformPage(ctx, query), showPlatform)
}

export async function mustFind(ctx: TenantContext, id: string): Promise<PlatformRow> {
  const platform = await findPlatform(ctx, id)
  if (platform === null) throw new AppError('not_found', `The LMS ${id} is not registered`)
  return platform
}

/** Gives back deployments that the registration, as it is now, does not list. */
async function releaseUnlisted(
  ctx: TenantContext,
  platformId: string,
  deployments: readonly Deployment[],
): Promise<void> {
  const platform = await findPlatform(ctx, platformId)
  const listed = new Set(platform === null ? [] : deploymentsOf(platform).map(keyOf))
  const unlisted = deployments.filter((deployment) => !listed.has(keyOf(deployment)))
  await releaseDeployments(unlisted, { tenantId: ctx.tenantId, platformId })
}

function keyOf({ issuer, clientId, deploymentId }: Deployment): string {
  return JSON.stringify([issuer, clientId, deploymentId])
}

function deploymentsOf({ issuer, clientId, deploymentIds }: PlatformFields): Deployment[] {
  return deploymentIds.map((deploymentId) => ({ issuer, clientId, deploymentId }))
}

function mergeFields(current: PlatformRow, patch: PlatformPatch): PlatformFields {
  return fieldsOf({
    name: patch.name ?? current.name,
    issuer: patch.issuer ?? current.issuer,
    clientId: patch.clientId ?? current.clientId,
    authorizationEndpoint: patch.authorizationEndpoint ?? current.authorizationEndpoint,
    tokenEndpoint: patch.tokenEndpoint ?? current.tokenEndpoint,
    jwksUri: patch.jwksUri ?? current.jwksUri,
    deploymentIds: patch.deploymentIds ?? current.deploymentIds,
    allowAnonymous: patch.allowAnonymous ?? current.allowAnonymous,
    product: patch.product ?? current.product ?? 'other',
    registeredBy: current.registeredBy ?? 'hand',
    services: current.services ?? null,
  })
}

function fieldsOf(body: PlatformFields) {
  return {
    name: body.name,
    issuer: body.issuer,
    clientId: body.clientId,
    authorizationEndpoint: body.authorizationEndpoint,
    tokenEndpoint: body.tokenEndpoint,
    jwksUri: body.jwksUri,
    deploymentIds: [...new Set(body.deploymentIds)],
    allowAnonymous: body.allowAnonymous,
    product: body.product ?? 'other',
    registeredBy: body.registeredBy ?? 'hand',
    services: body.services ?? null,
  }
}

const addressFields = ['authorizationEndpoint', 'tokenEndpoint', 'jwksUri'] as const

function checkAddresses({ outgoing }: PlatformDeps, fields: PlatformFields): void {
  for (const field of addressFields) {
    try {
      outgoing.checkUrl(fields[field], field)
    } catch (error) {
      if (!(error instanceof AppError)) throw error
      const { code, message } = error
      throw new AppError(code, message, {
        cause: error,
        errors: [{ pointer: `#/${field}`, code, detail: message }],
      })
    }
  }
}

function changedMeanwhile(): AppError {
  return new AppError(
    'conflict',
    'Somebody else changed this registration at the same moment; read it again and repeat the change',
  )
}

function showPlatform(row: PlatformRow): Platform {
  // In the order of the schema, in which an answer is written and its entity tag made.
  const { registeredBy, services, ...fields } = fieldsOf(row)
  return {
    ...fields,
    deploymentIds: [...row.deploymentIds],
    id: row._id,
    registeredBy,
    services: services && { scopes: [...services.scopes] },
    createdAt: row.createdAt.toISOString(),
    updatedAt: row.updatedAt.toISOString(),
  }
}
