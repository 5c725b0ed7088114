import type { Sandbox } from '../../../shared/api/sandbox.ts'
import { AppError } from '../../../shared/errors.ts'
import { recordAudit } from '../../core/audit/index.ts'
import { purgeTenant } from '../../core/database/purge-tenant.ts'
import type { TenantContext } from '../../core/tenancy.ts'
import type { SandboxDeps } from './deps.ts'
import type { Dials } from './dials.ts'
import { fillSchool } from './fill-school.ts'
import { InspectionModel } from './inspector/inspection-store.ts'
import { changeSandbox, noFaults, noHabits, plainAnswer } from './sandbox-store.ts'
import { sandboxOf, showSandbox } from './show-sandbox.ts'

const resetting = new Set<string>()

/** Puts data, faults and clock back; keys, webhooks and OAuth clients stay. */
export async function resetSandbox(
  ctx: TenantContext,
  id: string,
  wanted: { readonly seed?: string | undefined },
  deps: SandboxDeps & { readonly dials: Pick<Dials, 'apply'> },
): Promise<Sandbox> {
  const row = await sandboxOf(ctx, id)
  if (resetting.has(id)) {
    throw new AppError('sandbox_not_ready', 'The sandbox is being reset; try again in a moment')
  }
  resetting.add(id)
  try {
    const seed = wanted.seed ?? row.seed
    await purgeTenant(id, {
      only: [...deps.workModels, InspectionModel].map(
        ({ collection }) => collection.collectionName,
      ),
    })
    await deps.lms()?.reset(row.lmsToken)
    await fillSchool({ tenantId: id, seed }, deps)
    const changed = await changeSandbox(id, {
      seed,
      faults: noFaults,
      clockOffsetSeconds: 0,
      isDialled: false,
      inspector: plainAnswer,
      habits: noHabits,
    })
    if (!changed) throw new AppError('not_found', `The sandbox ${id} does not exist`)
    deps.dials.apply(changed)
    await recordAudit(ctx, {
      action: 'sandbox.reset',
      target: { type: 'sandbox', id },
      result: 'success',
    })
    return await showSandbox(changed, deps)
  } finally {
    resetting.delete(id)
  }
}
