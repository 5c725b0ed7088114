import { randomUUID } from 'node:crypto'
import { z } from 'zod'
import type { Vendor } from '../vendor.ts'
import { type Api, param } from './api.ts'
import { denied, GoogleError, invalid, notFound } from './google-error.ts'
import { topicName } from './project.ts'
import { type Caller, courseOf } from './school.ts'
import { mustHave } from './scopes.ts'
import { type Registration, storeOf } from './store.ts'

const lifeMs = 7 * 86_400_000

const Body = z.object({
  feed: z.object({
    feedType: z.enum(['DOMAIN_ROSTER_CHANGES', 'COURSE_ROSTER_CHANGES', 'COURSE_WORK_CHANGES']),
    courseRosterChangesInfo: z.object({ courseId: z.string() }).optional(),
    courseWorkChangesInfo: z.object({ courseId: z.string() }).optional(),
  }),
  cloudPubsubTopic: z.object({ topicName: z.string() }),
})

/** Registrations for news, which end after a week unless they are made again. */
export function registrationRoutes(vendor: Vendor, api: Api): void {
  api('post', '/registrations', (caller, req) => {
    mustHave(caller, 'push')
    const body = Body.safeParse(req.body)
    if (!body.success) throw invalid('Request contains an invalid argument.')
    const { feed, cloudPubsubTopic } = body.data
    const courseId = feedOf(vendor, caller, feed)
    if (cloudPubsubTopic.topicName !== topicName) {
      throw new GoogleError(
        'FAILED_PRECONDITION',
        '@PubsubTopicNotFoundOrNoPermission Grant classroom-notifications@system.gserviceaccount.com the right to publish to the topic.',
      )
    }
    const store = storeOf(vendor)
    const same = Object.values(store.registrations).find(
      (one) =>
        one.feedType === feed.feedType &&
        one.courseId === courseId &&
        one.userId === caller.userId &&
        one.topicName === topicName,
    )
    const registration: Registration = {
      registrationId: same?.registrationId ?? randomUUID(),
      feedType: feed.feedType,
      courseId,
      topicName,
      expiresAt: vendor.now() + lifeMs,
      userId: caller.userId,
    }
    store.registrations[registration.registrationId] = registration
    return {
      registrationId: registration.registrationId,
      feed,
      cloudPubsubTopic,
      expiryTime: new Date(registration.expiresAt).toISOString(),
    }
  })
  api('delete', '/registrations/:id', (caller, req) => {
    mustHave(caller, 'push')
    const store = storeOf(vendor)
    if (!store.registrations[param(req, 'id')]) throw notFound()
    delete store.registrations[param(req, 'id')]
    return {}
  })
}

/** The course of a feed that the caller may follow; null: the whole domain. */
function feedOf(
  vendor: Vendor,
  caller: Caller,
  feed: z.output<typeof Body>['feed'],
): string | null {
  const { feedType, courseRosterChangesInfo, courseWorkChangesInfo } = feed
  mustHave(caller, feedType === 'COURSE_WORK_CHANGES' ? 'coursework.read' : 'rosters')
  if (feedType === 'DOMAIN_ROSTER_CHANGES') {
    if (caller.user.role !== 'administrator') throw denied()
    return null
  }
  const courseId = courseRosterChangesInfo?.courseId ?? courseWorkChangesInfo?.courseId
  if (courseId === undefined) throw invalid('Course ID is required for this feed.')
  if (courseOf(vendor, caller, courseId).side === 'student') throw denied()
  return courseId
}
