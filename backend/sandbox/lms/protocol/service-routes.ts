import express, { type NextFunction, type Request, type Response, type Router } from 'express'
import { strikes } from '../faults.ts'
import type { Lms } from '../lms.ts'
import { pathText, queryText } from '../query.ts'
import { Refusal } from '../refusal.ts'
import { findCourse } from '../school.ts'
import type { LineItem } from '../state.ts'
import { authenticateService } from './access-tokens.ts'
import { scope } from './claim-names.ts'
import {
  createLineItem,
  deleteLineItem,
  findLineItem,
  lineItemAnswer,
  listLineItems,
  replaceLineItem,
} from './line-items.ts'
import { logStep, recordOf } from './log-step.ts'
import { listMembers } from './memberships.ts'
import { page } from './paging.ts'
import { acceptScore, resultsOf } from './scores.ts'
import { answerServiceError } from './service-errors.ts'

const media = {
  lineItem: 'application/vnd.ims.lis.v2.lineitem+json',
  lineItems: 'application/vnd.ims.lis.v2.lineitemcontainer+json',
  score: 'application/vnd.ims.lis.v1.score+json',
  results: 'application/vnd.ims.lis.v2.resultcontainer+json',
  members: 'application/vnd.ims.lti-nrps.v2.membershipcontainer+json',
} as const

const collection = '/lti/services/:courseId/lineitems'
const single = `${collection}/:itemId/lineitem`
const readLineItems = [scope.lineItem, scope.lineItemReadOnly]

/** Assignment and Grade Services 2.0 and Names and Role Provisioning Services 2.0. */
export function serviceRoutes(lms: Lms): Router {
  const router = express.Router()
  const json = express.json({ type: () => true, limit: '100kb' })
  const step = (name: string) => logStep(lms, name, 'tool')

  router.get(collection, step('List line items'), (req, res) => {
    const tool = authenticate(lms, req, readLineItems)
    const course = findCourse(pathText(req, 'courseId'))
    const items = listLineItems(lms, tool, course.id, {
      resourceLinkId: queryText(req, 'resource_link_id'),
      resourceId: queryText(req, 'resource_id'),
      tag: queryText(req, 'tag'),
    })
    const shown = page(lms, req, res, items).map((item) => lineItemAnswer(lms, item))
    answer(req, res, media.lineItems, shown)
  })

  const lineItemBody = [requireMedia(lms, [scope.lineItem], media.lineItem), json]

  router.post(
    collection,
    step('Create line item'),
    lineItemBody,
    async (req: Request, res: Response) => {
      const tool = authenticate(lms, req, [scope.lineItem])
      const course = findCourse(pathText(req, 'courseId'))
      const item = createLineItem(lms, tool, course.id, recordOf(req.body))
      await lms.changed()
      answer(req, res.status(201), media.lineItem, lineItemAnswer(lms, item))
    },
  )

  router.get(single, step('Read line item'), (req, res) => {
    const item = lineItemOf(lms, req, readLineItems)
    answer(req, res, media.lineItem, lineItemAnswer(lms, item))
  })

  router.put(
    single,
    step('Update line item'),
    lineItemBody,
    async (req: Request, res: Response) => {
      const item = replaceLineItem(lms, lineItemOf(lms, req, [scope.lineItem]), recordOf(req.body))
      await lms.changed()
      answer(req, res, media.lineItem, lineItemAnswer(lms, item))
    },
  )

  router.delete(single, step('Delete line item'), async (req, res) => {
    deleteLineItem(lms, lineItemOf(lms, req, [scope.lineItem]))
    await lms.changed()
    res.status(204).end()
  })

  const scoreBody = [requireMedia(lms, [scope.score], media.score), json]

  router.post(
    `${single}/scores`,
    step('Send score'),
    simulateOutage(lms),
    scoreBody,
    async (req: Request, res: Response) => {
      acceptScore(lms, lineItemOf(lms, req, [scope.score]), recordOf(req.body))
      await lms.changed()
      // Moodle answers 200 with an empty body; AGS would also allow 201 and 204.
      res.status(200).end()
    },
  )

  router.get(`${single}/results`, step('Read results'), (req, res) => {
    const item = lineItemOf(lms, req, [scope.result])
    answer(
      req,
      res,
      media.results,
      page(lms, req, res, resultsOf(lms, item, queryText(req, 'user_id'))),
    )
  })

  router.get('/lti/services/:courseId/memberships', step('Read members'), (req, res) => {
    const tool = authenticate(lms, req, [scope.memberships])
    const course = findCourse(pathText(req, 'courseId'))
    const members = listMembers(lms, tool, course, {
      role: queryText(req, 'role'),
      resourceLinkId: queryText(req, 'rlid'),
    })
    answer(req, res, media.members, {
      id: `${lms.baseUrl}${req.path}`,
      context: { id: course.id, label: course.label, title: course.title },
      members: page(lms, req, res, members),
    })
  })

  router.use('/lti/services', (req) => {
    throw new Refusal(404, 'not_found', `There is no service at ${req.path}.`)
  })
  router.use('/lti/services', answerServiceError(lms))
  return router
}

function authenticate(lms: Lms, req: Request, anyOf: readonly string[]) {
  const tool = authenticateService(lms, req.get('authorization'), anyOf)
  const type = queryText(req, 'type_id')
  if (type !== undefined && type !== tool.id) {
    throw new Refusal(404, 'unknown_line_item', `type_id ${type} is not this tool.`)
  }
  return tool
}

function lineItemOf(lms: Lms, req: Request, anyOf: readonly string[]): LineItem {
  const tool = authenticate(lms, req, anyOf)
  return findLineItem(lms, tool, pathText(req, 'courseId'), pathText(req, 'itemId'))
}

/** Refuses strangers and wrong media types before a body is read. */
function requireMedia(lms: Lms, scopes: readonly string[], type: string) {
  return (req: Request, _res: Response, next: NextFunction): void => {
    authenticate(lms, req, scopes)
    if (!req.is(type)) throw new Refusal(415, 'unsupported_media_type', `The body must be ${type}.`)
    next()
  }
}

function answer(req: Request, res: Response, type: string, body: unknown): void {
  if (!req.accepts([type, 'application/json'])) {
    throw new Refusal(406, 'not_acceptable', `This service answers ${type}.`)
  }
  res.type(type).send(JSON.stringify(body))
}

function simulateOutage(lms: Lms) {
  return (_req: Request, res: Response, next: NextFunction): void => {
    const { faults } = lms.state
    if (strikes(faults, 'scores503')) throw simulated(503, 'The gradebook is being upgraded.')
    if (strikes(faults, 'scores429')) {
      res.set('Retry-After', String(faults.retryAfterSeconds))
      throw simulated(429, 'Too many scores at once.')
    }
    if (strikes(faults, 'scores409')) throw simulated(409, 'A newer score was already received.')
    next()
  }
}

const simulated = (status: number, message: string) =>
  new Refusal(status, 'simulated_fault', message)
