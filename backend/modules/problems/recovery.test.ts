import { describe, expect, it } from 'vitest'
import type { ProblemCause } from '../../../shared/problem-causes.ts'
import { problemGuide } from '../../../shared/problem-guide.ts'
import { connectorErrorCodes } from '../../connector-kit/connector-error.ts'
import { afterSuccess, isSameAgain, proofNeeded, type Recovery } from './recovery.ts'
import { severityOf } from './severity.ts'

const start = Date.parse('2026-11-23T08:00:00Z')
const at = (minutes: number) => new Date(start + minutes * 60_000)
const fresh = { recovery: null, lastSeenAt: at(0), capability: null }

/** Successes at these minutes; answers the minute at which it was proven. */
function provenAt(minutes: readonly number[], proof: ReturnType<typeof proofNeeded>) {
  let recovery: Recovery | null = null
  for (const minute of minutes) {
    const after = afterSuccess({ ...fresh, recovery }, at(minute), proof)
    if (after?.isProven) return minute
    recovery = after?.recovery ?? recovery
  }
  return null
}

describe('the proof that something works again', () => {
  const proof = proofNeeded(60, { flaps: 0, capability: null })

  it('takes successes over the whole time', () => {
    expect(provenAt([5, 10, 15, 20, 60, 64, 65, 70], proof)).toBe(65)
  })

  it('takes several of them, however far apart', () => {
    expect(provenAt([5, 500], proof)).toBeNull()
    expect(provenAt([5, 500, 501], proof)).toBe(501)
  })

  it('is not begun by a success from before the last failure', () => {
    expect(afterSuccess({ ...fresh, lastSeenAt: at(10) }, at(9), proof)).toBeNull()
  })

  it('takes longer each time the problem comes back, up to eight times as long', () => {
    const hours = [0, 1, 2, 3, 9].map(
      (flaps) => proofNeeded(60, { flaps, capability: null }).ms / 3_600_000,
    )

    expect(hours).toEqual([1, 2, 4, 8, 8])
  })

  it('is one run of a capability that failed, where it comes long enough after', () => {
    const one = proofNeeded(60, { flaps: 0, capability: 'roster.pull' })
    const broken = { ...fresh, capability: 'roster.pull' }

    expect(afterSuccess(broken, at(30), one)?.isProven).toBe(false)
    expect(afterSuccess(broken, at(24 * 60), one)?.isProven).toBe(true)
  })
})

describe('a problem', () => {
  it('is the same one where it comes back within a day', () => {
    expect(isSameAgain(at(0), at(24 * 60))).toBe(true)
    expect(isSameAgain(at(0), at(24 * 60 + 1))).toBe(false)
  })

  it('has a text for everything that a connector can fail with', () => {
    // The compiler refuses a code without a cause.
    const causes: readonly ProblemCause[] = connectorErrorCodes

    // A call that succeeds says nothing of a clock: only the next measurement does.
    expect(causes.filter((cause) => problemGuide[cause].closedBy === 'report')).toEqual([
      'clock_skew',
    ])
    for (const { whatHappened, whatToDo, title } of Object.values(problemGuide)) {
      expect(title).not.toMatch(/\.$/)
      expect(whatHappened).toMatch(/\.$/)
      expect(whatToDo.length).toBeGreaterThan(0)
    }
  })

  it('grows graver as the end of credentials comes nearer', () => {
    const inDays = (days: number) =>
      severityOf('credentials_expiring', {
        credentialsExpireAt: at(days * 24 * 60).toISOString(),
        now: at(0),
      })

    expect([30, 7, 1].map(inDays)).toEqual(['info', 'warning', 'critical'])
  })
})
