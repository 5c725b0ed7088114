import type { NextFunction, Request, Response } from 'express'
import type { Lms } from '../lms.ts'
import { type LoggedRequest, redact } from '../request-log.ts'

/** Middleware that puts this request on the log page once it was answered. */
export function logStep(lms: Lms, step: string, from: LoggedRequest['from']) {
  return (req: Request, res: Response, next: NextFunction): void => {
    const at = lms.now()
    res.on('finish', () => {
      const { query, body }: { query: unknown; body?: unknown } = req
      lms.requests.add({
        at,
        step,
        from,
        method: req.method,
        url: `${lms.baseUrl}${req.path}`,
        status: res.statusCode,
        details: {
          ...redact(recordOf(query)),
          ...redact(recordOf(body)),
          ...recordOf(res.locals['logged']),
        },
      })
    })
    next()
  }
}

/** The members of an object, a list as numbered members, and nothing of anything else. */
export function recordOf(value: unknown): Record<string, unknown> {
  return typeof value === 'object' && value !== null ? { ...value } : {}
}

/** Adds what an answer said to its entry on the log page. */
export function addToLog(res: Response, details: Readonly<Record<string, unknown>>): void {
  res.locals['logged'] = { ...recordOf(res.locals['logged']), ...redact(details) }
}
