import { AppError } from '../../../shared/errors.ts'
import { systemContext } from '../../core/tenancy.ts'
import { recordPastAttempts } from '../assessment/index.ts'
import { ensureResource } from '../content/index.ts'
import { upsertRoster } from '../roster/index.ts'
import type { SandboxDeps } from './deps.ts'
import { planAttempts, planSchool } from './school.ts'
import { seededId } from './seeded.ts'

/** Fills a sandbox with the synthetic school of a seed; repeating it changes nothing. */
export async function fillSchool(
  { tenantId, seed }: { readonly tenantId: string; readonly seed: string },
  deps: Pick<SandboxDeps, 'material' | 'importItems'>,
): Promise<void> {
  const ctx = systemContext(tenantId, 'sandbox')
  const at = { tenantId, seed }
  await upsertRoster(ctx, planSchool(tenantId, seed))
  for (const [index, { id, body }] of deps.material.library.entries()) {
    await ensureResource(ctx, seededId('res', at, id, index), body)
  }
  let order = 0
  const { imported } = await deps.importItems(
    ctx,
    { fileName: 'item-bank.zip', bytes: await deps.material.itemBank() },
    { itemIdOf: (identifier) => seededId('itm', at, identifier, order++) },
  )
  const attempts = planAttempts(tenantId, seed, imported.length)
  await recordPastAttempts(
    ctx,
    attempts.map(({ itemIndex, ...attempt }) => {
      const item = imported[itemIndex]
      if (!item) throw new AppError('internal', 'The item bank of the sandbox is incomplete')
      return { ...attempt, itemId: item.id }
    }),
  )
}
