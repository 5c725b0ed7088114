import { z } from 'zod'
import { AppError } from '../../../shared/errors.ts'
import { ConnectorError } from '../../connector-kit/index.ts'
import { recordAudit } from '../../core/audit/index.ts'
import { newId } from '../../core/ids.ts'
import type { TenantContext } from '../../core/tenancy.ts'
import type { ChosenContent, Elsewhere } from '../lti/index.ts'
import { folder, viewUrl } from './addresses.ts'
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
})
export type Asked = z.output<typeof Asked>

export interface PlaceDeps {
  readonly people: People
  readonly publicUrl: string
}

/** Points are for tasks alone: material and announcements take none. */
const taskType = 'courseWork'
const patienceMs = 30_000

/** Attaches what was chosen to the post, or publishes a task for each in the course. */
export function createPlace({ people, publicUrl }: PlaceDeps): Elsewhere['place'] {
  return async (ctx, { connectionId, dataJson }, contents) => {
    const asked = Asked.parse(JSON.parse(dataJson))
    const work = { connectionId, asked }
    let count = 0
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
    { choice, title, text, maxScore }: ChosenContent,
  ): Promise<void> {
    const { place, personId } = asked
    const id = newId('cwk')
    const isTask = place.post === null || place.post.type === taskType
    const points = isTask && choice.lineItem !== null ? maxScore : undefined
    const maxPoints = points && (choice.lineItem?.scoreMaximum ?? points)
    const options = { purpose: 'classroom.place', signal: AbortSignal.timeout(patienceMs) }
    const opened = await people.open(ctx, connectionId, personId, options)
    const classwork = classworkOf(opened)
    const name = choice.title ?? title
    const about = choice.text ?? text
    const placed = {
      title: name,
      ...(about && { text: about }),
      ...(maxPoints && { maxPoints }),
      teacherUrl: viewUrl(publicUrl, connectionId, 'teacher', id),
      learnerUrl: viewUrl(publicUrl, connectionId, place.post ? 'student' : 'work', id),
      reviewUrl: viewUrl(publicUrl, connectionId, 'review', id),
    }
    const at = place.post
      ? {
          postType: place.post.type,
          postId: place.post.id,
          attachmentId: await classwork.attach(opened.context, place, placed),
        }
      : {
          postType: taskType,
          postId: await classwork.publish(opened.context, place.courseId, placed),
          attachmentId: null,
        }
    await insertWork(ctx, {
      _id: id,
      connectionId,
      courseId: place.courseId,
      ...at,
      kind: choice.kind,
      targetId: choice.id,
      title: name,
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
