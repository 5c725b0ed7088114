import type { NextFunction, Request, Response } from 'express'
import { html, markup } from '../html.ts'
import type { Lms } from '../lms.ts'
import { Refusal } from '../refusal.ts'
import { addToLog } from './log-step.ts'

/** Any error as a refusal: those of the body parser keep their status, unknown ones are 500. */
export function asRefusal(lms: Lms, error: unknown): Refusal {
  if (error instanceof Refusal) return error
  if (isBodyError(error)) {
    return new Refusal(error.status, 'invalid_request', 'The body of the request cannot be read.')
  }
  lms.log.warn({ error: String(error) }, 'simulated LMS request failed')
  return new Refusal(500, 'server_error', 'Something went wrong inside the simulated LMS.')
}

function isBodyError(error: unknown): error is Error & { status: number } {
  return (
    error instanceof Error &&
    'status' in error &&
    typeof error.status === 'number' &&
    error.status >= 400 &&
    error.status < 500
  )
}

/** Answers errors of the services and the token endpoint: JSON, or a web page by the fault switch. */
export function answerServiceError(lms: Lms) {
  // Express knows an error handler by its four parameters.
  return (error: unknown, _req: Request, res: Response, _next: NextFunction): void => {
    const { status, code, message } = asRefusal(lms, error)
    addToLog(res, { error: code, error_description: message })
    if (status === 401) res.set('WWW-Authenticate', `Bearer error="${code}"`)
    res.status(status)
    if (lms.state.faults.htmlErrors) {
      res.type('html').send(markup(errorPage(status, message)))
    } else {
      res.json({ status, error: code, error_description: message })
    }
  }
}

function errorPage(status: number, message: string) {
  return html`<!DOCTYPE html><html lang="en"><head><title>Error ${status}</title></head>
<body><h1>Error ${status}</h1><p>${message}</p></body></html>`
}
