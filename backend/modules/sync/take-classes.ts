import { retryOnDisconnect } from '../../core/database/retry-write.ts'
import { markLeft, markSeen } from './link-store.ts'
import { storedIdOf } from './records.ts'
import type { SourcePage } from './sources.ts'
import type { PageTaken, Taking } from './taking.ts'

/** What an LMS says of whole classes: nothing has changed in them, or all who belong to them have come. */
export async function takeClasses(
  { run }: Pick<Taking, 'run'>,
  { unchangedClasses = [], wholeClasses = [] }: SourcePage,
  { counts }: PageTaken,
): Promise<void> {
  const stored = (ids: readonly string[]) => ids.map((id) => storedIdOf(run, id))
  if (unchangedClasses.length > 0) {
    const seen = await retryOnDisconnect(() => markSeen(run, stored(unchangedClasses)))
    counts.classes.seen += seen
    counts.classes.unchanged += seen
  }
  // A whole run finds those who have left by itself.
  if (wholeClasses.length > 0 && !run.full) {
    await retryOnDisconnect(() => markLeft(run, stored(wholeClasses)))
  }
}
