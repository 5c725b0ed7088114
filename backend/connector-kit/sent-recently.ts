import { ConnectorError } from './connector-error.ts'

const mostAheadMs = 2 * 60_000
const mostLateMs = 7 * 24 * 3_600_000

/**
 * Refuses a message from the future, since then a clock is wrong, and one that is older than deliveries are
 * remembered, since then it may be a repetition. Vendors that could not reach us send late, so that is no fault.
 */
export function assertSentRecently(sentAt: Date, now: Date): void {
  const aheadMs = sentAt.getTime() - now.getTime()
  if (aheadMs > mostAheadMs) {
    throw new ConnectorError(
      'reject',
      `A message was signed ${minutes(aheadMs)} in the future by our clock: the clock of the other system is ahead, or ours is behind.`,
      { code: 'clock_skew' },
    )
  }
  if (-aheadMs > mostLateMs) {
    throw new ConnectorError('reject', 'A message is more than a week old, so it was not taken.')
  }
}

function minutes(ms: number): string {
  const whole = Math.round(ms / 60_000)
  return `${whole} ${whole === 1 ? 'minute' : 'minutes'}`
}
