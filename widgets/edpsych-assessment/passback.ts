import type { z } from 'zod'
import type { Client } from '../../shared/api/client.ts'
import type { Attempt } from '../../shared/api/items.ts'

/** How far a score is on its way to the gradebook. */
export type Passback = z.output<typeof Attempt>['gradePassback']

const pausesMs = [0, 1_000, 2_000, 4_000, 8_000, 15_000]

/** Tells how the score fares until it has arrived or failed, for half a minute at most. */
export async function watchPassback(
  client: Client,
  attemptId: string,
  signal: AbortSignal,
  tell: (passback: Passback) => void,
): Promise<void> {
  for (const pauseMs of pausesMs) {
    await new Promise((resolve) => setTimeout(resolve, pauseMs))
    if (signal.aborted) return
    try {
      const attempt = await client('GET /api/v1/attempts/:id', {
        params: { id: attemptId },
        signal,
      })
      tell(attempt.gradePassback)
      if (attempt.gradePassback !== 'pending') return
    } catch {
      return // the score is safe; only the news of it could not be had
    }
  }
}
