/** Decides which of many calls a fault strikes; each kind of fault is counted by itself. */
export interface Strikes {
  next(kind: string, rate: number): boolean
}

// A third of a hundred must strike at the third, not at the fourth, whatever binary fractions make of it.
const tolerance = 1e-9

/** `regular`: at a rate of 0.25 the 4th, 8th, 12th … call; `random`: each by chance. */
export function createStrikes(
  pattern: 'regular' | 'random',
  random: () => number = Math.random,
): Strikes {
  const counts = new Map<string, number>()
  return {
    next(kind, rate) {
      if (rate <= 0) return false
      if (pattern === 'random') return random() < rate
      const count = (counts.get(kind) ?? 0) + 1
      counts.set(kind, count)
      return Math.floor(count * rate + tolerance) > Math.floor((count - 1) * rate + tolerance)
    },
  }
}
