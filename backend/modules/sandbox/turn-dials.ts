import type { SandboxClock, SandboxFaults } from '../../../shared/api/sandbox.ts'
import { AppError } from '../../../shared/errors.ts'
import { recordAudit } from '../../core/audit/index.ts'
import type { TenantContext } from '../../core/tenancy.ts'
import type { SandboxDeps } from './deps.ts'
import type { Dials } from './dials.ts'
import { advanceClock, changeSandbox } from './sandbox-store.ts'
import { clockOf, sandboxOf } from './show-sandbox.ts'

type DialDeps = Pick<SandboxDeps, 'now' | 'clockMoved'> & { readonly dials: Pick<Dials, 'apply'> }

export async function setFaults(
  ctx: TenantContext,
  id: string,
  faults: SandboxFaults,
  { dials }: DialDeps,
): Promise<SandboxFaults> {
  await sandboxOf(ctx, id)
  const changed = await changeSandbox(id, { faults, isDialled: true })
  if (!changed) throw new AppError('not_found', `The sandbox ${id} does not exist`)
  dials.apply(changed)
  await recordAudit(ctx, {
    action: 'sandbox.set-faults',
    target: { type: 'sandbox', id },
    fields: ['faults'],
    result: 'success',
  })
  return changed.faults
}

/** Forward only: what was signed, expired or delivered at a later time cannot be made undone. */
export async function moveClock(
  ctx: TenantContext,
  id: string,
  wanted: { readonly offsetSeconds: number } | { readonly at: string },
  { dials, now, clockMoved }: DialDeps,
): Promise<SandboxClock> {
  const row = await sandboxOf(ctx, id)
  const realTime = now()
  const offsetSeconds =
    'at' in wanted
      ? Math.ceil((Date.parse(wanted.at) - realTime.getTime()) / 1000)
      : wanted.offsetSeconds
  const moved =
    offsetSeconds < row.clockOffsetSeconds ? null : await advanceClock(id, offsetSeconds)
  if (!moved) {
    throw new AppError(
      'sandbox_clock_behind',
      `The clock only goes forward and is ${row.clockOffsetSeconds} s ahead; reset the sandbox to set it back`,
    )
  }
  dials.apply(moved)
  await clockMoved(id, (moved.clockOffsetSeconds - row.clockOffsetSeconds) * 1000)
  await recordAudit(ctx, {
    action: 'sandbox.move-clock',
    target: { type: 'sandbox', id },
    fields: ['clock'],
    result: 'success',
  })
  return clockOf(moved.clockOffsetSeconds, realTime)
}
