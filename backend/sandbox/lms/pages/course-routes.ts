import express, { type Request, type Response, type Router } from 'express'
import { findTool, type Lms } from '../lms.ts'
import { addContent } from '../protocol/content-items.ts'
import { findLink, type LaunchRequest, loginParameters, startLaunch } from '../protocol/launches.ts'
import { recordOf } from '../protocol/log-step.ts'
import { pathText, queryText } from '../query.ts'
import { Refusal } from '../refusal.ts'
import { type Course, canEnter, canTeach, findCourse, fullName } from '../school.ts'
import { activityPage, addPage } from './activity.ts'
import { autoSubmitPage } from './auto-submit.ts'
import { coursePage } from './course.ts'
import { gradebookPage } from './gradebook.ts'
import { homePage } from './home.ts'
import { sendPage } from './send-page.ts'
import { href, type Visit, visitOf } from './visit.ts'

const activity = '/courses/:courseId/activities/:linkId'

/** The pages people learn and teach with. */
export function courseRoutes(lms: Lms): Router {
  const router = express.Router()

  router.get('/', (req, res) => sendPage(lms, res, homePage(visitOf(lms, req))))

  router.get('/courses/:courseId', (req, res) => {
    const { visit, course } = enter(lms, req)
    sendPage(lms, res, coursePage(withToolMessage(visit, req), course))
  })

  router.get('/courses/:courseId/gradebook', (req, res) => {
    const { visit, course } = enter(lms, req)
    sendPage(lms, res, gradebookPage(visit, course))
  })

  router.get('/courses/:courseId/add', (req, res) => {
    const { visit, course } = enterAsTeacher(lms, req)
    sendPage(lms, res, addPage(visit, course, findTool(lms, queryText(req, 'tool') ?? '')))
  })

  router.get('/courses/:courseId/deep-link', (req, res) => {
    const { visit, course } = enterAsTeacher(lms, req)
    const toolId = findTool(lms, queryText(req, 'tool') ?? '').id
    beginLogin(lms, res, visit, course, { kind: 'deep-linking', toolId, target: 'iframe' })
  })

  router.post('/courses/:courseId/links', async (req, res) => {
    const { visit, course } = enterAsTeacher(lms, req)
    const tool = findTool(lms, String(recordOf(req.body)['toolId']))
    addContent(lms, tool, course.id, [{ type: 'ltiResourceLink', url: tool.toolUrl }])
    await lms.changed()
    res.redirect(303, href(visit, `/courses/${course.id}`, { notice: `Added: ${tool.name}.` }))
  })

  router.get(activity, (req, res) => {
    const { visit, course } = enter(lms, req)
    const link = findLink(lms, course.id, pathText(req, 'linkId'))
    sendPage(lms, res, activityPage(visit, course, link, findTool(lms, link.toolId)))
  })

  router.get(`${activity}/launch`, (req, res) => {
    const { visit, course } = enter(lms, req)
    const { id: linkId, toolId, kind } = findLink(lms, course.id, pathText(req, 'linkId'))
    if (kind === 'web') throw new Refusal(400, 'not_a_launch', 'This activity is a plain link.')
    const target = queryText(req, 'target') === 'window' ? 'window' : 'iframe'
    beginLogin(lms, res, visit, course, { kind: 'resource-link', toolId, linkId, target })
  })

  router.post(`${activity}/delete`, async (req, res) => {
    const { visit, course } = enterAsTeacher(lms, req)
    const link = findLink(lms, course.id, pathText(req, 'linkId'))
    removeActivity(lms, link.id)
    await lms.changed()
    res.redirect(303, href(visit, `/courses/${course.id}`, { notice: `Removed: ${link.title}.` }))
  })

  return router
}

function enter(lms: Lms, req: Request): { visit: Visit; course: Course } {
  const visit = visitOf(lms, req)
  const course = findCourse(pathText(req, 'courseId'))
  if (canEnter(course, visit.who)) return { visit, course }
  throw new Refusal(403, 'not_enrolled', `${fullName(visit.who)} is not in ${course.title}.`)
}

function enterAsTeacher(lms: Lms, req: Request): { visit: Visit; course: Course } {
  const found = enter(lms, req)
  if (canTeach(found.course, found.visit.who)) return found
  throw new Refusal(403, 'teachers_only', 'Only teachers of this course can change its content.')
}

/** LTI 1.3 §4.1.2: the tool may append messages to the return URL of a launch. */
function withToolMessage(visit: Visit, req: Request): Visit {
  const message = queryText(req, 'lti_errormsg') ?? queryText(req, 'lti_msg')
  return message === undefined ? visit : { ...visit, notice: message.slice(0, 500) }
}

/** Sends the browser to the tool's login, by form as Moodle does or by redirect. */
function beginLogin(
  lms: Lms,
  res: Response,
  visit: Visit,
  course: Course,
  request: Pick<LaunchRequest, 'kind' | 'toolId' | 'linkId' | 'target'>,
): void {
  const tool = findTool(lms, request.toolId)
  const launch = startLaunch(lms, { ...request, userId: visit.who.id, courseId: course.id })
  const fields = loginParameters(lms, launch)
  const byGet = lms.state.settings.loginByGet
  lms.requests.add({
    at: lms.now(),
    step: 'Login initiation',
    from: 'lms',
    method: byGet ? 'GET' : 'POST',
    url: tool.loginUrl,
    status: undefined,
    details: fields,
  })
  if (!byGet) {
    sendPage(
      lms,
      res,
      autoSubmitPage(lms, { title: `Opening ${tool.name}`, action: tool.loginUrl, fields }),
    )
    return
  }
  const url = new URL(tool.loginUrl)
  for (const [name, value] of Object.entries(fields)) url.searchParams.set(name, value)
  res.redirect(302, url.href)
}

function removeActivity(lms: Lms, linkId: string): void {
  const { state } = lms
  const columns = new Set(
    state.lineItems.filter((item) => item.linkId === linkId).map((item) => item.id),
  )
  state.links = state.links.filter((link) => link.id !== linkId)
  state.lineItems = state.lineItems.filter((item) => !columns.has(item.id))
  state.scores = state.scores.filter((score) => !columns.has(score.lineItemId))
}
