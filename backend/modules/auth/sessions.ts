import { randomBytes } from 'node:crypto'
import type { StaffSession, TenantSummary } from '../../../shared/api/access.ts'
import { AppError } from '../../../shared/errors.ts'
import type { RequestFacts } from '../../core/http/index.ts'
import type { TenantContext } from '../../core/tenancy.ts'
import { findTenantWithAncestors, listTrees } from '../tenants/index.ts'
import { readToken } from './cookies.ts'
import { assertNotForged } from './csrf.ts'
import type { AuthDeps } from './deps.ts'
import { type HeldRights, heldRights, holdsAnything } from './held-rights.ts'
import { digestOf } from './key-format.ts'
import {
  findLiveSession,
  insertSession,
  type StaffSessionRow,
  touchSession,
} from './session-store.ts'
import { findStaff, type StaffUser } from './staff-store.ts'

const minuteMs = 60_000
export const idleMs = 60 * minuteMs
export const absoluteMs = 12 * 60 * minuteMs
const touchEveryMs = minuteMs

function endOf(startedAt: Date, seenAt: Date): Date {
  return new Date(Math.min(startedAt.getTime() + absoluteMs, seenAt.getTime() + idleMs))
}

export function newToken(): string {
  return randomBytes(32).toString('base64url')
}

export interface StartedSession {
  readonly id: string
  readonly token: string
}

export async function startSession(staffUserId: string, now: Date): Promise<StartedSession> {
  const token = newToken()
  const id = await insertSession({
    tokenHash: digestOf(token),
    staffUserId,
    csrfToken: newToken(),
    startedAt: now,
    lastSeenAt: now,
    expiresAt: endOf(now, now),
  })
  return { id, token }
}

export interface Standing {
  readonly tenant: TenantSummary
  readonly rights: HeldRights
}

/** Where a person stands in a tenant; without a wish, in the first tenant that gave a role. */
export async function standingOf(
  user: StaffUser,
  wantedTenantId: string | undefined,
  now: Date,
): Promise<Standing> {
  const alive = user.assignments.filter(({ until }) => until === null || until > now)
  for (const tenantId of wantedTenantId ? [wantedTenantId] : alive.map((a) => a.tenantId)) {
    const found = await findTenantWithAncestors(tenantId)
    if (!found) continue
    const rights = await heldRights(user.assignments, found.lineage, now)
    if (holdsAnything(rights)) return { tenant: found.tenant, rights }
  }
  if (wantedTenantId) {
    throw new AppError('not_found', `The organisation ${wantedTenantId} does not exist`)
  }
  throw new AppError('forbidden', 'Your account has no role in any organisation; ask for one')
}

/** The context of a staff session's cookie; undefined without one that lives. Throws `csrf_failed`. */
export async function authenticateSession(
  request: RequestFacts,
  deps: AuthDeps,
): Promise<TenantContext | undefined> {
  const token = readToken('session', request.cookies, deps.settings)
  if (token === undefined) return undefined
  const now = deps.now()
  const session = await findLiveSession({ tokenHash: digestOf(token) }, now)
  const user = session && (await findStaff(session.staffUserId))
  if (!user || user.disabledAt) return undefined
  assertNotForged(request, session.csrfToken, deps.settings.publicUrl)
  const { tenant, rights } = await standingOf(user, request.header('edpsych-tenant'), now)
  await prolong(session, now, deps)
  return {
    tenantId: tenant.id,
    principal: { kind: 'staff', id: user._id, sessionId: session._id },
    scopes: rights.scopes,
    requestId: request.requestId,
    remoteAddress: request.remoteAddress,
    mode: tenant.kind === 'sandbox' ? 'test' : 'live',
  }
}

async function prolong(session: StaffSessionRow, now: Date, { log }: AuthDeps): Promise<void> {
  if (now.getTime() - session.lastSeenAt.getTime() < touchEveryMs) return
  try {
    await touchSession(session._id, now, endOf(session.startedAt, now))
  } catch (error) {
    // The request itself is right without it; the next one tries again.
    log.warn({ err: error }, 'a session could not be prolonged')
  }
}

/** The signed-in person of a context; only staff routes may ask. */
export function staffOf(ctx: TenantContext): { id: string; sessionId: string } {
  if (ctx.principal.kind !== 'staff') {
    throw new AppError('forbidden', 'Only a signed-in member of staff can do this')
  }
  return ctx.principal
}

export async function describeSession(
  ctx: TenantContext,
  { now }: AuthDeps,
): Promise<StaffSession> {
  const principal = staffOf(ctx)
  const at = now()
  const [session, user] = await Promise.all([
    findLiveSession({ _id: principal.sessionId }, at),
    findStaff(principal.id),
  ])
  if (!session || !user) throw new AppError('unauthenticated', 'The session has ended; sign in')
  const alive = user.assignments.filter(({ until }) => until === null || until > at)
  const [{ tenant, rights }, tenants] = await Promise.all([
    standingOf(user, ctx.tenantId, at),
    listTrees(alive.map(({ tenantId }) => tenantId)),
  ])
  return {
    user: { id: user._id, name: user.name, email: user.email },
    tenant,
    tenants,
    roles: [...rights.roles],
    customRoles: rights.customRoles.map(({ _id, name }) => ({ id: _id, name })),
    scopes: [...rights.scopes],
    csrfToken: session.csrfToken,
    mustChangePassword: user.mustChangePassword,
  }
}
