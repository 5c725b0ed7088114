import { saveCourse } from '../../backend/modules/lti/courses/course-store.ts'

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
