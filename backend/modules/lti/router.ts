import express, { type Request, type RequestHandler, type Response, Router } from 'express'
import { AppError } from '../../../shared/errors.ts'
import type { Logger } from '../../core/logging.ts'
import { bindingCookie, clearBindingCookie } from './binding.ts'
import { confirmLaunch } from './confirm.ts'
import { offerDeployment } from './deployment-requests/offer-deployment.ts'
import { frameCookie, frameOrigins, originOf } from './frame-ancestors.ts'
import type { SigningKeys } from './keys/signing-keys.ts'
import { type LaunchDeps, launch } from './launch.ts'
import { appLocation } from './launch-code.ts'
import { readPlatformError } from './launch-form.ts'
import { beginLogin, type LoginDeps, loginAgainUrl } from './login.ts'
import { type PlatformStorage, sendConfirmPage, sendFrontPage, sendStorePage } from './pages.ts'
import { platformRefusal, platformSays } from './platform-error.ts'
import type { PlatformRow } from './platforms/platform-store.ts'
import { notesOf, refusalHandler } from './refuse.ts'
import { type RegistrationRouteDeps, registrationRoutes } from './registration/routes.ts'
import { openSession, type SessionDeps } from './session.ts'

export interface RouterDeps extends LaunchDeps, LoginDeps, SessionDeps {
  readonly keys: SigningKeys
  readonly log: Logger
  readonly registration: RegistrationRouteDeps
}

const assetsUrl = '/assets/lti-state.js'
const parseForm = express.urlencoded({ extended: false, limit: '256kb', parameterLimit: 50 })
/** A confirmation brings a state, which is about as long as the address of its login. */
const parseJson = express.json({ limit: '32kb' })

/** The endpoints of the tool that platforms and launch pages use; none of them reads a session. */
export function createLtiRouter(deps: RouterDeps): Router {
  const router = Router()
  // The way of a launch comes first: Express tries routes in this order.
  router.get('/lti/login', (req, res) => answerLogin(deps, req.query, req, res))
  router.post(
    '/lti/login',
    requireType('application/x-www-form-urlencoded'),
    parseForm,
    (req, res) => answerLogin(deps, req.body, req, res),
  )
  router.post(
    '/lti/launch',
    requireType('application/x-www-form-urlencoded'),
    parseForm,
    (req, res) => answerLaunch(deps, req, res),
  )
  router.post('/lti/launch/confirm', requireType('application/json'), parseJson, (req, res) =>
    answerConfirmation(deps, req, res),
  )
  router.post('/lti/session', requireType('application/json'), parseJson, async (req, res) => {
    sendJson(res, await openSession(deps, req.body))
  })
  router.get('/lti/app', (_req, _res, next) => next('router'))
  router.get('/lti', (_req, res) => sendFrontPage(res, `${deps.publicUrl}/lti`))
  router.get(
    ['items', 'resources', 'paths', 'dashboards', 'submissions'].map((name) => `/lti/${name}/:id`),
    (_req, res) => sendFrontPage(res, `${deps.publicUrl}/lti`),
  )
  router.get('/lti/jwks', async (_req, res) => {
    res.setHeader('cache-control', 'public, max-age=300')
    res.json(await deps.keys.publicKeys())
  })
  router.use(registrationRoutes(deps.registration))
  refuseOtherMethods(router)
  router.use('/lti', () => {
    throw new AppError('lti_not_found', 'There is nothing at this address')
  })
  router.use(refusalHandler(deps))
  return router
}

const methods: Readonly<Record<string, string>> = {
  '/lti': 'GET, HEAD',
  '/lti/app': 'GET, HEAD',
  '/lti/login': 'GET, HEAD, POST',
  '/lti/launch': 'POST',
  '/lti/launch/confirm': 'POST',
  '/lti/session': 'POST',
  '/lti/jwks': 'GET, HEAD',
  '/lti/register': 'GET, HEAD, POST',
}

function refuseOtherMethods(router: Router): void {
  for (const [path, allow] of Object.entries(methods)) {
    router.all(path, (_req, res) => {
      res.setHeader('allow', allow)
      throw new AppError('lti_method_not_allowed', `This address answers ${allow}`)
    })
  }
}

/** Express parses only bodies of the expected type; another type must not pass as an empty form. */
function requireType(contentType: string): RequestHandler {
  return (req, _res, next) => {
    if (req.is(contentType) !== contentType) {
      throw new AppError('lti_request_malformed', `Send the request as ${contentType}`)
    }
    next()
  }
}

async function answerLogin(
  deps: RouterDeps,
  parameters: unknown,
  req: Request,
  res: Response,
): Promise<void> {
  const login = await beginLogin(deps, parameters)
  res.append('set-cookie', bindingCookie(deps.publicUrl, login.bindingKey, login.secret))
  res.setHeader('cache-control', 'no-store')
  // Only a frame can lose its cookie, and only with script can it keep something else.
  if (req.get('sec-fetch-dest') !== 'iframe' && login.storageTarget === null) {
    redirect(res, 302, login.authorizationUrl)
    return
  }
  sendStorePage(res, {
    key: login.bindingKey,
    secret: login.secret,
    next: login.authorizationUrl,
    storage: storageOf(login.platform, login.storageTarget),
    frameOrigins: frameOrigins([
      login.platform.issuer,
      login.platform.authorizationEndpoint,
      originOf(req.get('origin')) ?? originOf(req.get('referer')),
    ]),
    assetsUrl,
  })
}

async function answerLaunch(deps: RouterDeps, req: Request, res: Response): Promise<void> {
  const notes = notesOf(res)
  const platformError = readPlatformError(req.body)
  if (platformError) {
    notes.platformSays = platformSays(deps, platformError, req.headers.cookie)
    throw platformRefusal(platformError)
  }
  const outcome = await launch(
    deps,
    { body: req.body, cookie: req.headers.cookie, origin: req.get('origin') },
    (platform) => {
      notes.platform = platform
    },
  ).catch((error: unknown) => refuseLaunch(deps, req.body, error))
  if (outcome.kind === 'unproven') {
    sendConfirmPage(res, {
      key: outcome.bindingKey,
      state: outcome.state,
      newWindowUrl: loginAgainUrl(outcome.login),
      storage: storageOf(outcome.platform, outcome.storageTarget),
      frameOrigins: outcome.frameOrigins,
      assetsUrl,
    })
    return
  }
  res.append('set-cookie', clearBindingCookie(deps.publicUrl, outcome.bindingKey))
  res.append('set-cookie', frameCookie(deps.publicUrl, outcome.frameOrigins))
  res.setHeader('cache-control', 'no-store')
  res.setHeader('referrer-policy', 'no-referrer')
  redirect(res, 303, appLocation(outcome.code))
}

/** LTI 1.3 §3.1.3: an unknown deployment opens nothing, but somebody may approve it. */
async function refuseLaunch(deps: RouterDeps, body: unknown, error: unknown): Promise<never> {
  if (!(error instanceof AppError) || error.code !== 'lti_deployment_unknown') throw error
  if (!(await offerDeployment(deps, body))) throw error
  throw new AppError(
    error.code,
    `${error.message}. It waits for approval under “LMSs” in the administration`,
    { cause: error },
  )
}

async function answerConfirmation(deps: RouterDeps, req: Request, res: Response): Promise<void> {
  // Only JSON is read here, which no other site can send without asking first (Fetch §3.2).
  const code = await confirmLaunch(deps, req.body)
  sendJson(res, { location: appLocation(code) })
}

function storageOf(platform: PlatformRow, target: string | null): PlatformStorage {
  return { target, origin: new URL(platform.authorizationEndpoint).origin }
}

/** Without the page that Express would add for browsers that do not follow. */
function redirect(res: Response, status: 302 | 303, location: string): void {
  res.statusCode = status
  res.setHeader('location', location)
  res.end()
}

function sendJson(res: Response, value: object): void {
  res.setHeader('cache-control', 'no-store')
  res.setHeader('content-type', 'application/json; charset=utf-8')
  res.end(JSON.stringify(value))
}
