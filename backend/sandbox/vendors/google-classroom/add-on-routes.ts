import { z } from 'zod'
import type { Vendor } from '../vendor.ts'
import { type Api, maskOf } from './api.ts'
import { denied, GoogleError, invalid, notFound } from './google-error.ts'
import { googleUserId, partsOfSubmissionId, submissionIdOf } from './ids.ts'
import { pageOf } from './paging.ts'
import { type Caller, courseOf, itemsOf, membersOf } from './school.ts'
import { mustHave } from './scopes.ts'
import { type Attachment, type Item, nextNumber, storeOf } from './store.ts'
import { keptOf } from './submission-routes.ts'

const View = z.object({ uri: z.url().max(1800) })
const Fields = z.object({
  title: z.string().trim().min(1).max(1000),
  teacherViewUri: View,
  studentViewUri: View,
  studentWorkReviewUri: View.optional(),
  maxPoints: z.number().min(0).optional(),
})
const mostPerItem = 20

/** Add-ons: what an application attaches to a task, and the points that were earned in it. */
export function addOnRoutes(vendor: Vendor, api: Api): void {
  for (const kind of ['courseWork', 'announcements', 'courseWorkMaterials', 'posts']) {
    const item = `/courses/:courseId/${kind}/:itemId`
    api('get', `${item}/addOnContext`, (caller, req) => {
      mustHave(caller, 'addons.read')
      const { side, item: found, attachments } = itemOf(vendor, caller, req.params)
      mayLook(vendor, caller, found, attachments, String(req.query['addOnToken'] ?? ''))
      const isWork = found.kind === 'courseWork'
      return {
        courseId: found.courseId,
        itemId: found.id,
        postId: found.id,
        ...(side === 'student'
          ? {
              studentContext: isWork
                ? { submissionId: submissionIdOf(found.id, caller.userId) }
                : {},
            }
          : { teacherContext: {} }),
        supportsStudentWork: isWork,
      }
    })
    api('get', `${item}/addOnAttachments`, (caller, req) => {
      mustHave(caller, 'addons.read')
      const { rows, ...next } = pageOf(vendor, req, itemOf(vendor, caller, req.params).attachments)
      return { ...(rows.length > 0 && { addOnAttachments: rows.map(shown) }), ...next }
    })
    api('post', `${item}/addOnAttachments`, (caller, req) => {
      mustHave(caller, 'addons.teacher')
      const { side, item: found, attachments } = itemOf(vendor, caller, req.params)
      if (side !== 'teacher') throw denied()
      mayLook(vendor, caller, found, attachments, String(req.query['addOnToken'] ?? ''))
      if (attachments.length >= mostPerItem) {
        throw new GoogleError('FAILED_PRECONDITION', 'The post has too many attachments.')
      }
      return shown(attach(vendor, caller, found, req.body))
    })
    const one = `${item}/addOnAttachments/:attachmentId`
    api('get', one, (caller, req) => {
      mustHave(caller, 'addons.read')
      return shown(attachmentOf(vendor, caller, req.params).attachment)
    })
    api('patch', one, (caller, req) => {
      mustHave(caller, 'addons.teacher')
      const { attachment, side } = attachmentOf(vendor, caller, req.params)
      if (side !== 'teacher') throw denied()
      const change: Record<string, unknown> = {}
      for (const field of maskOf(req, Object.keys(Fields.shape))) change[field] = req.body?.[field]
      const fields = Fields.partial().safeParse(change)
      if (!fields.success) throw invalid('Request contains an invalid argument.')
      Object.assign(attachment, fields.data)
      return shown(attachment)
    })
    api('delete', one, (caller, req) => {
      mustHave(caller, 'addons.teacher')
      const { attachment, side } = attachmentOf(vendor, caller, req.params)
      if (side !== 'teacher') throw denied()
      delete storeOf(vendor).attachments[attachment.id]
      return {}
    })
    const submission = `${one}/studentSubmissions/:submissionId`
    api('get', submission, (caller, req) => {
      mustHave(caller, 'addons.read')
      const { key, kept } = pointsOf(vendor, caller, req.params)
      const points = storeOf(vendor).points[key]
      return {
        ...(points !== undefined && { pointsEarned: points }),
        postSubmissionState: kept.state,
        userId: kept.userId,
      }
    })
    api('patch', submission, (caller, req) => {
      mustHave(caller, 'addons.teacher')
      const { key, kept, side, attachment } = pointsOf(vendor, caller, req.params)
      if (side !== 'teacher') throw denied()
      maskOf(req, ['pointsEarned'])
      const points: unknown = req.body?.pointsEarned
      if (typeof points !== 'number' || points < 0) {
        throw invalid("Invalid value at 'add_on_attachment_student_submission.points_earned'")
      }
      if (!attachment.maxPoints) {
        throw new GoogleError('FAILED_PRECONDITION', 'The attachment is not graded.')
      }
      storeOf(vendor).points[key] = points
      // The first attachment with points sets the grade that the teacher may then give.
      kept.draft(points)
      return { pointsEarned: points, postSubmissionState: kept.state, userId: kept.userId }
    })
  }
}

function attach(
  vendor: Vendor,
  { project }: Caller,
  { id: itemId, courseId }: Item,
  body: unknown,
): Attachment {
  const fields = Fields.safeParse(body)
  if (!fields.success) throw invalid('Request contains an invalid argument.')
  const { studentWorkReviewUri, maxPoints, ...rest } = fields.data
  if (maxPoints && !studentWorkReviewUri) {
    throw invalid('Activity-type attachments need a student work review URI.')
  }
  const store = storeOf(vendor)
  const id = String(800_000_000_000 + nextNumber(store))
  const attachment: Attachment = {
    ...rest,
    ...(studentWorkReviewUri && { studentWorkReviewUri }),
    ...(maxPoints !== undefined && { maxPoints }),
    id,
    courseId,
    itemId,
    project,
  }
  store.attachments[id] = attachment
  return attachment
}

type Params = Readonly<Record<string, string | string[] | undefined>>
const text = (params: Params, name: string): string => String(params[name] ?? '')

function itemOf(vendor: Vendor, caller: Caller, params: Params) {
  const { course, side } = courseOf(vendor, caller, text(params, 'courseId'))
  const item = itemsOf(vendor, course).find(({ id }) => id === text(params, 'itemId'))
  if (!item) throw notFound()
  const attachments = Object.values(storeOf(vendor).attachments).filter(
    (one) => one.itemId === item.id && one.project === caller.project,
  )
  return { course, side, item, attachments }
}

/** A project that has nothing to do with a post yet comes with the token of the frame that Classroom opened. */
function mayLook(
  vendor: Vendor,
  caller: Caller,
  item: { readonly id: string; readonly project: string | null },
  attachments: readonly Attachment[],
  token: string,
): void {
  if (attachments.length > 0 || item.project === caller.project) return
  const known = storeOf(vendor).addOnTokens[token]
  const isGood =
    known?.itemId === item.id && known.userId === caller.userId && known.expiresAt > vendor.now()
  if (!isGood) throw denied('@AddOnTokenInvalid The add-on token is missing or not valid.')
}

function attachmentOf(vendor: Vendor, caller: Caller, params: Params) {
  const { attachments, ...rest } = itemOf(vendor, caller, params)
  const attachment = attachments.find(({ id }) => id === text(params, 'attachmentId'))
  if (!attachment) throw notFound()
  return { ...rest, attachment }
}

function pointsOf(vendor: Vendor, caller: Caller, params: Params) {
  const { course, side, item, attachment } = attachmentOf(vendor, caller, params)
  const parts = partsOfSubmissionId(text(params, 'submissionId'))
  const learner = membersOf(course, 'student').find((one) => googleUserId(one.id) === parts?.userId)
  if (!parts || parts.workId !== item.id || !learner) throw notFound()
  if (side === 'student' && learner.id !== caller.user.id) throw denied()
  const kept = keptOf(vendor, item, learner)
  const graded = Object.values(storeOf(vendor).attachments).find(
    (one) => one.itemId === item.id && one.maxPoints,
  )
  return {
    side,
    attachment,
    key: `${attachment.id}/${text(params, 'submissionId')}`,
    kept: {
      state: kept.state,
      userId: googleUserId(learner.id),
      draft(points: number) {
        if (graded?.id === attachment.id) kept.draftGrade = points
      },
    },
  }
}

function shown({ project: _, ...attachment }: Attachment): object {
  return { ...attachment, postId: attachment.itemId }
}
