const minuteMs = 60_000

/** After how many successes, at the least, something counts as working again. */
export const successesNeeded = 3
/** Within this time what comes back is the same problem and not a new one. */
export const sameProblemMs = 24 * 60 * minuteMs
const mostPatience = 8

export interface Recovery {
  readonly since: Date
  readonly successes: number
}

export interface Proof {
  readonly successes: number
  readonly ms: number
}

/** What must be seen before a problem closes: one that keeps coming back needs more, doubling up to eight times. */
export function proofNeeded(
  recoveryMinutes: number,
  { flaps, capability }: { readonly flaps: number; readonly capability: string | null },
): Proof {
  const patience = Math.min(2 ** flaps, mostPatience)
  return {
    // A synchronisation may run once a day: one that works is proof of more than a check.
    successes: capability === null ? successesNeeded : 1,
    ms: recoveryMinutes * minuteMs * patience,
  }
}

/** What is known after one more success; `null`: it tells nothing new, for it is older than what is known. */
export function afterSuccess(
  {
    recovery,
    lastSeenAt,
    capability,
  }: {
    readonly recovery: Recovery | null
    readonly lastSeenAt: Date
    readonly capability: string | null
  },
  at: Date,
  proof: Proof,
): { readonly recovery: Recovery; readonly isProven: boolean } | null {
  if (at <= lastSeenAt || (recovery && at < recovery.since)) return null
  // Between two synchronisations nothing can fail, so the time counts from the failure.
  const since = recovery?.since ?? (capability === null ? at : lastSeenAt)
  const successes = (recovery?.successes ?? 0) + 1
  const isProven = successes >= proof.successes && at.getTime() - since.getTime() >= proof.ms
  return { recovery: { since, successes }, isProven }
}

/** Whether what is met now is a problem that was resolved a while ago. */
export function isSameAgain(resolvedAt: Date, at: Date): boolean {
  return at.getTime() - resolvedAt.getTime() <= sameProblemMs
}
