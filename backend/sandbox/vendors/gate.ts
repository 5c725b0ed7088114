import { setTimeout as delay } from 'node:timers/promises'
import type { NextFunction, Request, RequestHandler, Response } from 'express'
import { takeOne } from './dials.ts'
import { withoutSecrets } from './request-log.ts'
import type { Quota, Vendor, VendorAnswer, VendorDefinition } from './vendor.ts'

/** What the dials decide about a request before the vendor's own code sees it. */
export function dialGate(vendor: Vendor, definition: VendorDefinition): RequestHandler {
  const minute = { startedAt: 0, used: 0 }
  return async (req: Request, res: Response, next: NextFunction) => {
    const { dials } = vendor.state
    const startedAt = Date.now()
    let dial: string | null = null
    const logged = (status: number) =>
      vendor.requests.add({
        at: new Date(startedAt).toISOString(),
        method: req.method,
        path: withoutSecrets(req.originalUrl.replace(new URL(vendor.baseUrl).pathname, '')),
        status,
        durationMs: Date.now() - startedAt,
        dial,
      })
    res.once('finish', () => logged(res.statusCode))
    res.set('Date', new Date(vendor.now()).toUTCString())

    if (dials.slowMs > 0) {
      dial = 'slowMs'
      await delay(dials.slowMs)
    }
    if (takeOne(dials, 'dropped')) {
      dial = 'dropped'
      logged(0)
      req.socket.destroy()
      return
    }
    const answer = decided()
    if (answer) send(res, answer)
    else next()

    function decided(): VendorAnswer | undefined {
      if (takeOne(dials, 'down')) {
        dial = 'down'
        return definition.down
      }
      if (takeOne(dials, 'rateLimited')) {
        dial = 'rateLimited'
        return tooMany(dials.retryAfterSeconds)
      }
      const quota = takeFromQuota()
      if (quota) {
        res.set(definition.quotaHeaders?.(quota) ?? {})
        if (quota.remaining < 0) {
          dial = 'requestsPerMinute'
          return tooMany(Math.max(1, Math.ceil((quota.resetAt - Date.now()) / 1000)))
        }
      }
      if (takeOne(dials, 'lying')) {
        dial = 'lying'
        return definition.lying
      }
      return undefined
    }

    function tooMany(seconds: number): VendorAnswer {
      const refusal = definition.rateLimited(vendor)
      return { ...refusal, headers: { 'Retry-After': String(seconds), ...refusal.headers } }
    }
  }

  function takeFromQuota(): Quota | undefined {
    const limit = vendor.state.dials.requestsPerMinute
    if (limit === 0) return undefined
    const now = Date.now()
    if (now - minute.startedAt >= 60_000) Object.assign(minute, { startedAt: now, used: 0 })
    minute.used += 1
    return { limit, remaining: limit - minute.used, resetAt: minute.startedAt + 60_000 }
  }
}

/** Sends an answer that is complete. */
export function send(res: Response, { status, type, body, headers = {} }: VendorAnswer): void {
  res.status(status).set(headers).type(type).send(body)
}
