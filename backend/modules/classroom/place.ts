import { z } from 'zod'
import { AppError } from '../../../shared/errors.ts'
import { ConnectorError, type PlacedWork } from '../../connector-kit/index.ts'
import { recordAudit } from '../../core/audit/index.ts'
import { newId } from '../../core/ids.ts'
import type { TenantContext } from '../../core/tenancy.ts'
import type { OpenConnection } from '../connections/index.ts'
import type { ChosenContent, Elsewhere } from '../lti/index.ts'
import { folder, type ViewName, viewUrl } from './addresses.ts'
import type { People } from './people.ts'
import { classworkOf } from './sign-in.ts'
import { insertWork } from './work-store.ts'

/** Where a choice is to be placed, and by whom. */
const Asked = z.object({
  place: z.object({
    courseId: z.string(),
    post: z
      .object({
        type: z.string(),
        id: z.string(),
        attachmentId: z.string().nullable(),
        token: z.string().nullable(),
      })
      .nullable(),
  }),
  personId: z.string(),
  /** For a task of its own: the heading that it is to stand under. */
  topicId: z.string().nullable(),
})
export type Asked = z.output<typeof Asked>

export interface PlaceDeps {
  readonly people: People
  readonly publicUrl: string
  readonly now: () => Date
}

/** Points are for tasks alone: material and announcements take none. */
const taskType = 'courseWork'
const patienceMs = 30_000

/** Attaches what was chosen to the post, or publishes a task for each in the course. */
export function createPlace({ people, publicUrl, now }: PlaceDeps): Elsewhere['place'] {
  return async (ctx, { connectionId, dataJson }, contents) => {
    const asked = Asked.parse(JSON.parse(dataJson))
    const work = { connectionId, asked }
    let count = 0
    for (const { choice } of contents) checkDates(choice, asked, now())
    try {
      for (const content of contents) {
        await placeOne(ctx, work, content)
        count += 1
      }
    } catch (error) {
      if (!(error instanceof ConnectorError)) throw error
      const before = count === 0 ? '' : ` ${count} of ${contents.length} were added before.`
      throw new AppError('conflict', error.message + before)
    }
    const query = new URLSearchParams({ count: String(count) })
    return `${publicUrl}${folder}/${encodeURIComponent(connectionId)}/done?${query}`
  }

  async function placeOne(
    ctx: TenantContext,
    { connectionId, asked }: { readonly connectionId: string; readonly asked: Asked },
    content: ChosenContent,
  ): Promise<void> {
    const { place, personId } = asked
    const { choice } = content
    const id = newId('cwk')
    const options = { purpose: 'classroom.place', signal: AbortSignal.timeout(patienceMs) }
    const opened = await people.open(ctx, connectionId, personId, options)
    const url = (view: ViewName) => viewUrl(publicUrl, connectionId, view, id)
    const placed = {
      ...describe(content, isTask(place)),
      teacherUrl: url('teacher'),
      learnerUrl: url(place.post ? 'student' : 'work'),
      reviewUrl: url('review'),
    }
    const at = await put(opened, asked, placed, choice.available?.startDateTime)
    await insertWork(ctx, {
      _id: id,
      connectionId,
      courseId: place.courseId,
      ...at,
      kind: choice.kind,
      targetId: choice.id,
      title: placed.title,
      maxPoints: placed.maxPoints ?? null,
      teacherId: personId,
    })
    await recordAudit(ctx, {
      action: 'classroom.place',
      target: { type: choice.kind, id: choice.id },
      result: 'success',
    })
  }
}

/** Attached to the post, or a task of its own. */
async function put(
  opened: OpenConnection,
  { place, topicId }: Asked,
  placed: PlacedWork,
  opensAt: string | null | undefined,
) {
  const { context } = opened
  const { courseId, post } = place
  const classwork = classworkOf(opened)
  if (post !== null) {
    const attachmentId = await classwork.attach(context, place, placed)
    return { postType: post.type, postId: post.id, attachmentId }
  }
  const work = { ...placed, ...(opensAt && { opensAt: new Date(opensAt) }) }
  const postId = await classwork.publish(context, { courseId, topicId }, work)
  return { postType: taskType, postId, attachmentId: null }
}

const isTask = ({ post }: Asked['place']): boolean => post === null || post.type === taskType

function describe({ choice, title, text, maxScore }: ChosenContent, takesPoints: boolean) {
  const points = takesPoints && choice.lineItem !== null ? maxScore : undefined
  const maxPoints = points && (choice.lineItem?.scoreMaximum ?? points)
  const about = choice.text ?? text
  const due = choice.submission?.endDateTime
  return {
    title: choice.title ?? title,
    ...(about && { text: about }),
    ...(maxPoints && { maxPoints }),
    ...(due && { dueAt: new Date(due) }),
  }
}

/** Classroom has no place for some dates: better to say so than to lose them. */
function checkDates(
  { available, submission }: ChosenContent['choice'],
  { place }: Asked,
  now: Date,
): void {
  const due = submission?.endDateTime
  const opens = available?.startDateTime
  if (available?.endDateTime) {
    throw refused(
      'Google Classroom cannot close an activity: leave “Can be opened until” empty, and set when it is due.',
    )
  }
  if (opens && place.post !== null) {
    throw refused(
      'Leave “Can be opened from” empty, and schedule the post itself in Google Classroom.',
    )
  }
  if (due && !isTask(place)) {
    throw refused('Only assignments have a due date in Google Classroom: leave it empty.')
  }
  const hasPassed = [opens, due].some((date) => date && new Date(date) <= now)
  if (hasPassed) throw refused('Choose times that are still to come, or leave them empty.')
}

const refused = (message: string): AppError => new AppError('lti_choice_not_accepted', message)
