import { timingSafeEqual } from 'node:crypto'
import { AppError } from '../../../shared/errors.ts'

const safeMethods = new Set(['GET', 'HEAD', 'OPTIONS'])

export interface CsrfFacts {
  readonly method: string
  header(name: string): string | undefined
}

/**
 * An unsafe request with a session cookie must come from a page of ours and carry the session's token.
 * Either alone would do; a browser that sends neither `Origin` nor `Sec-Fetch-Site` still needs the token.
 */
export function assertNotForged(request: CsrfFacts, csrfToken: string, publicUrl: string): void {
  if (safeMethods.has(request.method.toUpperCase())) return
  const site = request.header('sec-fetch-site')
  const origin = request.header('origin')
  if (origin !== undefined && origin !== publicUrl) {
    throw new AppError('csrf_failed', `Open this page at ${publicUrl}; it was sent from elsewhere`)
  }
  if (site !== undefined && site !== 'same-origin') {
    throw new AppError('csrf_failed', 'The request came from another site')
  }
  if (!isEqual(request.header('x-edpsych-csrf') ?? '', csrfToken)) {
    throw new AppError(
      'csrf_failed',
      'Send the csrfToken of GET /api/v1/session as X-EdPsych-CSRF; reload the page if it is open for long',
    )
  }
}

function isEqual(given: string, wanted: string): boolean {
  const a = Buffer.from(given)
  const b = Buffer.from(wanted)
  return a.length === b.length && timingSafeEqual(a, b)
}
