import { AppError } from '../../../shared/errors.ts'
import type {
  ClassworkPerson,
  ClassworkPlace,
  ClassworkPresence,
} from '../../connector-kit/index.ts'
import { newId } from '../../core/ids.ts'
import type { TenantContext } from '../../core/tenancy.ts'
import type { OpenConnection } from '../connections/index.ts'
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
  const { connectionId, person, visit } = arrival
  const options = { purpose: 'classroom.visit', signal }
  const opened = await deps.people.openWith(ctx, connectionId, person.tokens, options)
  const entry = { ...arrival, opened }
  if (visit.view === 'discovery') return openChooser(deps, ctx, entry)
  const named = await workOf(ctx, arrival)
  const place = visitedPlace(visit, named)
  const presence = await classworkOf(opened).presence(opened.context, place)
  const work = await workAt(ctx, entry, place, named)
  const isTeacher = presence.side === 'teacher'
  if (isTeacher && visit.view !== 'work') await setTeacher(ctx, work, person.userId)
  if (presence.submissionId !== null) {
    await saveSubmission(ctx, work._id, person.userId, presence.submissionId)
  }
  return deps.openVisit(ctx, {
    ...base(entry, work.courseId, presence),
    opens: {
      placeId: work._id,
      title: work.title,
      choice: { kind: work.kind, id: work.targetId },
      hasColumn: work.maxPoints !== null,
    },
    forUser: visit.view === 'review' ? await reviewed(ctx, visit, work, isTeacher) : null,
    dataJson: null,
  })
}

/** Somebody who came, with the token that was given just now. */
interface Entry extends Arrival {
  readonly opened: OpenConnection
}

function base(
  { connectionId, person, visit, opened }: Entry,
  courseId: string,
  found: ClassworkPresence,
) {
  const isFrame = visit.popup !== undefined
  return {
    connectionId,
    personId: person.userId,
    roles: [found.side === 'teacher' ? ('instructor' as const) : ('learner' as const)],
    course: { id: courseId, title: found.courseTitle },
    frameOrigin: isFrame ? classworkOf(opened).frameOrigin(opened.context.config) : null,
  }
}

async function openChooser(deps: VisitDeps, ctx: TenantContext, entry: Entry): Promise<string> {
  const { opened, person, visit } = entry
  const place = postOf(visit)
  const presence = await classworkOf(opened).presence(opened.context, place)
  if (presence.side !== 'teacher') {
    throw new AppError('forbidden', 'Only those who teach the class may add something to it.')
  }
  const asked: Asked = { place, personId: person.userId, topicId: null }
  return deps.openVisit(ctx, {
    ...base(entry, place.courseId, presence),
    opens: null,
    forUser: null,
    dataJson: JSON.stringify(asked),
  })
}

/** Where the visit says it is. A link of ours says the course alone: the task itself has no frames. */
function visitedPlace(visit: Visit, work: WorkRow): ClassworkPlace {
  if (visit.view === 'work') return { courseId: work.courseId, post: null }
  if (visit.attachmentId === undefined) throw notFromClassroom()
  return postOf(visit)
}

function postOf({ courseId, itemId, itemType, attachmentId, addOnToken }: Visit): ClassworkPlace {
  if (courseId === undefined || itemId === undefined || itemType === undefined) {
    throw notFromClassroom()
  }
  const post = {
    type: itemType,
    id: itemId,
    attachmentId: attachmentId ?? null,
    token: addOnToken ?? null,
  }
  return { courseId, post }
}

const notFromClassroom = () =>
  new AppError('invalid_request', 'Open this from a class in Google Classroom.')

async function workOf(ctx: TenantContext, { visit, connectionId }: Arrival): Promise<WorkRow> {
  const work = visit.work === undefined ? null : await findWork(ctx, visit.work)
  if (work?.connectionId === connectionId) return work
  throw gone()
}

const gone = () =>
  new AppError('not_found', 'This activity does not exist any more. Ask your teacher.')

/**
 * What stands at the place, where Google has said that the person is. At a place that we do not know yet it was copied
 * with its post: then the attachment itself says of what, not the address that somebody came with.
 */
async function workAt(
  ctx: TenantContext,
  { connectionId, opened, visit }: Entry,
  place: ClassworkPlace,
  named: WorkRow,
): Promise<WorkRow> {
  const { courseId, post } = place
  if (visit.view === 'work' || post === null) return named
  const { type: postType, id: postId, attachmentId } = post
  const key = { connectionId, courseId, postType, postId, attachmentId }
  const known = await findWorkAt(ctx, key)
  if (known !== null) return known
  const address = await classworkOf(opened).learnerUrl(opened.context, place)
  const isOfWork = address !== null && URL.parse(address)?.searchParams.get('work') === named._id
  if (!isOfWork) throw gone()
  return copyWork(ctx, named, newId('cwk'), key)
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
