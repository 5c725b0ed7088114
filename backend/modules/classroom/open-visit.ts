import { AppError } from '../../../shared/errors.ts'
import type {
  ClassworkPerson,
  ClassworkPlace,
  ClassworkPresence,
} from '../../connector-kit/index.ts'
import { newId } from '../../core/ids.ts'
import type { TenantContext } from '../../core/tenancy.ts'
import type { ProvenVisit } from '../lti/index.ts'
import type { Visit } from './addresses.ts'
import type { People } from './people.ts'
import type { Asked } from './place.ts'
import { classworkOf } from './sign-in.ts'
import {
  copyWork,
  findLearnerOf,
  findWork,
  findWorkAt,
  placeOf,
  saveSubmission,
  setTeacher,
  type WorkRow,
} from './work-store.ts'

export interface VisitDeps {
  readonly people: People
  openVisit(ctx: TenantContext, visit: ProvenVisit): Promise<string>
}

interface Arrival {
  readonly connectionId: string
  readonly visit: Visit
  readonly person: ClassworkPerson
}

/** Asks the system itself what the person is in the course, then opens what belongs there. */
export async function openArrival(
  deps: VisitDeps,
  ctx: TenantContext,
  arrival: Arrival,
  signal: AbortSignal,
): Promise<string> {
  const { visit } = arrival
  if (visit.view === 'discovery') return openChooser(deps, ctx, arrival, signal)
  const work = await workOf(ctx, arrival)
  const presence = await presenceOf(deps, ctx, arrival, visitedPlace(visit, work), signal)
  const { userId } = arrival.person
  const isTeacher = presence.side === 'teacher'
  const own = await ownWork(ctx, arrival, work)
  if (isTeacher && visit.view !== 'work') await setTeacher(ctx, own, userId)
  if (presence.submissionId !== null) {
    await saveSubmission(ctx, own._id, userId, presence.submissionId)
  }
  return deps.openVisit(ctx, {
    ...base(arrival, own.courseId, presence),
    opens: {
      placeId: own._id,
      title: own.title,
      choice: { kind: own.kind, id: own.targetId },
      hasColumn: own.maxPoints !== null,
    },
    forUser: visit.view === 'review' ? await reviewed(ctx, visit, own, isTeacher) : null,
    dataJson: null,
  })
}

function base(
  { connectionId, person, visit }: Arrival,
  courseId: string,
  found: ClassworkPresence,
) {
  return {
    connectionId,
    personId: person.userId,
    roles: [found.side === 'teacher' ? ('instructor' as const) : ('learner' as const)],
    course: { id: courseId, title: found.courseTitle },
    frameOrigin: visit.popup === undefined ? null : '',
  }
}

async function openChooser(
  deps: VisitDeps,
  ctx: TenantContext,
  arrival: Arrival,
  signal: AbortSignal,
): Promise<string> {
  const place = visitedPlace(arrival.visit, null)
  const presence = await presenceOf(deps, ctx, arrival, place, signal)
  if (presence.side !== 'teacher') {
    throw new AppError('forbidden', 'Only those who teach the class may add something to it.')
  }
  const asked: Asked = { place, personId: arrival.person.userId }
  return deps.openVisit(ctx, {
    ...base(arrival, place.courseId, presence),
    opens: null,
    forUser: null,
    dataJson: JSON.stringify(asked),
  })
}

async function presenceOf(
  { people }: VisitDeps,
  ctx: TenantContext,
  { connectionId, person }: Arrival,
  place: ClassworkPlace,
  signal: AbortSignal,
): Promise<ClassworkPresence> {
  const options = { purpose: 'classroom.presence', signal }
  const opened = await people.openWith(ctx, connectionId, person.tokens, options)
  return classworkOf(opened).presence(opened.context, place)
}

/** Where the visit says it is. A link of ours says the course alone: the task itself has no frames. */
function visitedPlace(visit: Visit, work: WorkRow | null): ClassworkPlace {
  if (visit.view === 'work' && work) return { courseId: work.courseId, post: null }
  const { courseId, itemId, itemType, attachmentId, addOnToken } = visit
  if (courseId === undefined || itemId === undefined || itemType === undefined) {
    throw new AppError('invalid_request', 'Open this from a class in Google Classroom.')
  }
  const post = {
    type: itemType,
    id: itemId,
    attachmentId: attachmentId ?? null,
    token: addOnToken ?? null,
  }
  return { courseId, post }
}

async function workOf(ctx: TenantContext, { visit, connectionId }: Arrival): Promise<WorkRow> {
  const work = visit.work === undefined ? null : await findWork(ctx, visit.work)
  if (work?.connectionId === connectionId) return work
  throw new AppError('not_found', 'This activity does not exist any more. Ask your teacher.')
}

/** Google has said that the person is at this place; where it is another than the work's, it was copied. */
async function ownWork(
  ctx: TenantContext,
  { connectionId, visit }: Arrival,
  work: WorkRow,
): Promise<WorkRow> {
  if (visit.view === 'work') return work
  const { courseId = '', itemId = '', itemType = '', attachmentId = null } = visit
  const { post } = placeOf(work)
  if (work.courseId === courseId && post?.id === itemId && post.attachmentId === attachmentId) {
    return work
  }
  const place = { connectionId, courseId, postType: itemType, postId: itemId, attachmentId }
  return (await findWorkAt(ctx, place)) ?? copyWork(ctx, work, newId('cwk'), place)
}

async function reviewed(
  ctx: TenantContext,
  { submissionId }: Visit,
  work: WorkRow,
  isTeacher: boolean,
): Promise<string> {
  if (!isTeacher) throw new AppError('forbidden', 'Only those who teach may see this.')
  const learner = submissionId ? await findLearnerOf(ctx, work._id, submissionId) : null
  if (learner !== null) return learner
  throw new AppError('not_found', 'This learner has not opened the activity yet.')
}
