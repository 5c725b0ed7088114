import { randomInt } from 'node:crypto'
import type { ExtensionPairing } from '../../../shared/api/access.ts'
import type { Page } from '../../../shared/api/contract.ts'
import { AppError } from '../../../shared/errors.ts'
import { recordAudit } from '../../core/audit/index.ts'
import { showPage, type TimedQuery } from '../../core/lists/index.ts'
import type { TenantContext } from '../../core/tenancy.ts'
import { findTenantWithAncestors } from '../tenants/index.ts'
import type { AuthDeps } from './deps.ts'
import { heldRights } from './held-rights.ts'
import { digestOf, hintOf, makeKey } from './key-format.ts'
import { type ApiKeyRow, findKey, findPairingPage, insertKey } from './key-store.ts'
import { revokeKey } from './keys.ts'
import { replaceCode, takeCode } from './pairing-store.ts'
import { staffOf } from './sessions.ts'
import { findStaff } from './staff-store.ts'
import { refuseUntil } from './throttle.ts'
import { forgetAfterMs, pairingCodes, sourceOf } from './throttle-rules.ts'
import { countFailure, forgetFailures } from './throttle-store.ts'

/** Neither I, L, O, U nor 0, 1: nothing that people misread or a child would giggle at. */
const letters = '23456789ABCDEFGHJKMNPQRSTVWXYZ'
const codeMinutes = 10
const tokenDays = 90
const extensionScopes = ['resources.read', 'items.read', 'embeds.read'] as const

/** The code as it is stored: without the dash, in capitals. */
export function normaliseCode(code: string): string {
  return code.toUpperCase().replace(/[\s-]/g, '')
}

/** A short code that pairs one extension with the caller's account in the active tenant. */
export async function createPairingCode(
  ctx: TenantContext,
  { now }: AuthDeps,
): Promise<{ code: string; expiresAt: string }> {
  const { id } = staffOf(ctx)
  const letter = () => letters.charAt(randomInt(letters.length))
  const code = Array.from({ length: 8 }, letter).join('')
  const expiresAt = new Date(now().getTime() + codeMinutes * 60_000)
  await replaceCode({
    tenantId: ctx.tenantId,
    digest: digestOf(code),
    staffUserId: id,
    expiresAt,
  })
  return { code: `${code.slice(0, 4)}-${code.slice(4)}`, expiresAt: expiresAt.toISOString() }
}

export interface Pairing {
  readonly token: string
  readonly expiresAt: string
  readonly user: { name: string }
  readonly tenant: { id: string; name: string }
}

/** Exchanges a code for a token that reads the library, bound to the person who made the code. */
export async function pairExtension(
  ctx: TenantContext,
  { code, device }: { code: string; device: string },
  remoteAddress: string,
  { now }: AuthDeps,
): Promise<Pairing> {
  const at = now()
  const tries = `pairing:${sourceOf(remoteAddress)}`
  const rule = { delays: pairingCodes, forgetAfterMs: forgetAfterMs.source }
  refuseUntil(await countFailure(tries, rule, at), at)
  const taken = await takeCode(digestOf(normaliseCode(code)), at)
  const owner = taken && (await readOwner(taken, at))
  if (!owner) {
    throw new AppError(
      'invalid_credentials',
      'This code is wrong, used or too old; make a new one in EdPsych Connect',
    )
  }
  await forgetFailures([tries])
  const token = makeKey('edp_ext_')
  const expiresAt = new Date(at.getTime() + tokenDays * 86_400_000)
  const owned: TenantContext = {
    ...ctx,
    tenantId: owner.tenant.id,
    principal: { kind: 'staff', id: owner.user.id, sessionId: '' },
  }
  const key = await insertKey(owned, {
    kind: 'extension',
    name: `Browser extension – ${device.trim() || 'unnamed device'}`,
    mode: owner.tenant.kind === 'sandbox' ? 'test' : 'live',
    hint: hintOf(token),
    digest: digestOf(token),
    scopes: owner.scopes,
    staffUserId: owner.user.id,
    expiresAt,
  })
  await recordAudit(owned, {
    action: 'extension.pair',
    target: { type: 'api-key', id: key._id },
    result: 'success',
  })
  return {
    token,
    expiresAt: expiresAt.toISOString(),
    user: { name: owner.user.name },
    tenant: { id: owner.tenant.id, name: owner.tenant.name },
  }
}

interface CodeOwner {
  readonly user: { id: string; name: string }
  readonly tenant: { id: string; name: string; kind: string }
  readonly scopes: string[]
}

async function readOwner(
  code: { staffUserId: string; tenantId: string },
  now: Date,
): Promise<CodeOwner | undefined> {
  const [user, found] = await Promise.all([
    findStaff(code.staffUserId),
    findTenantWithAncestors(code.tenantId),
  ])
  if (!user || user.disabledAt || !found) return undefined
  const held = await heldRights(user.assignments, found.lineage, now)
  const scopes = extensionScopes.filter((scope) => held.scopes.has(scope))
  if (scopes.length === 0) return undefined
  return { user: { id: user._id, name: user.name }, tenant: found.tenant, scopes }
}

/** The token that makes the call stops working. */
export async function unpairExtension(ctx: TenantContext, { now }: AuthDeps): Promise<undefined> {
  const key =
    ctx.principal.kind === 'api-key' ? await findKey(ctx.tenantId, ctx.principal.id) : null
  if (key?.kind !== 'extension') {
    throw new AppError('not_found', 'This call is for the token of a paired extension')
  }
  await revokeKey(ctx, key._id, now())
}

function showPairing(key: ApiKeyRow): ExtensionPairing {
  return {
    id: key._id,
    name: key.name,
    hint: key.hint,
    expiresAt: key.expiresAt?.toISOString() ?? null,
    lastUsedAt: key.lastUsedAt?.toISOString() ?? null,
    createdAt: key.createdAt.toISOString(),
    updatedAt: key.updatedAt.toISOString(),
  }
}

/** The caller's own extensions that still work in the active tenant. */
export async function listPairings(
  ctx: TenantContext,
  query: TimedQuery,
  { now }: AuthDeps,
): Promise<Page<ExtensionPairing>> {
  const owner = { tenantId: ctx.tenantId, staffUserId: staffOf(ctx).id }
  return showPage(await findPairingPage(owner, query, now()), showPairing)
}

/** Revokes the token of one of the caller's own extensions; somebody else's does not exist here. */
export async function endPairing(
  ctx: TenantContext,
  id: string,
  { now }: AuthDeps,
): Promise<undefined> {
  const key = await findKey(ctx.tenantId, id)
  if (key?.kind !== 'extension' || key.staffUserId !== staffOf(ctx).id) {
    throw new AppError('not_found', `You paired no extension ${id}`)
  }
  await revokeKey(ctx, id, now())
}
