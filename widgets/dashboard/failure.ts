import { ApiError } from '../../shared/api/client.ts'
import type { Failure } from '../core/failure.ts'
import { unexpected, unreachable } from '../core/messages.ts'

const sentences: Partial<Record<number, string>> = {
  401: 'Your session has ended. Sign in again to go on.',
  403: 'Your role does not allow this. Ask an administrator of your organisation.',
  404: 'This is not here any more, or it belongs to another organisation.',
  429: 'That was a lot at once. Wait a few seconds and try again.',
}

/** What an administrator reads of a failure: the server's own sentence wherever it has one to say. */
export function dashboardFailure(error: unknown): Failure {
  if (error instanceof ApiError) {
    const { status, code, requestId, errors } = error
    const fields = errors.map(({ pointer, detail }) => `${pointer.replace(/^#\//, '')}: ${detail}`)
    const own = fields.length > 0 ? fields.join('. ') : error.message
    return {
      sentence: sentences[status] ?? (status >= 500 ? unexpected() : own),
      code,
      requestId,
      canRetry: status >= 500 || status === 429,
    }
  }
  if (error instanceof TypeError) {
    return {
      sentence: unreachable(),
      code: 'unreachable',
      requestId: undefined,
      canRetry: true,
    }
  }
  const sentence = error instanceof Error ? error.message : String(error)
  return { sentence, code: 'unknown', requestId: undefined, canRetry: true }
}
