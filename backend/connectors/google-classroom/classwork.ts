import type { classroom_v1 } from '@googleapis/classroom'
import type { z } from 'zod'
import {
  type ClassworkPlace,
  type ConnectorClasswork,
  ConnectorError,
  type PlacedWork,
} from '../../connector-kit/index.ts'
import { clientOf } from './client.ts'
import { pageOf, readAll } from './pages.ts'
import { authorizationUrl, redeem } from './people.ts'
import { memberRow } from './schema.ts'
import type { ClassroomContext, config, credentials } from './settings.ts'

const mostTitle = 1_000
const mostText = 20_000

/** The part of the client that has the posts of this type. */
function posts(client: classroom_v1.Classroom, type: string) {
  switch (type) {
    case 'courseWork':
      return client.courses.courseWork
    case 'announcements':
      return client.courses.announcements
    case 'courseWorkMaterials':
      return client.courses.courseWorkMaterials
    default:
      throw new ConnectorError('reject', 'Classroom opens this from an unknown kind of post.')
  }
}

function postOf({ post }: ClassworkPlace) {
  if (post === null) throw new ConnectorError('reject', 'Classroom did not say from which post.')
  return post
}

async function presenceAtPost(ctx: ClassroomContext, place: ClassworkPlace) {
  const client = await clientOf(ctx)
  const { type, id, token, attachmentId } = postOf(place)
  const { data } = await posts(client, type).getAddOnContext({
    courseId: place.courseId,
    itemId: id,
    ...(token !== null && { addOnToken: token }),
    ...(attachmentId !== null && { attachmentId }),
  })
  if (!data.teacherContext && !data.studentContext) throw stranger()
  return {
    side: data.teacherContext ? ('teacher' as const) : ('student' as const),
    submissionId: data.studentContext?.submissionId ?? null,
  }
}

async function presenceInCourse(ctx: ClassroomContext, courseId: string) {
  const client = await clientOf(ctx)
  const isThere = async (list: 'teachers' | 'students') => {
    try {
      await client.courses[list].get({ courseId, userId: 'me' })
      return true
    } catch (error) {
      if (error instanceof ConnectorError && error.code === 'not_found') return false
      throw error
    }
  }
  if (await isThere('teachers')) return { side: 'teacher' as const, submissionId: null }
  if (await isThere('students')) return { side: 'student' as const, submissionId: null }
  throw stranger()
}

const stranger = () =>
  new ConnectorError('reject', 'You are not in this class in Google Classroom.', {
    code: 'forbidden',
  })

function describe({ title, text, dueAt }: PlacedWork) {
  return {
    title: title.slice(0, mostTitle),
    text: text?.slice(0, mostText),
    due: dueAt ? dueOf(dueAt) : {},
  }
}

/** Classroom wants both, in UTC. */
function dueOf(at: Date) {
  return {
    dueDate: { year: at.getUTCFullYear(), month: at.getUTCMonth() + 1, day: at.getUTCDate() },
    dueTime: { hours: at.getUTCHours(), minutes: at.getUTCMinutes() },
  }
}

/** Posts, attachments and points of Google Classroom, by those who teach and learn there themselves. */
export const classwork: ConnectorClasswork<
  z.output<typeof config>,
  z.output<typeof credentials>
> = {
  frameOrigin: ({ webUrl }) => new URL(webUrl).origin,
  authorizationUrl,
  redeem,
  async presence(ctx, place) {
    const found = await (place.post === null
      ? presenceInCourse(ctx, place.courseId)
      : presenceAtPost(ctx, place))
    const client = await clientOf(ctx)
    const { data } = await client.courses.get({ id: place.courseId })
    return { ...found, courseTitle: data.name ?? null }
  },
  async courses(ctx) {
    const client = await clientOf(ctx)
    const rows = await readAll(async (pageToken) => {
      const { data } = await client.courses.list({
        teacherId: 'me',
        courseStates: ['ACTIVE'],
        pageSize: 100,
        ...(pageToken !== undefined && { pageToken }),
      })
      return pageOf(data.courses, data.nextPageToken)
    }, ctx.signal)
    return (rows as classroom_v1.Schema$Course[]).flatMap(({ id, name }) =>
      id ? [{ id, title: name ?? id }] : [],
    )
  },
  async topics(ctx, courseId) {
    const client = await clientOf(ctx)
    const rows = await readAll(async (pageToken) => {
      const { data } = await client.courses.topics.list({
        courseId,
        pageSize: 100,
        ...(pageToken !== undefined && { pageToken }),
      })
      return pageOf(data.topic, data.nextPageToken)
    }, ctx.signal)
    return (rows as classroom_v1.Schema$Topic[]).flatMap(({ topicId, name }) =>
      topicId ? [{ id: topicId, title: name ?? topicId }] : [],
    )
  },
  async learnerUrl(ctx, place) {
    const client = await clientOf(ctx)
    const { type, id, attachmentId } = postOf(place)
    const { data } = await posts(client, type).addOnAttachments.get({
      courseId: place.courseId,
      itemId: id,
      attachmentId: attachmentId ?? '',
    })
    return data.studentViewUri?.uri ?? null
  },
  async learners(ctx, courseId) {
    const client = await clientOf(ctx)
    const rows = await readAll(async (pageToken) => {
      const { data } = await client.courses.students.list({
        courseId,
        pageSize: 100,
        ...(pageToken !== undefined && { pageToken }),
      })
      return pageOf(data.students, data.nextPageToken)
    }, ctx.signal)
    const people = rows.flatMap((row) => memberRow('student').safeParse(row).data ?? [])
    return new Map(
      people.map(({ sourcedId, givenName, familyName }) => [
        sourcedId,
        givenName === familyName ? familyName : `${givenName} ${familyName}`,
      ]),
    )
  },
  async attach(ctx, place, work) {
    const client = await clientOf(ctx)
    const { type, id, token } = postOf(place)
    const { data } = await posts(client, type).addOnAttachments.create({
      courseId: place.courseId,
      itemId: id,
      ...(token !== null && { addOnToken: token }),
      requestBody: {
        title: describe(work).title,
        teacherViewUri: { uri: work.teacherUrl },
        studentViewUri: { uri: work.learnerUrl },
        // Dates and points are for tasks alone.
        ...(type === 'courseWork' && describe(work).due),
        ...(work.maxPoints !== undefined &&
          type === 'courseWork' && {
            maxPoints: work.maxPoints,
            studentWorkReviewUri: { uri: work.reviewUrl },
          }),
      },
    })
    return data.id ?? ''
  },
  async publish(ctx, { courseId, topicId }, work) {
    const client = await clientOf(ctx)
    const { title, text, due } = describe(work)
    const { data } = await client.courses.courseWork.create({
      courseId,
      requestBody: {
        title,
        ...(text && { description: text }),
        workType: 'ASSIGNMENT',
        // What is to show later is a draft until then.
        ...(work.opensAt
          ? { state: 'DRAFT', scheduledTime: work.opensAt.toISOString() }
          : { state: 'PUBLISHED' }),
        ...due,
        ...(topicId !== null && { topicId }),
        materials: [{ link: { url: work.learnerUrl } }],
        ...(work.maxPoints !== undefined && { maxPoints: work.maxPoints }),
      },
    })
    return data.id ?? ''
  },
  async grade(ctx, place, submissionId, points) {
    const client = await clientOf(ctx)
    const { id, attachmentId } = postOf(place)
    await client.courses.courseWork.addOnAttachments.studentSubmissions.patch({
      courseId: place.courseId,
      itemId: id,
      attachmentId: attachmentId ?? '',
      submissionId,
      updateMask: 'pointsEarned',
      requestBody: { pointsEarned: points },
    })
  },
}
