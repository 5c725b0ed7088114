import express, { type NextFunction, type Request, type Response, type Router } from 'express'
import { changeFaults, noFaults } from './faults.ts'
import { importCourse } from './import-course.ts'
import { rotateKey } from './keys.ts'
import { endpoints, findTool, type Lms } from './lms.ts'
import { initiationUrl } from './pages/registration.ts'
import { addContent } from './protocol/content-items.ts'
import { openRegistration } from './protocol/dynamic-registration.ts'
import { recordOf } from './protocol/log-step.ts'
import { resultScore, scoreOf } from './protocol/scores.ts'
import { asRefusal } from './protocol/service-errors.ts'
import { pathText } from './query.ts'
import { Refusal } from './refusal.ts'
import { type Course, courses, findCourse, findPerson, fullName, learnersOf } from './school.ts'
import { changeSettings } from './settings.ts'
import { resetContent } from './state.ts'
import { registerTool, removeTool } from './tool-registration.ts'

/** What the pages do, for programs: JSON under `/api`. */
export function apiRoutes(lms: Lms): Router {
  const router = express.Router()
  router.use(express.json())

  router.get('/platform', (_req, res) => void res.json(endpoints(lms)))

  router.get('/tools', (_req, res) => void res.json(lms.state.tools))
  router.post('/tools', async (req, res) => {
    const tool = registerTool(lms, recordOf(req.body))
    await lms.changed()
    res.status(201).json({ ...tool, platform: endpoints(lms) })
  })
  router.delete('/tools/:toolId', async (req, res) => {
    removeTool(lms, findTool(lms, pathText(req, 'toolId')))
    await lms.changed()
    res.status(204).end()
  })

  router.post('/registrations', async (req, res) => {
    const { registrationUrl, toolId } = recordOf(req.body)
    const tool = toolId === undefined ? undefined : findTool(lms, String(toolId))
    const token = openRegistration(lms, tool?.id)
    await lms.changed()
    res.status(201).json({ url: initiationUrl(lms, String(registrationUrl), token) })
  })

  router.get('/faults', (_req, res) => void res.json(lms.state.faults))
  router.put('/faults', async (req, res) => {
    // Rotating is an act, not a state, so it never shows up in the answer.
    const { rotateKeys, ...change } = recordOf(req.body)
    lms.state.faults = changeFaults(lms.state.faults, change)
    if (rotateKeys === true) await rotateKey(lms)
    await lms.changed()
    res.json(lms.state.faults)
  })
  router.delete('/faults', async (_req, res) => {
    lms.state.faults = noFaults()
    await lms.changed()
    res.status(204).end()
  })

  router.get('/settings', (_req, res) => void res.json(lms.state.settings))
  router.put('/settings', async (req, res) => {
    lms.state.settings = changeSettings(lms.state.settings, recordOf(req.body))
    await lms.changed()
    res.json(lms.state.settings)
  })

  router.get('/courses', (_req, res) => void res.json(courses.map((course) => describe(course))))
  router.get('/courses/:courseId/links', (req, res) => {
    const { id } = findCourse(pathText(req, 'courseId'))
    res.json(lms.state.links.filter((link) => link.courseId === id))
  })
  router.post('/courses/:courseId/links', async (req, res) => {
    const { toolId, ...item } = recordOf(req.body)
    const course = findCourse(pathText(req, 'courseId'))
    const tool = findTool(lms, String(toolId))
    const added = addContent(lms, tool, course.id, [{ type: 'ltiResourceLink', ...item }])
    await lms.changed()
    res.status(201).json(added[0])
  })
  router.post('/courses/:courseId/import', async (req, res) => {
    const course = findCourse(pathText(req, 'courseId'))
    const copies = importCourse(lms, String(recordOf(req.body)['from']), course)
    await lms.changed()
    res.status(201).json(copies)
  })
  router.get('/courses/:courseId/gradebook', (req, res) => {
    res.json(gradebook(lms, findCourse(pathText(req, 'courseId'))))
  })

  router.get('/log', (_req, res) => void res.json(lms.requests.list()))
  router.post('/reset', async (_req, res) => {
    resetContent(lms.state)
    lms.requests.clear()
    await lms.changed()
    res.status(204).end()
  })

  router.use((req) => {
    throw new Refusal(404, 'not_found', `There is nothing at ${req.originalUrl}.`)
  })
  router.use(answerApiError(lms))
  return router
}

function describe({ id, label, title, members }: Course): object {
  return {
    id,
    label,
    title,
    members: members.map(({ userId, role }) => ({
      userId,
      role,
      name: fullName(findPerson(userId)),
    })),
  }
}

/** Columns and, for each learner, what arrived: the mark in the column's scale and the whole score. */
function gradebook(lms: Lms, course: Course): object {
  const columns = lms.state.lineItems.filter((item) => item.courseId === course.id)
  return {
    columns,
    rows: learnersOf(course).map((learner) => ({
      userId: learner.id,
      name: fullName(learner),
      grades: columns.flatMap((item) => {
        const score = scoreOf(lms, item, learner.id)
        return score ? [{ ...score, resultScore: resultScore(item, score) ?? null }] : []
      }),
    })),
  }
}

function answerApiError(lms: Lms) {
  // Express knows an error handler by its four parameters.
  return (error: unknown, _req: Request, res: Response, _next: NextFunction): void => {
    const { status, code, message } = asRefusal(lms, error)
    res.status(status).json({ status, error: code, error_description: message })
  }
}
