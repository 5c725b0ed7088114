import { randomUUID } from 'node:crypto'
import express, { type Router } from 'express'
import type { SchoolCourse, SchoolUser } from '../school-data.ts'
import type { Vendor } from '../vendor.ts'
import { pushToken } from './identity.ts'
import { googleCourseId, googleUserId, submissionIdOf } from './ids.ts'
import { pushAccount, subscriptionName } from './project.ts'
import { coursesOf, findUser } from './school.ts'
import { type Item, type Registration, storeOf } from './store.ts'

interface Change {
  readonly feed: 'COURSE_ROSTER_CHANGES' | 'COURSE_WORK_CHANGES'
  readonly course: SchoolCourse
  readonly event: 'CREATED' | 'MODIFIED' | 'DELETED'
  readonly item?: Item
  readonly learner?: SchoolUser
  readonly side?: 'teachers' | 'students'
}

/** What the school's administrator does in the Cloud console, and a way to have Classroom say something. */
export function pushRoutes(vendor: Vendor): Router {
  const router = express.Router()
  router.use(express.json())
  router.get('/subscription', (_req, res) => void res.json(storeOf(vendor).subscription))
  router.put('/subscription', async (req, res) => {
    const { pushEndpoint = '', audience = pushEndpoint, serviceAccountEmail } = req.body ?? {}
    if (pushEndpoint !== '' && !URL.canParse(String(pushEndpoint))) {
      res.status(400).json({ error: 'pushEndpoint is not an address' })
      return
    }
    storeOf(vendor).subscription = {
      pushEndpoint: String(pushEndpoint),
      audience: String(audience),
      serviceAccountEmail: String(serviceAccountEmail ?? pushAccount),
    }
    await vendor.changed()
    res.json(storeOf(vendor).subscription)
  })
  router.get('/registrations', (_req, res) => {
    res.json(Object.values(storeOf(vendor).registrations))
  })
  router.post('/publish', async (req, res) => {
    const { courseId, userId, feed = 'COURSE_ROSTER_CHANGES' } = req.body ?? {}
    const { side = 'students', event = 'CREATED' } = req.body ?? {}
    const course = coursesOf(vendor).find(({ id }) => googleCourseId(id) === String(courseId))
    if (!course) {
      res.status(404).json({ error: 'no such course' })
      return
    }
    const learner = findUser(vendor, String(userId ?? ''))
    const change: Change = { feed, course, event, side, ...(learner && { learner }) }
    res.status(202).json({ statuses: await publishChange(vendor, change) })
  })
  router.put('/guardians', async (req, res) => {
    storeOf(vendor).guardiansAllowed = req.body?.allowed === true
    await vendor.changed()
    res.json({ allowed: storeOf(vendor).guardiansAllowed })
  })
  return router
}

/** Tells everybody who registered for it; answers the statuses of the pushes. */
export async function publishChange(vendor: Vendor, change: Change): Promise<number[]> {
  const { pushEndpoint } = storeOf(vendor).subscription
  if (pushEndpoint === '') return []
  const courseId = googleCourseId(change.course.id)
  const statuses: number[] = []
  for (const registration of Object.values(storeOf(vendor).registrations)) {
    if (!concerns(registration, change, courseId) || registration.expiresAt <= vendor.now())
      continue
    statuses.push(...(await push(vendor, registration, bodyOf(change, courseId))))
  }
  return statuses
}

function concerns(
  { feedType, courseId }: Registration,
  { feed }: Change,
  changed: string,
): boolean {
  if (feedType === 'DOMAIN_ROSTER_CHANGES') return feed === 'COURSE_ROSTER_CHANGES'
  return feedType === feed && courseId === changed
}

function bodyOf({ feed, event, item, learner, side }: Change, courseId: string): object {
  const userId = learner && googleUserId(learner.id)
  if (feed === 'COURSE_ROSTER_CHANGES') {
    return {
      collection: `courses.${side ?? 'students'}`,
      eventType: event,
      resourceId: { courseId, ...(userId && { userId }) },
    }
  }
  if (item && userId) {
    return {
      collection: 'courses.courseWork.studentSubmissions',
      eventType: event,
      resourceId: { courseId, courseWorkId: item.id, id: submissionIdOf(item.id, userId) },
    }
  }
  return {
    collection: 'courses.courseWork',
    eventType: event,
    resourceId: { courseId, ...(item && { id: item.id }) },
  }
}

/** As Cloud Pub/Sub pushes: at least once. */
async function push(vendor: Vendor, registration: Registration, data: object): Promise<number[]> {
  const { audience, serviceAccountEmail, pushEndpoint } = storeOf(vendor).subscription
  const messageId = String(BigInt(`0x${randomUUID().replaceAll('-', '').slice(0, 13)}`))
  const publishTime = new Date(vendor.now()).toISOString()
  const body = JSON.stringify({
    message: {
      attributes: { registrationId: registration.registrationId },
      data: Buffer.from(JSON.stringify(data)).toString('base64'),
      messageId,
      message_id: messageId,
      publishTime,
      publish_time: publishTime,
    },
    subscription: subscriptionName,
  })
  const statuses: number[] = []
  for (let time = 0; time < (vendor.state.dials.duplicateWebhooks ? 2 : 1); time++) {
    const token = await pushToken(vendor, audience, serviceAccountEmail)
    statuses.push(await post(vendor, pushEndpoint, token, body))
  }
  return statuses
}

async function post(vendor: Vendor, url: string, token: string, body: string): Promise<number> {
  try {
    const answer = await vendor.fetch(url, {
      method: 'POST',
      headers: { 'content-type': 'application/json', authorization: `Bearer ${token}` },
      body,
      redirect: 'error',
      signal: AbortSignal.timeout(5000),
    })
    await answer.body?.cancel()
    return answer.status
  } catch (cause) {
    vendor.log.warn({ reason: String(cause) }, 'simulated push not delivered')
    return 0
  }
}
