import { ApiError } from '../../shared/api/client.ts'
import type { Problem, ProblemCode } from '../messages.ts'

/** A request that ends with something the person must know or do. */
export class ProblemError extends Error {
  override readonly name = 'ProblemError'
  readonly problem: Problem

  constructor(code: ProblemCode) {
    super(code)
    this.problem = { code }
  }
}

/** What was thrown while the server was asked, as the pages know it. */
export function problemOf(error: unknown): Problem {
  if (error instanceof ProblemError) return error.problem
  // `fetch` rejects for any network failure, time-out or redirect alike.
  if (!(error instanceof ApiError)) return { code: 'unreachable' }
  const { requestId } = error
  return { code: codeOf(error), ...(requestId ? { requestId } : {}) }
}

function codeOf({ status, code }: ApiError): ProblemCode {
  // The calls with a token turn their own 401 into the end of the pairing.
  if (status === 401 && code === 'invalid_credentials') return 'code_refused'
  if (status === 403) return 'not_allowed'
  if (status === 429) return 'too_many_requests'
  if (status >= 500) return 'server_error'
  // Whatever answers without our problem details is some other web site.
  return code === 'unknown' ? 'not_edpsych' : 'server_error'
}
