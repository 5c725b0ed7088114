import type { ErrorRequestHandler, Request, Response } from 'express'
import { AppError } from '../../../shared/errors.ts'
import { newId } from '../../core/ids.ts'
import type { Logger } from '../../core/logging.ts'
import { sendProblem, toAppError } from '../../core/problem.ts'
import { frameOrigins } from './frame-ancestors.ts'
import { sendRefusalPage } from './pages.ts'
import type { PlatformRow } from './platforms/platform-store.ts'
import type { LtiCode } from './refusals.ts'

/** What the handlers of one request have learnt that its refusal may use. */
export interface RefusalNotes {
  platform?: PlatformRow
  platformSays?: string | null
}

export function notesOf(res: Response): RefusalNotes {
  const notes = (res.locals['lti'] ?? {}) as RefusalNotes
  res.locals['lti'] = notes
  return notes
}

/** Every refusal under /lti: a page for people, problem details for programs, always with an `lti_` code. */
export function refusalHandler(options: {
  readonly publicUrl: string
  readonly log: Pick<Logger, 'warn' | 'error'>
}): ErrorRequestHandler {
  return (thrown: unknown, req: Request, res: Response, next) => {
    if (res.headersSent) {
      next(thrown)
      return
    }
    const requestId = requestIdOf(res)
    const error = toLtiError(thrown)
    const { platform, platformSays = null } = notesOf(res)
    const facts = { requestId, code: error.code, platformId: platform?._id }
    if (error.code === 'lti_unavailable')
      options.log.error({ ...facts, err: thrown }, 'LTI request failed')
    else options.log.warn(facts, 'LTI request refused')
    if (wantsProblem(req)) {
      sendProblem(res, error, options.publicUrl)
      return
    }
    const origins = platform
      ? frameOrigins([platform.issuer, platform.authorizationEndpoint, req.get('origin')])
      : []
    sendRefusalPage(res, { error, requestId, frameOrigins: origins, platformSays })
  }
}

/** Exchanges between our own pages and the server, and machines that say so, get JSON; people get a page. */
function wantsProblem(req: Request): boolean {
  const accept = req.get('accept') ?? ''
  const isForPrograms = ['/lti/session', '/lti/launch/confirm', '/lti/jwks'].includes(req.path)
  return isForPrograms || (/\bjson\b/.test(accept) && !accept.includes('text/html'))
}

function toLtiError(thrown: unknown): AppError & { code: LtiCode } {
  const known = toAppError(thrown)
  if (isLtiError(known)) return known
  const isTheirs = known.status < 500 || isUnreadable(thrown)
  return new AppError(
    isTheirs ? 'lti_request_malformed' : 'lti_unavailable',
    isTheirs
      ? known.message || 'The form could not be read'
      : 'The service could not do this just now',
    { cause: thrown },
    // The code is one of the two above.
  ) as AppError & { code: LtiCode }
}

/** The body parsers of Express say with a status of their own that it is the request that is wrong. */
function isUnreadable(thrown: unknown): boolean {
  const { status, type } = (thrown ?? {}) as { status?: unknown; type?: unknown }
  return typeof type === 'string' && typeof status === 'number' && status < 500
}

function isLtiError(error: AppError): error is AppError & { code: LtiCode } {
  return error.code.startsWith('lti_')
}

function requestIdOf(res: Response): string {
  const known: unknown = res.locals['requestId']
  if (typeof known === 'string') return known
  const requestId = newId('req')
  res.locals['requestId'] = requestId
  return requestId
}
