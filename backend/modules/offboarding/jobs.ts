import { z } from 'zod'
import { type AnyJob, defineJob } from '../../core/jobs/index.ts'
import type { TenantContext } from '../../core/tenancy.ts'
import { staffTenantField } from '../auth/index.ts'
import { deleteOrganisations, endAccess } from './delete-organisations.ts'
import { neverExported, type OffboardingDeps, withoutFields } from './deps.ts'
import { makeArchive } from './make-archive.ts'
import { changeOffboarding, findOffboarding, type OffboardingRow } from './store.ts'

const Input = z.object({ offboardingId: z.string() })

export function defineOffboardingJobs(deps: OffboardingDeps) {
  const archive = (ctx: TenantContext, row: OffboardingRow, signal: AbortSignal) =>
    makeArchive(ctx, row, {
      tenantField: staffTenantField,
      except: neverExported,
      withoutFields,
      now: deps.now(),
      deleteAt: new Date(Math.max(row.deleteAt.getTime(), deps.now().getTime())),
      signal,
    })

  const remove = defineJob({
    name: 'offboarding.delete',
    input: Input,
    attempts: 20,
    async run(ctx, { offboardingId }, { signal }) {
      const found = await findOffboarding(ctx, offboardingId)
      if (!found || !['waiting', 'deleting'].includes(found.state)) return
      // From here it cannot be cancelled.
      let row = await changeOffboarding(ctx, offboardingId, ['waiting', 'deleting'], {
        state: 'deleting',
      })
      if (!row) return
      await endAccess(row.leavingIds, deps.now())
      // Made once more while all is still there, so that nothing of the days of grace is missing.
      if (Object.keys(row.deleted).length === 0) {
        await deps.audit.checkpointAll()
        const made = await archive(ctx, row, signal)
        row = await changeOffboarding(ctx, offboardingId, ['deleting'], { archive: made })
      }
      if (row) await deleteOrganisations(ctx, row, deps, signal)
    },
  })

  const prepare = defineJob({
    name: 'offboarding.export',
    input: Input,
    async run(ctx, { offboardingId }, { signal }) {
      const row = await findOffboarding(ctx, offboardingId)
      if (row?.state !== 'exporting') return
      await deps.audit.checkpointAll()
      const made = await archive(ctx, row, signal)
      await changeOffboarding(ctx, offboardingId, ['exporting'], {
        state: 'waiting',
        archive: made,
      })
      await deps.queue.enqueue(
        ctx,
        remove,
        { offboardingId },
        { key: offboardingId, runAt: row.deleteAt },
      )
    },
  })

  const jobs: readonly AnyJob[] = [prepare, remove]
  return { jobs, prepare }
}
