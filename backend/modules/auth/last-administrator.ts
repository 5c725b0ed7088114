import { AppError } from '../../../shared/errors.ts'
import type { RoleName } from '../../../shared/scopes.ts'
import type { Assignment } from './rights.ts'
import { hasActiveStaffWithRole } from './staff-store.ts'

const administrators: readonly RoleName[] = ['platform-admin', 'trust-admin', 'school-admin']

/**
 * To be called when the roles have been taken away: looks whether each organisation they administered still has
 * somebody, and undoes the change where not. Looking afterwards, two removals at once cannot both succeed.
 */
export async function assertAdministratorLeft(
  taken: readonly Assignment[],
  now: Date,
  undo: () => Promise<unknown>,
): Promise<void> {
  for (const { tenantId, role } of taken) {
    if (!administrators.some((name) => name === role)) continue
    if (await hasActiveStaffWithRole(tenantId, administrators, now)) continue
    await undo()
    throw new AppError(
      'last_administrator',
      'This is the last administrator of the organisation; make somebody else one first',
    )
  }
}
