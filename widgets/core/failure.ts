import { ApiError } from '../../shared/api/client.ts'
import { busy, notAllowed, notFound, sessionEnded, unexpected, unreachable } from './messages.ts'

/** A failure as a person meets it: what happened and what to do, and what support needs to find it. */
export interface Failure {
  readonly sentence: string
  readonly code: string
  readonly requestId: string | undefined
  /** Whether doing the same again can help. */
  readonly canRetry: boolean
}

const sentences: Partial<Record<number, () => string>> = {
  401: sessionEnded,
  403: notAllowed,
  404: notFound,
  429: busy,
  503: busy,
}

/** What to show of anything that was thrown. */
export function failureOf(error: unknown): Failure {
  if (error instanceof ApiError) {
    const { status, code, requestId } = error
    const ownSentence = status >= 500 ? unexpected() : error.message
    return {
      sentence: sentences[status]?.() ?? ownSentence,
      code,
      requestId,
      canRetry: status >= 500 || status === 429 || status === 408,
    }
  }
  return { sentence: unreachable(), code: 'unreachable', requestId: undefined, canRetry: true }
}
