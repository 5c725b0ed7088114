import type { NextFunction, RequestHandler } from 'express'

/** Some handlers as one: each runs when the one before calls `next`; what fails goes to the error handler. */
export function inTurn(handlers: readonly RequestHandler[]): RequestHandler {
  return (req, res, done) => {
    let at = 0
    const next: NextFunction = (error?: unknown) => {
      const handler = handlers[at]
      at += 1
      if (error !== undefined || handler === undefined) {
        done(error)
        return
      }
      try {
        // Express types a handler as answering nothing or a promise.
        const waiting: unknown = handler(req, res, next)
        if (waiting instanceof Promise) waiting.catch(done)
      } catch (failure) {
        done(failure)
      }
    }
    next()
  }
}
