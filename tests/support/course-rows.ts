import { systemContext } from '../../backend/core/tenancy.ts'
import { saveCourse } from '../../backend/modules/lti/courses/course-store.ts'
import { insertComparison } from '../../backend/modules/lti/grades/comparison-store.ts'
import { saveLineItem } from '../../backend/modules/lti/line-items/line-item-store.ts'
import { ensureDelivery } from '../../backend/modules/lti/scores/delivery-store.ts'

/** A course that somebody opened an activity from; the LMS behind it answers nobody. */
export async function addCourse(tenantId: string, no: number): Promise<string> {
  const place = { platformId: 'plat_lists', deploymentId: '1', contextId: `course-${no}` }
  const { _id } = await saveCourse({ tenantId }, place, {
    title: no < 2 ? 'Alike' : `Course ${no}`,
    label: null,
    membershipsUrl: null,
    lineItemsUrl: null,
    groupsUrl: null,
    groupSetsUrl: null,
    gradeScopes: [],
    launchedAt: new Date(),
  })
  return _id
}

export interface GradeRows {
  readonly lineItemId: string
  readonly gradeId: string
  readonly comparisonId: string
}

/** A column of a course, a grade in it and a comparison of both. */
export async function addGradeRows(
  tenantId: string,
  courseId: string,
  no: number,
): Promise<GradeRows> {
  const lineItem = await saveLineItem({ tenantId }, courseId, {
    url: `https://lms.lists.example/line-items/${no}`,
    label: no < 2 ? 'Alike' : `Column ${no}`,
    scoreMaximum: 10,
    resourceLinkId: null,
    resourceId: null,
    tag: null,
    startDateTime: null,
    endDateTime: null,
    raw: {},
  })
  const grade = await ensureDelivery(systemContext(tenantId, 'test'), {
    attemptId: `att_graded_${no}`,
    revision: 1,
    itemId: 'itm_lists',
    platformId: 'plat_lists',
    courseId,
    resourceLinkId: 'link-1',
    lineItem: lineItem.url,
    subject: `learner-${no}`,
    score: no,
    maxScore: 10,
    comment: null,
    submittedAt: new Date(),
    status: 'pending',
  })
  const comparison = await insertComparison({ tenantId }, { courseId, repair: false }, new Date())
  return { lineItemId: lineItem._id, gradeId: grade._id, comparisonId: comparison._id }
}
