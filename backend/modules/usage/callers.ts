import type { TenantContext } from '../../core/tenancy.ts'
import { findCallers } from './day-store.ts'
import type { Metering } from './metering.ts'

const keptMs = 90 * 24 * 3600 * 1000

/** Which credentials of the tenant called these operations in the last 90 days, how often and when last. */
export async function callersOf(
  { tenantId }: TenantContext,
  operations: readonly string[],
  { metering, now }: { readonly metering: Metering; readonly now: Date },
) {
  await metering.flush()
  await metering.addBatches()
  const from = new Date(now.getTime() - keptMs).toISOString().slice(0, 10)
  return findCallers(tenantId, operations, from)
}
