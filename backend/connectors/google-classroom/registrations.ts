import { ConnectorError } from '../../connector-kit/index.ts'
import { clientOf } from './client.ts'
import { listCourses } from './pull-courses.ts'
import type { ClassroomContext } from './settings.ts'

/**
 * Registers for what changes in each course. A registration ends after a week; the same request again makes it a week
 * from now. What Classroom says goes to the Pub/Sub topic, whose subscription an administrator points at us.
 */
export async function registerForNews(ctx: ClassroomContext): Promise<void> {
  const { topic, pushAccount, courseWork, courses } = ctx.config
  if (topic === undefined || pushAccount === undefined) {
    throw new ConnectorError(
      'unsupported',
      'Enter the Pub/Sub topic and the service account of its subscription to be told of changes.',
    )
  }
  const isDomain = courses === 'domain'
  if (isDomain) await register(ctx, topic, { feedType: 'DOMAIN_ROSTER_CHANGES' })
  if (isDomain && !courseWork) return
  let next: string | undefined
  do {
    ctx.signal.throwIfAborted()
    const page: Awaited<ReturnType<typeof listCourses>> = await listCourses(ctx, next)
    for (const { sourcedId: courseId } of page.courses.taken) {
      if (!isDomain) {
        const courseRosterChangesInfo = { courseId }
        await register(ctx, topic, { feedType: 'COURSE_ROSTER_CHANGES', courseRosterChangesInfo })
      }
      if (courseWork) {
        const courseWorkChangesInfo = { courseId }
        await register(ctx, topic, { feedType: 'COURSE_WORK_CHANGES', courseWorkChangesInfo })
      }
    }
    next = page.next
  } while (next !== undefined)
}

async function register(ctx: ClassroomContext, topicName: string, feed: object): Promise<void> {
  const client = await clientOf(ctx)
  await client.registrations.create({
    requestBody: { feed, cloudPubsubTopic: { topicName } },
  })
}
