import express, { type Express, type RequestHandler, type Response } from 'express'
import type { Metric } from 'prom-client'
import type { Contract } from '../shared/api/contract.ts'
import { latestVersion } from '../shared/api/versions.ts'
import type { Config } from './config.ts'
import { isConnected } from './core/database/is-connected.ts'
import { apiHeaders, baseHeaders } from './core/headers.ts'
import { crossOrigin, type HttpOptions, mountContracts } from './core/http/index.ts'
import type { Logger } from './core/logging.ts'
import type { AnyModule } from './core/module.ts'
import { onDemand } from './core/on-demand.ts'
import { answerOpenApi, describeApi } from './core/openapi/index.ts'
import { problemHandler } from './core/problem.ts'
import { requestId } from './core/request-id.ts'
import { metricsHandler } from './metrics.ts'
import { developerPortal } from './pages/developers/index.ts'
import { notFoundHandler, type SiteOptions, site } from './pages/site.ts'
import { staticAssets } from './pages/static.ts'

export interface AppOptions {
  readonly config: Config
  readonly log: Logger
  readonly webFolder: string
  readonly modules: readonly AnyModule[]
  readonly http: Pick<
    HttpOptions,
    'bearer' | 'session' | 'checkAnswers' | 'cursors' | 'limit' | 'gates' | 'around' | 'observers'
  >
  readonly site: Pick<SiteOptions, 'frameAncestors' | 'samplePackage' | 'status'>
  /** Other systems for trying things, each mounted at its path; they are not part of the product. */
  readonly sandbox: readonly { readonly path: string; readonly app: Express }[]
  /** Prometheus figures of the parts of the server. */
  readonly figures: readonly Metric[]
  /** Opens a span for each request; absent: no traces. */
  readonly trace?: RequestHandler | undefined
  /** What must be done before the server can serve; empty when it can. */
  missing(): string[]
}

/** The Express application of the whole server. */
export function createApp(options: AppOptions): Express {
  const { config, log, modules } = options
  const { publicUrl, version } = config.settings
  const http: HttpOptions = { ...options.http, publicUrl }
  const app = express()
  app.disable('x-powered-by')
  app.disable('etag')
  app.set('query parser', 'simple')
  app.set('trust proxy', 'loopback')
  app.use(requestId(log))
  if (options.trace) app.use(options.trace)
  for (const { path, app: sandboxApp } of options.sandbox) app.use(path, sandboxApp)
  const https = publicUrl.startsWith('https:')
  app.use(apiRoutes(modules, http, apiHeaders({ https })))
  app.use(baseHeaders({ https }))
  mountHealth(app, options)
  const contract: Contract = Object.assign({}, ...modules.map((module) => module.contract))
  const description = onDemand(() =>
    describeApi(contract, { version: latestVersion, serverUrl: publicUrl }),
  )
  app.get('/api/v1/openapi.json', answerOpenApi(description))
  for (const { router } of modules) if (router) app.use(router)
  app.use(staticAssets(options.webFolder, version))
  app.use(developerPortal({ publicUrl, document: description }))
  app.use(
    site({
      ...options.site,
      demo: config.demo,
      publicUrl,
      security: config.security,
      sandboxUrl: config.sandboxUrl,
    }),
  )
  app.use(notFoundHandler())
  app.use(
    problemHandler({
      publicUrl,
      onUnexpected: (error, id) => log.error({ err: error, requestId: id }, 'unexpected failure'),
    }),
  )
  return app
}

/** The routes of all contracts; requests for pages and LTI endpoints are not matched against them. */
function apiRoutes(
  modules: readonly AnyModule[],
  http: HttpOptions,
  setHeaders: (res: Response) => void,
): RequestHandler {
  const routes = mountContracts(modules, http)
  return (req, res, next) => {
    if (!req.path.startsWith('/api/')) {
      next()
      return
    }
    setHeaders(res)
    crossOrigin(req, res, (error?: unknown) => {
      if (error === undefined) routes(req, res, next)
      else next(error)
    })
  }
}

function mountHealth(app: Express, { config, http, figures, missing }: AppOptions): void {
  app.get('/healthz', (_req, res) => {
    res
      .setHeader('cache-control', 'no-store')
      .json({ status: 'alive', version: config.settings.version })
  })
  app.get('/readyz', (_req, res) => {
    const waiting = [...missing(), ...(isConnected() ? [] : ['database'])]
    res
      .status(waiting.length === 0 ? 200 : 503)
      .setHeader('cache-control', 'no-store')
      .json({ status: waiting.length === 0 ? 'ready' : 'not ready', waiting })
  })
  app.get(
    '/metrics',
    metricsHandler({ token: config.metricsToken, session: http.session, figures }),
  )
}
