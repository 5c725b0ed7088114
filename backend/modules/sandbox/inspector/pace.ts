import { AppError } from '../../../../shared/errors.ts'

const mostPerSecond = 100

/** Refuses the 101st request of a second, so that no loop of somebody's fills the database. */
export function createPace(now: () => Date): (sandboxId: string) => void {
  let second = 0
  const counts = new Map<string, number>()
  return (sandboxId) => {
    const current = Math.floor(now().getTime() / 1000)
    if (current !== second) {
      second = current
      counts.clear()
    }
    const count = (counts.get(sandboxId) ?? 0) + 1
    counts.set(sandboxId, count)
    if (count > mostPerSecond) {
      throw new AppError('too_many_requests', 'The inspector takes 100 requests a second', {
        retryAfterSeconds: 1,
      })
    }
  }
}
