import type { Page } from '../../../../shared/api/contract.ts'
import type { DeploymentRequest, DeploymentRequestList } from '../../../../shared/api/lti-setup.ts'
import { AppError } from '../../../../shared/errors.ts'
import { recordAudit } from '../../../core/audit/index.ts'
import { showPage } from '../../../core/lists/index.ts'
import { platformTenantId } from '../../../core/platform-tenant.ts'
import type { TenantContext } from '../../../core/tenancy.ts'
import { addDeployment } from '../platforms/deployments.ts'
import { findPlatform } from '../platforms/platform-store.ts'
import type { PlatformDeps } from '../platforms/platforms.ts'
import {
  type Candidate,
  decideRequest,
  findRequest,
  findRequestPage,
  type RequestRow,
} from './request-store.ts'

export async function listRequests(
  ctx: TenantContext,
  query: DeploymentRequestList,
): Promise<Page<DeploymentRequest>> {
  return showPage(await findRequestPage(ctx, query), showRequest)
}

export async function getRequest(ctx: TenantContext, id: string): Promise<DeploymentRequest> {
  return showRequest(await mustFind(ctx, id))
}

/** Makes the deployment part of a registration; its launches are accepted from then on. */
export async function approveRequest(
  deps: PlatformDeps,
  ctx: TenantContext,
  id: string,
  chosen: string | undefined,
): Promise<DeploymentRequest> {
  const request = await mustFind(ctx, id)
  if (request.status === 'approved') return showRequest(request)
  const { platformId, tenantId } = await choose(ctx, request, chosen)
  const owner = { ...ctx, tenantId }
  await addDeployment(deps, owner, platformId, request.deploymentId)
  return decide(ctx, request, { status: 'approved', platformId })
}

export async function rejectRequest(ctx: TenantContext, id: string): Promise<DeploymentRequest> {
  const request = await mustFind(ctx, id)
  if (request.status === 'approved') {
    throw new AppError(
      'conflict',
      'This deployment is registered; remove it from the registration of the LMS instead',
    )
  }
  return decide(ctx, request, { status: 'rejected', platformId: null })
}

async function decide(
  ctx: TenantContext,
  request: RequestRow,
  decision: Pick<RequestRow, 'status' | 'platformId'>,
): Promise<DeploymentRequest> {
  const decided = await decideRequest(ctx, request, decision)
  if (decided === null) {
    throw new AppError('conflict', 'Somebody else decided this at the same moment; read it again')
  }
  await recordAudit(ctx, {
    action: `lti.deployment-request.${decision.status === 'approved' ? 'approve' : 'reject'}`,
    target: { type: 'lti.deployment-request', id: request._id },
    fields: [],
    result: 'success',
  })
  return showRequest(decided)
}

/** The registration it goes to: of the caller's own organisation, or, for the platform, of any that could be meant. */
async function choose(
  ctx: TenantContext,
  request: RequestRow,
  chosen: string | undefined,
): Promise<Pick<Candidate, 'platformId' | 'tenantId'>> {
  const { candidates } = request
  const candidate =
    chosen === undefined && candidates.length === 1
      ? candidates[0]
      : candidates.find(({ platformId }) => platformId === chosen)
  if (candidate && isReachable(ctx, candidate)) {
    const platform = await findPlatform(candidate, candidate.platformId)
    if (platform?.issuer === request.issuer && platform.clientId === request.clientId) {
      return candidate
    }
  }
  throw new AppError(
    'lti_deployment_owner_unclear',
    'Name the registration that this deployment belongs to: one of the same issuer and client id',
  )
}

function isReachable(ctx: TenantContext, { tenantId }: Candidate): boolean {
  return ctx.tenantId === tenantId || ctx.tenantId === platformTenantId
}

async function mustFind(ctx: TenantContext, id: string): Promise<RequestRow> {
  const request = await findRequest(ctx, id)
  if (request === null) throw new AppError('not_found', `There is no deployment request ${id}`)
  return request
}

function showRequest(row: RequestRow): DeploymentRequest {
  const [only, ...others] = row.candidates
  return {
    id: row._id,
    issuer: row.issuer,
    clientId: row.clientId,
    deploymentId: row.deploymentId,
    product: row.product,
    platformId: row.platformId ?? (others.length === 0 ? (only?.platformId ?? null) : null),
    candidates: row.candidates.map(({ platformId, tenantId, name }) => ({
      platformId,
      tenantId,
      name,
    })),
    contextTitle: row.contextTitle,
    platformName: row.platformName,
    status: row.status,
    count: row.count,
    lastSeenAt: row.lastSeenAt.toISOString(),
    createdAt: row.createdAt.toISOString(),
    updatedAt: row.updatedAt.toISOString(),
  }
}
