import { type Request, type RequestHandler, Router } from 'express'
import type { PublicStatus } from '../../shared/api/monitoring.ts'
import { AppError } from '../../shared/errors.ts'
import { landingOf } from '../../shared/open-address.ts'
import { setPagePolicy } from '../core/headers.ts'
import { admin, developerConsole, ltiApp, signIn } from './applications.ts'
import { notFound, privacy, sandbox } from './information.ts'
import { landing } from './landing.ts'
import { sendPage } from './layout.ts'
import { type SecurityContact, securityText } from './security-text.ts'
import { status } from './status.ts'

export interface SiteOptions {
  readonly demo: boolean
  /** Origin of the simulated LMS: another site than this one. */
  readonly sandboxUrl: string
  readonly publicUrl: string
  readonly security: SecurityContact
  /** Who may frame the LTI page, from the launch that led to it. */
  frameAncestors(req: Request): string
  status(): Promise<PublicStatus>
  samplePackage(): Promise<Buffer>
}

/** The pages people read, and the shells of the applications they use. */
export function site(options: SiteOptions): Router {
  const router = Router()
  router.get('/', (_req, res) => {
    sendPage(res, {
      title: 'Integrations for UK education',
      description:
        'EdPsych resources and assessments inside your LMS, Google Classroom and any web page.',
      main: landing(options),
    })
  })
  router.get('/sign-in', (_req, res) => {
    sendPage(res, { title: 'Sign in', main: signIn(), scripts: ['/assets/sign-in.js'] })
  })
  // The administration asks for a sign-in by itself and comes back to where it was opened.
  router.get('/go/:folder/:id', (req, res, next) => {
    const landing = landingOf(req.params.folder, req.params.id, req.query['in'])
    if (landing === undefined) next()
    else res.setHeader('cache-control', 'no-store').redirect(302, landing)
  })
  router.get(['/admin', '/admin/*path'], (_req, res) => {
    sendPage(res, {
      title: 'Administration',
      main: admin(),
      bare: true,
      scripts: ['/assets/admin-app.js'],
    })
  })
  router.get(['/developers/console', '/developers/console/*path'], (_req, res) => {
    sendPage(res, {
      title: 'Developer console',
      main: developerConsole(),
      bare: true,
      scripts: ['/assets/developer-console.js'],
    })
  })
  router.get('/lti/app', (req, res) => {
    setPagePolicy(res, {
      frameAncestors: options.frameAncestors(req),
      // The deep-linking answer is a form post to whichever LMS asked.
      formAction: 'https: http:',
      frameSrc: "'self' https:",
    })
    sendPage(res, {
      title: 'Activity',
      main: ltiApp(),
      bare: true,
      scripts: ['/assets/lti-app.js'],
    })
  })
  router.get('/privacy', (_req, res) => {
    sendPage(res, { title: 'Privacy and transparency', main: privacy(), current: '/privacy' })
  })
  router.get('/status', async (_req, res) => {
    const main = status(await options.status())
    sendPage(res, { title: 'Status', main, className: 'status', current: '/status' })
  })
  router.get('/status.json', async (_req, res) => {
    res.setHeader('access-control-allow-origin', '*')
    res.setHeader('cache-control', 'public, max-age=30')
    res.json(await options.status())
  })
  router.get('/sandbox', (_req, res) => {
    sendPage(res, { title: 'Sandbox', main: sandbox(options), current: '/sandbox' })
  })
  router.get('/sandbox/sample-package.zip', async (_req, res) => {
    res.setHeader('content-disposition', 'attachment; filename="edpsych-sample-package.zip"')
    res.type('application/zip').send(await options.samplePackage())
  })
  router.get('/.well-known/security.txt', (_req, res) => {
    res.type('text/plain; charset=utf-8').send(securityText(options, new Date()))
  })
  return router
}

/** What no route answers: a page for people, a problem for programs. */
export function notFoundHandler(): RequestHandler {
  return (req, res) => {
    const isPage = req.method === 'GET' && req.accepts(['json', 'html']) === 'html'
    if (!isPage || req.path.startsWith('/api/')) {
      throw new AppError('not_found', `Nothing answers ${req.method} ${req.path}`)
    }
    sendPage(res, { title: 'Not found', main: notFound(req.path), status: 404 })
  }
}
