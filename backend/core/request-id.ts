import { randomUUID } from 'node:crypto'
import type { RequestHandler } from 'express'
import type { Logger } from 'pino'

/** Gives each request an id of ours, answers it, and logs the request by it when it ends. */
export function requestId(log: Logger): RequestHandler {
  return (req, res, next) => {
    const id = randomUUID()
    const startedAt = performance.now()
    res.locals['requestId'] = id
    res.setHeader('x-request-id', id)
    res.once('close', () => {
      const durationMs = Math.round(performance.now() - startedAt)
      // A probe that asks too early is answered 503 on purpose.
      const level = res.statusCode >= 500 && req.path !== '/readyz' ? 'warn' : 'debug'
      // The query string can hold login hints and codes, so only the path is logged.
      const data = {
        requestId: id,
        method: req.method,
        path: req.path,
        status: res.statusCode,
        durationMs,
      }
      log[level](data, 'request')
    })
    next()
  }
}
