import { createHash, timingSafeEqual } from 'node:crypto'
import type { RequestHandler } from 'express'
import { collectDefaultMetrics, Registry } from 'prom-client'
import { AppError } from '../shared/errors.ts'

const digest = (text: string) => createHash('sha256').update(text).digest()

/** Prometheus text for whoever holds the metrics token; without a configured token nobody does. */
export function metricsHandler(token: string | undefined): RequestHandler {
  const registry = new Registry()
  collectDefaultMetrics({ register: registry })
  return async (req, res) => {
    const given = /^Bearer +(\S+)$/i.exec(req.get('authorization') ?? '')?.[1]
    if (!token || !given || !timingSafeEqual(digest(given), digest(token))) {
      throw new AppError(
        'unauthenticated',
        'Send the metrics token as Authorization: Bearer …; it is set with EDPSYCH_METRICS_TOKEN',
      )
    }
    res.type(registry.contentType).send(await registry.metrics())
  }
}
