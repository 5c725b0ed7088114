import { createHash, timingSafeEqual } from 'node:crypto'
import type { RequestHandler } from 'express'
import { collectDefaultMetrics, type Metric, Registry } from 'prom-client'
import { AppError } from '../shared/errors.ts'
import { factsOf, type HttpOptions } from './core/http/index.ts'
import { platformTenantId } from './core/platform-tenant.ts'
import { hasScope } from './core/tenancy.ts'

const digest = (text: string) => createHash('sha256').update(text).digest()

interface MetricsOptions {
  /** What `EDPSYCH_METRICS_TOKEN` holds; without it no token opens the metrics. */
  readonly token: string | undefined
  readonly session: HttpOptions['session']
  /** Figures of the parts of the server, besides those of the process. */
  readonly figures?: readonly Metric[]
}

/** Prometheus text for platform administrators and for whoever holds the metrics token. */
export function metricsHandler({ token, session, figures = [] }: MetricsOptions): RequestHandler {
  const registry = new Registry()
  collectDefaultMetrics({ register: registry })
  for (const figure of figures) registry.registerMetric(figure)
  return async (req, res) => {
    const given = /^Bearer +(\S+)$/i.exec(req.get('authorization') ?? '')?.[1]
    const holdsToken = token && given && timingSafeEqual(digest(given), digest(token))
    if (!holdsToken) {
      const ctx = await session?.(factsOf(req, String(res.locals['requestId'])))
      if (ctx?.tenantId !== platformTenantId || !hasScope(ctx, 'tenants.write')) {
        throw new AppError(
          'unauthenticated',
          'Sign in as a platform administrator, or send the token that EDPSYCH_METRICS_TOKEN holds as Authorization: Bearer …',
        )
      }
    }
    res.type(registry.contentType).send(await registry.metrics())
  }
}
