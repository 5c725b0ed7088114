import { newId } from '../../core/ids.ts'
import { DeliveryModel } from './delivery-store.ts'

const sinceMs = 10 * 60_000
const untilMs = 60_000
const most = 5000
/** Of an id, the part that tells the time. */
const timeLength = 'whd_'.length + 10

/** Of the endpoints that something was made for in the last minutes: all, and those where nothing was tried yet. */
export async function readPromptness(now: Date): Promise<{ endpoints: number; waiting: number }> {
  const idAt = (ms: number) => newId('whd', now.getTime() - ms).slice(0, timeLength)
  const rows = await DeliveryModel.find(
    { _id: { $gte: idAt(sinceMs), $lt: idAt(untilMs) } },
    { endpointId: 1, attemptCount: 1 },
    { limit: most, acrossTenants: 'the sender serves every tenant' },
  ).lean<{ endpointId: string; attemptCount: number }[]>()
  const all = new Set(rows.map(({ endpointId }) => endpointId))
  const tried = new Set(
    rows.filter(({ attemptCount }) => attemptCount > 0).map(({ endpointId }) => endpointId),
  )
  return { endpoints: all.size, waiting: all.size - tried.size }
}
