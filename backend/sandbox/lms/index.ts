import express, { type Express, type NextFunction, type Request, type Response } from 'express'
import { apiRoutes } from './api-routes.ts'
import { assets } from './assets.ts'
import { type FlavourName, flavours } from './flavours.ts'
import { currentKey } from './keys.ts'
import type { Lms, LmsLog } from './lms.ts'
import { adminRoutes } from './pages/admin-routes.ts'
import { courseRoutes } from './pages/course-routes.ts'
import { framedRefusal, refusalPage } from './pages/message-page.ts'
import { sendPage } from './pages/send-page.ts'
import { visitAnyway } from './pages/visit.ts'
import { registrationRoutes } from './protocol/registration-routes.ts'
import { protocolRoutes } from './protocol/routes.ts'
import { asRefusal } from './protocol/service-errors.ts'
import { serviceRoutes } from './protocol/service-routes.ts'
import { Refusal } from './refusal.ts'
import { createRequestLog } from './request-log.ts'
import { onlyFromHere, ownHost } from './same-origin.ts'
import { keepSnapshots, loadSnapshot } from './snapshot.ts'
import { forgetExpired, freshState, type ToolRegistration } from './state.ts'
import { preregisterTool } from './tool-registration.ts'

export { type FlavourName, flavourNames } from './flavours.ts'
export type { LmsLog } from './lms.ts'
export type { ToolRegistration } from './state.ts'

export interface LmsOptions {
  /** The LMS as browsers and tools see it, with the path it is mounted at. */
  readonly baseUrl: string
  /** Whose quirks it has; Moodle's where nothing is said. */
  readonly flavour?: FlavourName
  /** Its base URL where nothing is said; Canvas and Blackboard have one for all their schools. */
  readonly issuer?: string
  /** Where to keep the gradebook between runs; without it everything is gone at the end. */
  readonly stateFile?: string
  readonly tools?: readonly ToolRegistration[]
  readonly log?: LmsLog
  readonly now?: () => number
  /** The one outgoing request is for a tool's keyset; a server on the internet hands in a guarded fetch. */
  readonly fetch?: typeof globalThis.fetch
}

export interface RunningLms {
  /** To be mounted at the path of `baseUrl`. */
  readonly app: Express
  /** Resolves when the last change is on the disk. */
  close(): Promise<void>
}

const silent: LmsLog = { info: () => undefined, warn: () => undefined }

const sweepEveryMs = 10_000

/** A small LMS that is an LTI 1.3 platform; it knows nothing of any tool but what is registered. */
export function createLms(options: LmsOptions): RunningLms {
  const log = options.log ?? silent
  const state = options.stateFile ? loadSnapshot(options.stateFile, log) : freshState()
  const snapshots = options.stateFile ? keepSnapshots(options.stateFile, state, log) : undefined
  const now = options.now ?? Date.now
  let sweepAt = now()
  const baseUrl = options.baseUrl.replace(/\/+$/, '')
  const lms: Lms = {
    baseUrl,
    issuer: options.issuer ?? baseUrl,
    flavour: flavours[options.flavour ?? 'moodle'],
    state,
    requests: createRequestLog(),
    log,
    now,
    fetch: options.fetch ?? globalThis.fetch,
    changed: async () => {
      if (now() >= sweepAt) {
        forgetExpired(state, now())
        sweepAt = now() + sweepEveryMs
      }
      await snapshots?.save()
    },
  }
  for (const tool of options.tools ?? []) preregisterTool(lms, tool)
  // Making an RSA key takes a moment; nobody should wait for it at the first launch.
  currentKey(lms).catch((cause: unknown) => log.warn({ reason: String(cause) }, 'no signing key'))
  return {
    app: lmsApp(lms),
    close: async () => {
      await currentKey(lms)
      await snapshots?.close()
    },
  }
}

function lmsApp(lms: Lms): Express {
  const app = express()
  app.disable('x-powered-by')
  app.use('/assets', assets())
  app.use(protocolRoutes(lms))
  app.use(registrationRoutes(lms))
  app.use(serviceRoutes(lms))
  app.use(onlyFromHere(lms))
  app.use('/api', apiRoutes(lms))
  app.use(ownHost(lms))
  app.use(express.urlencoded({ extended: false }))
  app.use(courseRoutes(lms))
  app.use(adminRoutes(lms))
  app.use((req) => {
    throw new Refusal(404, 'not_found', `There is no page at ${req.path}.`)
  })
  // Express knows an error handler by its four parameters.
  app.use((error: unknown, req: Request, res: Response, _next: NextFunction) => {
    const refusal = asRefusal(lms, error)
    const framed = req.get('sec-fetch-dest') === 'iframe' || req.path.startsWith('/lti/')
    const page = framed ? framedRefusal(lms, refusal) : refusalPage(visitAnyway(lms, req), refusal)
    sendPage(lms, res.status(refusal.status), page)
  })
  return app
}
