import { createHash } from 'node:crypto'
import { AppError } from '../../../shared/errors.ts'
import { platformTenantId } from '../../core/platform-tenant.ts'
import { hasScope, type TenantContext } from '../../core/tenancy.ts'
import { limitTries } from '../auth/index.ts'
import { findTenantWithAncestors } from '../tenants/index.ts'
import type { SandboxDeps } from './deps.ts'
import { countSandboxes } from './sandbox-store.ts'

const minuteMs = 60_000
const mostPerAddress = 20
const mostInAll = 1000
/** Twenty an hour from one address, then one each ten minutes. */
const throttle = {
  delays: [...Array.from({ length: 19 }, () => 0), 10 * minuteMs],
  forgetAfterMs: 60 * minuteMs,
}

/** Who will own a new sandbox. */
export interface Owner {
  /** Null: it belongs to nobody but the browser or program that asked. */
  readonly tenantId: string | null
  readonly ownerIds: readonly string[]
  readonly addressKey: string | null
}

/** Staff and their keys may always, within their rights; anybody else where sign-up is open. */
export async function decideOwner(
  ctx: TenantContext,
  remoteAddress: string,
  deps: Pick<SandboxDeps, 'signUp' | 'now'>,
): Promise<Owner> {
  const found = ctx.tenantId === '' ? null : await findTenantWithAncestors(ctx.tenantId)
  const isOfSandbox = found?.tenant.kind === 'sandbox'
  if (found && !isOfSandbox) return asStaff(ctx, found.lineage)
  if (deps.signUp !== 'open') throw closed(isOfSandbox)
  await limitTries('sandbox', remoteAddress, throttle, deps.now())
  const addressKey = createHash('sha256').update(`sandbox\n${remoteAddress}`).digest('base64url')
  await assertRoom(addressKey)
  return { tenantId: null, ownerIds: [platformTenantId], addressKey }
}

async function asStaff(ctx: TenantContext, lineage: readonly string[]): Promise<Owner> {
  if (!hasScope(ctx, 'sandbox.write')) {
    throw new AppError('insufficient_scope', 'This needs the right sandbox.write')
  }
  await assertRoom()
  return {
    tenantId: ctx.tenantId,
    ownerIds: [...new Set([platformTenantId, ...lineage])],
    addressKey: null,
  }
}

function closed(isOfSandbox: boolean): AppError {
  if (isOfSandbox) {
    return new AppError('sandbox_sign_up_closed', 'A sandbox cannot make another one here')
  }
  return new AppError(
    'sandbox_sign_up_closed',
    'On this server only staff make sandboxes: sign in, or ask your administrator for one',
  )
}

async function assertRoom(addressKey?: string): Promise<void> {
  if (addressKey !== undefined && (await countSandboxes(addressKey)) >= mostPerAddress) {
    throw new AppError(
      'sandbox_limit_reached',
      `There are ${mostPerAddress} sandboxes from your address already; delete one, or wait until one has expired`,
    )
  }
  if ((await countSandboxes()) >= mostInAll) {
    throw new AppError(
      'sandbox_limit_reached',
      `This server holds ${mostInAll} sandboxes, which is as many as it takes; try again another day`,
    )
  }
}
