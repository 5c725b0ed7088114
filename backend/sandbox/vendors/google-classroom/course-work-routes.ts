import { z } from 'zod'
import { dropUndefined } from '../state.ts'
import type { Vendor } from '../vendor.ts'
import { type Api, maskOf, param } from './api.ts'
import { denied, invalid, notFound, projectDenied } from './google-error.ts'
import { googleWorkId } from './ids.ts'
import { pageOf } from './paging.ts'
import { publishChange } from './push.ts'
import { type Caller, courseOf, itemsOf } from './school.ts'
import { mustHave } from './scopes.ts'
import { type Item, nextNumber, storeOf } from './store.ts'

const Day = z.object({ year: z.int().min(1), month: z.int().min(1).max(12), day: z.int().min(1) })
const Time = z.object({
  hours: z.int().min(0).max(23).optional(),
  minutes: z.int().min(0).max(59).optional(),
})

const Fields = z.object({
  title: z.string().trim().min(1).max(3000),
  description: z.string().max(30_000).optional(),
  workType: z.enum(['ASSIGNMENT', 'SHORT_ANSWER_QUESTION', 'MULTIPLE_CHOICE_QUESTION']),
  state: z.enum(['DRAFT', 'PUBLISHED']).default('DRAFT'),
  maxPoints: z.number().min(0).optional(),
  dueDate: Day.optional(),
  dueTime: Time.optional(),
  topicId: z.string().optional(),
  scheduledTime: z.iso.datetime().optional(),
  materials: z
    .array(
      z.object({
        link: z.object({ url: z.url(), title: z.string().optional() }).optional(),
      }),
    )
    .max(20)
    .optional(),
})

const changeable = [
  'title',
  'description',
  'state',
  'maxPoints',
  'dueDate',
  'dueTime',
  'topicId',
  'scheduledTime',
] as const

/** Course work: teachers' tasks. Each project changes what it made itself. */
export function courseWorkRoutes(vendor: Vendor, api: Api): void {
  const path = '/courses/:courseId/courseWork'
  api('get', path, (caller, req) => {
    mustHave(caller, 'coursework.read')
    const { course, side } = courseOf(vendor, caller, param(req, 'courseId'))
    const wanted = [req.query['courseWorkStates'] ?? 'PUBLISHED'].flat().map(String)
    const shown = itemsOf(vendor, course).filter(
      ({ kind, state }) =>
        kind === 'courseWork' &&
        wanted.includes(state) &&
        (side !== 'student' || state !== 'DRAFT'),
    )
    const { rows, ...next } = pageOf(vendor, req, shown)
    return {
      ...(rows.length > 0 && { courseWork: rows.map((one) => describeWork(vendor, caller, one)) }),
      ...next,
    }
  })
  api('get', `${path}/:id`, (caller, req) => {
    mustHave(caller, 'coursework.read')
    const { item } = workOf(vendor, caller, param(req, 'courseId'), param(req, 'id'))
    return describeWork(vendor, caller, item)
  })
  api('post', path, async (caller, req) => {
    mustHave(caller, 'coursework.write')
    const { course, side } = courseOf(vendor, caller, param(req, 'courseId'))
    if (side !== 'teacher') throw denied()
    const fields = parsed(Fields.safeParse(req.body))
    checkDue(vendor, fields)
    const store = storeOf(vendor)
    const now = vendor.now()
    const item: Item = {
      ...dropUndefined(fields),
      id: googleWorkId(5_000_000 + nextNumber(store)),
      courseId: param(req, 'courseId'),
      kind: 'courseWork',
      title: fields.title,
      state: fields.state,
      creatorUserId: caller.userId,
      project: caller.project,
      createdAt: now,
      updatedAt: now,
    }
    store.items[item.id] = item
    await publishChange(vendor, { feed: 'COURSE_WORK_CHANGES', course, event: 'CREATED', item })
    return describeWork(vendor, caller, item)
  })
  api('patch', `${path}/:id`, async (caller, req) => {
    mustHave(caller, 'coursework.write')
    const { item, course } = mine(vendor, caller, param(req, 'courseId'), param(req, 'id'))
    const fields = maskOf(req, changeable)
    const change: Record<string, unknown> = {}
    for (const field of fields) change[field] = req.body?.[field]
    const next = { ...item, ...parsed(Fields.partial().safeParse(change)), updatedAt: vendor.now() }
    checkDue(vendor, next)
    Object.assign(item, next)
    await publishChange(vendor, { feed: 'COURSE_WORK_CHANGES', course, event: 'MODIFIED', item })
    return describeWork(vendor, caller, item)
  })
  api('delete', `${path}/:id`, async (caller, req) => {
    mustHave(caller, 'coursework.write')
    const { item, course } = mine(vendor, caller, param(req, 'courseId'), param(req, 'id'))
    delete storeOf(vendor).items[item.id]
    await publishChange(vendor, { feed: 'COURSE_WORK_CHANGES', course, event: 'DELETED', item })
    return {}
  })
}

/** Course work that the caller may see. */
export function workOf(vendor: Vendor, caller: Caller, courseId: string, id: string) {
  const { course, side } = courseOf(vendor, caller, courseId)
  const item = itemsOf(vendor, course).find((one) => one.id === id && one.kind === 'courseWork')
  if (!item || (side === 'student' && item.state === 'DRAFT')) throw notFound()
  return { course, side, item }
}

function mine(vendor: Vendor, caller: Caller, courseId: string, id: string) {
  const { item, side, course } = workOf(vendor, caller, courseId, id)
  if (side !== 'teacher') throw denied()
  if (item.project !== caller.project) throw projectDenied()
  return { item, course }
}

function parsed<T>(result: z.ZodSafeParseResult<T>): T {
  if (result.success) return result.data
  const [issue] = result.error.issues
  throw invalid(`Invalid value at '${issue?.path.join('.')}': ${issue?.message}`)
}

function checkDue(vendor: Vendor, { dueDate, dueTime }: Pick<Item, 'dueDate' | 'dueTime'>): void {
  if (dueTime && !dueDate) throw invalid('Due time requires a due date.')
  if (!dueDate) return
  if (!dueTime) throw invalid('Due date requires a due time.')
  const { year, month, day } = dueDate
  const { hours = 0, minutes = 0 } = dueTime
  if (Date.UTC(year, month - 1, day, hours, minutes) < vendor.now()) {
    throw invalid('Due date must be in the future.')
  }
}

const time = (at: number): string => new Date(at).toISOString()

function describeWork({ baseUrl }: Vendor, caller: Caller, item: Item): object {
  const { kind: _, project, createdAt, updatedAt, ...rest } = item
  return {
    ...rest,
    creationTime: time(createdAt),
    updateTime: time(updatedAt),
    alternateLink: `${baseUrl}/c/${item.courseId}/a/${item.id}/details`,
    assigneeMode: 'ALL_STUDENTS',
    submissionModificationMode: 'MODIFIABLE_UNTIL_TURNED_IN',
    ...(project === caller.project && { associatedWithDeveloper: true }),
  }
}
