const windowMs = 500
/** What an endpoint takes in so many milliseconds is claimed before its turn. */
const aheadMs = 250

interface Window {
  startedAt: number
  count: number
  /** Of the window before, where that was just before. */
  before: number
}

/** How fast endpoints take deliveries, and so how many of theirs may be claimed ahead of their turn. */
export function createPace(most: number) {
  const windows = new Map<string, Window>()

  return {
    delivered(id: string, now: number): void {
      const window = windows.get(id)
      if (!window) windows.set(id, { startedAt: now, count: 1, before: 0 })
      else if (now - window.startedAt < windowMs) window.count += 1
      else {
        window.before = now - window.startedAt < 2 * windowMs ? window.count : 0
        window.startedAt = now
        window.count = 1
      }
    },
    failed(id: string): void {
      windows.delete(id)
    },
    /** None where it took nothing lately: what waits behind an endpoint that hangs is left to others. */
    ahead(id: string, now: number): number {
      const window = windows.get(id)
      if (!window) return 0
      if (now - window.startedAt >= 2 * windowMs) {
        windows.delete(id)
        return 0
      }
      const perWindow = Math.max(window.count, window.before)
      return Math.min(most, Math.floor((perWindow * aheadMs) / windowMs))
    },
  }
}
