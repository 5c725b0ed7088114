import { ConnectorError, type GradeResult } from '../../connector-kit/index.ts'
import { clientOf } from './client.ts'
import type { ClassroomContext } from './settings.ts'

/** A task of a course: `course/courseWork`, both as Classroom numbers them. */
const LineItem = /^(\d{1,30})\/(\d{1,30})$/

/**
 * Sets the grade of a learner for a task, as a draft and as given. Classroom lets us do so for tasks that we made
 * alone, which is a refusal that says so for all others.
 */
export async function pushGrade(
  ctx: ClassroomContext,
  { lineItemId, userSourcedId, score, maximum }: GradeResult,
): Promise<void> {
  const [, courseId, courseWorkId] = LineItem.exec(lineItemId) ?? []
  if (courseId === undefined || courseWorkId === undefined) {
    throw new ConnectorError('reject', 'The task is not named as Google Classroom names one.')
  }
  const client = await clientOf(ctx)
  const work = await client.courses.courseWork.get({ courseId, id: courseWorkId })
  const { maxPoints, associatedWithDeveloper } = work.data
  if (!associatedWithDeveloper) {
    throw new ConnectorError(
      'reject',
      'Google Classroom lets only the application that made a task grade it, and this task was made by somebody else. Enter the grade in Classroom, or set the task anew from EdPsych Connect.',
      { code: 'forbidden' },
    )
  }
  if (!maxPoints) {
    throw new ConnectorError(
      'reject',
      'The task has no points in Classroom, so it takes no grade. Give it points there.',
    )
  }
  const found = await client.courses.courseWork.studentSubmissions.list({
    courseId,
    courseWorkId,
    userId: userSourcedId,
  })
  const id = found.data.studentSubmissions?.[0]?.id
  if (!id) {
    throw new ConnectorError('reject', 'The learner does not have this task in Classroom.', {
      code: 'not_found',
    })
  }
  const grade = Math.round((score / maximum) * maxPoints * 100) / 100
  await client.courses.courseWork.studentSubmissions.patch({
    courseId,
    courseWorkId,
    id,
    updateMask: 'draftGrade,assignedGrade',
    requestBody: { draftGrade: grade, assignedGrade: grade },
  })
}
