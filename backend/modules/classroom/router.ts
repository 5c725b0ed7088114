import { randomBytes } from 'node:crypto'
import { parseCookie } from 'cookie'
import express, { type NextFunction, type Request, type Response, Router } from 'express'
import { z } from 'zod'
import { AppError } from '../../../shared/errors.ts'
import { ConnectorError } from '../../connector-kit/index.ts'
import type { TenantContext } from '../../core/tenancy.ts'
import type { OpenConnection } from '../connections/index.ts'
import { folder, signInUrl, Visit, views } from './addresses.ts'
import { openArrival, type VisitDeps } from './open-visit.ts'
import { sendCourses, sendDone, sendFrame, sendHandOver, sendRefusal, sendTopics } from './pages.ts'
import type { Asked } from './place.ts'
import {
  beginSignIn,
  classworkOf,
  openSystem,
  readReturn,
  redeemReturn,
  type SignInDeps,
  type Travelling,
} from './sign-in.ts'

const cookieKey = 'edp_classroom'
const cookieLifeSeconds = 600
const patienceMs = 20_000
const ticketLifeMs = 10 * 60_000

export interface RouterDeps extends SignInDeps, VisitDeps {}

/** Who may publish in which connection, from the page with the courses to the choice. */
const Ticket = z.object({ connectionId: z.string(), personId: z.string(), until: z.number() })

/** What the pages before the choice ask; an empty topic: none. */
const Publishing = z.object({
  ticket: z.string(),
  courseId: z.string().max(100),
  topicId: z.string().max(100).optional(),
})

const parseForm = express.urlencoded({ extended: false, limit: '16kb', parameterLimit: 10 })
const frameViews: ReadonlySet<string> = new Set(['discovery', 'teacher', 'student', 'review'])
const patience = () => AbortSignal.timeout(patienceMs)

/** The pages that Google Classroom shows in frames and links, and the sign-in for them. */
export function createClassroomRouter(deps: RouterDeps): Router {
  const router = Router()
  router.use(folder, (_req, res, next) => {
    // The window of the sign-in must keep hold of the frame that opened it, on its way to Google and back.
    res.setHeader('cross-origin-opener-policy', 'unsafe-none')
    next()
  })
  router.get(`${folder}/callback`, (req, res) => answerReturn(deps, req, res))
  router.get(`${folder}/:connectionId/sign-in`, (req, res) => sendToGoogle(deps, req, res))
  router.all(`${folder}/:connectionId/done`, async (req, res) => {
    const { opened, classwork } = await openSystem(deps, idOf(req), patience())
    const count = z.coerce.number().int().min(0).max(1_000).catch(0).parse(req.query['count'])
    sendDone(res, { count, frameOrigin: classwork.frameOrigin(opened.context.config) })
  })
  router.post(`${folder}/:connectionId/publish`, parseForm, (req, res) =>
    choosePublished(deps, req, res),
  )
  router.get(`${folder}/:connectionId/:view`, async (req, res) => {
    const { view } = req.params
    if (!views.some((one) => one === view))
      throw new AppError('not_found', 'There is nothing here.')
    const visit = readVisit({ ...req.query, view })
    if (!frameViews.has(visit.view)) {
      res.redirect(303, signInUrl(idOf(req), visit))
      return
    }
    const { opened, classwork } = await openSystem(deps, idOf(req), patience())
    sendFrame(res, {
      signInUrl: signInUrl(idOf(req), { ...visit, popup: 'yes' }),
      frameOrigin: classwork.frameOrigin(opened.context.config),
    })
  })
  router.use(folder, refuse)
  return router
}

const idOf = (req: Request): string => String(req.params['connectionId'])

function readVisit(query: unknown): Visit {
  const parsed = Visit.safeParse(query)
  if (parsed.success) return parsed.data
  throw new AppError('invalid_request', 'Open this from a class in Google Classroom.')
}

/** It is a page of its own, so its cookie works where those of frames are blocked. */
async function sendToGoogle(deps: RouterDeps, req: Request, res: Response): Promise<void> {
  const visit = readVisit(req.query)
  await goToGoogle(deps, res, { connectionId: idOf(req), visit, asksAgain: false })
}

async function goToGoogle(
  deps: RouterDeps,
  res: Response,
  begun: {
    readonly connectionId: string
    readonly visit: Visit
    readonly asksAgain: boolean
  },
): Promise<void> {
  const browser = randomBytes(24).toString('base64url')
  const url = await beginSignIn(deps, { ...begun, browser }, patience())
  res.setHeader('cache-control', 'no-store')
  res.setHeader('referrer-policy', 'no-referrer')
  const secure = deps.publicUrl.startsWith('https:') ? '; Secure' : ''
  res.append(
    'set-cookie',
    `${cookieKey}=${browser}; Path=${folder}; Max-Age=${cookieLifeSeconds}; HttpOnly; SameSite=Lax${secure}`,
  )
  res.redirect(302, url)
}

async function answerReturn(deps: RouterDeps, req: Request, res: Response): Promise<void> {
  const browser = parseCookie(req.headers.cookie ?? '')[cookieKey]
  const begun = readReturn(deps, req.query['state'], browser)
  const { connectionId, visit, asksAgain } = begun
  const { ctx, person } = await redeemReturn(deps, begun, req.query, patience())
  const lasts = visit.view === 'student' || visit.view === 'work'
  const isKept = lasts || (await deps.people.keep(ctx, connectionId, person.userId, person.tokens))
  if (!isKept && !asksAgain) {
    // Google gives a lasting consent only once, and we have lost it.
    await goToGoogle(deps, res, { connectionId, visit, asksAgain: true })
    return
  }
  if (visit.view === 'publish') {
    await showCourses(deps, ctx, begun, person.userId, res)
    return
  }
  const location = await openArrival(deps, ctx, { connectionId, visit, person }, patience())
  res.setHeader('cache-control', 'no-store')
  if (visit.popup === undefined) res.redirect(303, location)
  else sendHandOver(res, location)
}

const publishPath = (connectionId: string): string =>
  `${folder}/${encodeURIComponent(connectionId)}/publish`

/** Headings to choose from; none where the person did not let us see them. */
async function topicsOf(opened: OpenConnection, courseId: string) {
  try {
    return await classworkOf(opened).topics(opened.context, courseId)
  } catch (error) {
    if (error instanceof ConnectorError && error.code === 'forbidden') return []
    throw error
  }
}

async function showCourses(
  deps: RouterDeps,
  ctx: TenantContext,
  { connectionId }: Travelling,
  personId: string,
  res: Response,
): Promise<void> {
  const options = { purpose: 'classroom.courses', signal: patience() }
  const opened = await deps.people.open(ctx, connectionId, personId, options)
  const courses = await classworkOf(opened).courses(opened.context)
  const until = deps.now().getTime() + ticketLifeMs
  const ticket = { connectionId, personId, until } satisfies z.output<typeof Ticket>
  sendCourses(res, {
    action: publishPath(connectionId),
    ticket: deps.sealer.seal(JSON.stringify(ticket)),
    courses,
  })
}

async function choosePublished(deps: RouterDeps, req: Request, res: Response): Promise<void> {
  const form = Publishing.safeParse(req.body)
  const text = form.success ? deps.sealer.open(form.data.ticket) : null
  const ticket = Ticket.safeParse(text === null ? null : JSON.parse(text))
  const isGood =
    form.success &&
    ticket.success &&
    ticket.data.connectionId === idOf(req) &&
    ticket.data.until > deps.now().getTime()
  if (!isGood) throw new AppError('forbidden', 'Begin anew: this page was open for too long.')
  const { connectionId, personId } = ticket.data
  const { ctx } = await openSystem(deps, connectionId, patience())
  const options = { purpose: 'classroom.presence', signal: patience() }
  const opened = await deps.people.open(ctx, connectionId, personId, options)
  const place = { courseId: form.data.courseId, post: null }
  const presence = await classworkOf(opened).presence(opened.context, place)
  if (presence.side !== 'teacher') {
    throw new AppError('forbidden', 'Only those who teach the class may publish in it.')
  }
  const { topicId } = form.data
  const topics = topicId === undefined ? await topicsOf(opened, place.courseId) : []
  if (topics.length > 0) {
    sendTopics(res, {
      action: publishPath(connectionId),
      hidden: { ticket: form.data.ticket, courseId: place.courseId },
      courseTitle: presence.courseTitle ?? 'your class',
      topics,
    })
    return
  }
  const asked: Asked = { place, personId, topicId: topicId || null }
  const location = await deps.openVisit(ctx, {
    connectionId,
    personId,
    roles: ['instructor'],
    course: { id: place.courseId, title: presence.courseTitle },
    opens: null,
    forUser: null,
    dataJson: JSON.stringify(asked),
    frameOrigin: null,
  })
  res.redirect(303, location)
}

const statuses: Readonly<Record<string, number>> = { retry: 503, reauthorise: 403, reject: 403 }

function refuse(error: unknown, _req: Request, res: Response, next: NextFunction): void {
  const requestId = String(res.locals['requestId'] ?? '')
  if (error instanceof AppError) {
    const { status, message } = error
    sendRefusal(res, { status, message, requestId })
  } else if (error instanceof ConnectorError) {
    const status = statuses[error.kind] ?? 502
    sendRefusal(res, { status, message: error.message, requestId })
  } else next(error)
}
