import type { OutgoingResponse } from '../../../core/outgoing/index.ts'

/** What an answer of a score service means for the score that was sent. */
export type Verdict =
  | { readonly kind: 'done' }
  /** The service holds something newer than the timestamp that was sent. */
  | { readonly kind: 'outdated' }
  /** `processed` tells whether the score may have been taken all the same. */
  | {
      readonly kind: 'later'
      /** The LMS asks for fewer requests. */
      readonly isTooFast: boolean
      readonly afterMs: number | null
      readonly processed: boolean
      readonly reason: string
    }
  /** The column was deleted in the LMS. */
  | { readonly kind: 'gone'; readonly reason: string }
  | { readonly kind: 'refused'; readonly reason: string }

/** LTI-AGS 2.0 §3.4.9, with what Moodle and Canvas answer in fact. */
export function judgeScoreAnswer(answer: OutgoingResponse): Verdict {
  const { status } = answer
  if (status >= 200 && status < 300) return { kind: 'done' }
  if (status === 409) return { kind: 'outdated' }
  // Canvas answers an older timestamp with 400 and says so in the body.
  if (status === 400 && /timestamp/i.test(answer.text)) return { kind: 'outdated' }
  if (status === 408 || status === 425 || status === 429 || status >= 500) {
    return {
      kind: 'later',
      isTooFast: status === 429,
      afterMs: answer.retryAfterMs,
      processed: status >= 500 && status !== 503,
      reason: `The LMS cannot take grades at the moment (${status})`,
    }
  }
  const kind = status === 404 || status === 410 ? 'gone' : 'refused'
  return { kind, reason: refusalReason(status) }
}

function refusalReason(status: number): string {
  if (status === 401 || status === 403) {
    return `The LMS does not allow this tool to send grades (${status}); switch grade passback on in its tool settings`
  }
  if (status === 404 || status === 410) {
    return 'The gradebook column no longer exists in the LMS; add the activity to the course again'
  }
  if (status === 422) {
    return 'The LMS takes no grade for this person: a test student, or no longer enrolled'
  }
  if (status >= 300 && status < 400) {
    return `The gradebook column has moved (${status}); open the activity from the course again`
  }
  return `The LMS did not accept the grade (${status}); check that the person is still enrolled in the course`
}
