/** What is known of an endpoint's recent answers. */
export interface Circuit {
  /** Failures since the last success. */
  readonly failures: number
  /** Times in a row that it was left alone. */
  readonly pauses: number
  /** Epoch ms; 0 where it is not left alone. */
  readonly pausedUntil: number
}

export const closedCircuit: Circuit = { failures: 0, pauses: 0, pausedUntil: 0 }

const failuresThatOpen = 10
const firstPauseMs = 5_000
const longestPauseMs = 5 * 60_000

export function afterSuccess(): Circuit {
  return closedCircuit
}

/** Opens after several failures in a row; a failed probe leaves the endpoint alone for twice as long. */
export function afterFailure(circuit: Circuit, startedAt: number, now: number): Circuit {
  const failures = circuit.failures + 1
  // Attempts that began before the pause tell nothing new.
  if (failures < failuresThatOpen || circuit.pausedUntil > now || startedAt < pauseStart(circuit)) {
    return { ...circuit, failures }
  }
  const pauseMs = Math.min(longestPauseMs, firstPauseMs * 2 ** circuit.pauses)
  return { failures, pauses: circuit.pauses + 1, pausedUntil: now + pauseMs }
}

function pauseStart({ pauses, pausedUntil }: Circuit): number {
  if (pauses === 0) return 0
  return pausedUntil - Math.min(longestPauseMs, firstPauseMs * 2 ** (pauses - 1))
}

/** How many attempts an endpoint may have under way: none while paused, one to probe it afterwards. */
export function allowedAtOnce(circuit: Circuit, cap: number, now: number): number {
  if (circuit.pausedUntil > now) return 0
  return circuit.pauses > 0 ? 1 : cap
}
