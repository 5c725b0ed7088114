import { recordAudit } from '../../core/audit/index.ts'
import type { TenantContext } from '../../core/tenancy.ts'
import { type Roster, type RosterWrite, writeRoster } from './store.ts'

/**
 * Brings the tenant's roster to the state of the records, told apart by `sourcedId`; nothing is deleted.
 * Doing it twice changes nothing; refused records are listed by position.
 */
export async function upsertRoster(
  ctx: TenantContext,
  roster: Roster,
  signal?: AbortSignal,
): Promise<RosterWrite> {
  const written = await writeRoster(ctx, roster, signal)
  const changes = Object.values(written)
  if (changes.some(({ inserted, updated }) => inserted + updated > 0)) {
    await recordAudit(ctx, {
      action: 'roster.write',
      fields: ['users', 'classes', 'enrollments'],
      result: changes.some(({ failed }) => failed.length > 0) ? 'failed' : 'success',
    })
  }
  return written
}
