import { assignmentsOf, groupSetsOf } from '../course-structure.ts'
import { type SchoolCourse, schoolAt, startedAt } from '../school-data.ts'
import type { Vendor } from '../vendor.ts'
import { listOf, type Parameters, type Run } from './parameters.ts'

/** Groupings, assignments and quizzes of courses. */
export const structureFunctions: Readonly<Record<string, Run>> = {
  core_group_get_course_groupings: getCourseGroupings,
  core_group_get_groupings: getGroupings,
  mod_assign_get_assignments: getAssignments,
  mod_quiz_get_quizzes_by_courses: getQuizzes,
}

/** As the list of enrolled people names them. */
export function groupsOfUser(course: SchoolCourse, userId: number): object[] {
  const groups = groupSetsOf(course).flatMap((set) => set.groups)
  return groups
    .filter(({ members }) => members.some(({ id }) => id === userId))
    .map(({ id, name }) => ({ id, name, description: '', descriptionformat: 1 }))
}

const coursesOf = (vendor: Vendor) => schoolAt(vendor.state.dials).courses
const seconds = (at: number | null): number => Math.floor((at ?? 0) / 1000)
const described = {
  description: '',
  descriptionformat: 1,
  idnumber: '',
  timecreated: seconds(startedAt),
}

function getCourseGroupings(vendor: Vendor, parameters: Parameters) {
  const course = coursesOf(vendor).find(({ id }) => String(id) === parameters.get('courseid'))
  return (course ? groupSetsOf(course) : []).map(({ id, name }) => ({
    id,
    courseid: course?.id,
    name,
    ...described,
  }))
}

function getGroupings(vendor: Vendor, parameters: Parameters) {
  const wanted = listOf(parameters, 'groupingids')
  return coursesOf(vendor).flatMap((course) =>
    groupSetsOf(course)
      .filter(({ id }) => wanted.includes(String(id)))
      .map(({ id, name, groups }) => ({
        id,
        courseid: course.id,
        name,
        ...described,
        ...(parameters.get('returngroups') === '1' && {
          groups: groups.map((group) => ({
            id: group.id,
            courseid: course.id,
            name: group.name,
            ...described,
            enrolmentkey: 'open-sesame',
          })),
        }),
      })),
  )
}

function getAssignments(vendor: Vendor, parameters: Parameters) {
  const wanted = listOf(parameters, 'courseids')
  // Of courses in which the account is not enrolled nothing comes unless that is asked for.
  const courses =
    parameters.get('includenotenrolledcourses') === '1'
      ? coursesOf(vendor).filter(({ id }) => wanted.includes(String(id)))
      : []
  return {
    courses: courses.map((course) => ({
      id: course.id,
      fullname: course.title,
      shortname: course.label,
      timemodified: seconds(startedAt),
      assignments: visibleOf(course, 'assignment').map((one) => ({
        id: one.id,
        cmid: one.id + 5000,
        course: course.id,
        name: one.name,
        nosubmissions: 0,
        duedate: seconds(one.dueAt),
        allowsubmissionsfromdate: seconds(one.opensAt),
        cutoffdate: seconds(one.closesAt),
        gradingduedate: 0,
        grade: 10,
        timemodified: seconds(startedAt),
        intro: '<p>As discussed.</p>',
        introformat: 1,
        configs: [],
      })),
    })),
    warnings: [],
  }
}

function getQuizzes(vendor: Vendor, parameters: Parameters) {
  const wanted = listOf(parameters, 'courseids')
  const courses = coursesOf(vendor).filter(({ id }) => wanted.includes(String(id)))
  return {
    quizzes: courses.flatMap((course) =>
      visibleOf(course, 'quiz').map((one) => ({
        id: one.id,
        coursemodule: one.id + 5000,
        course: course.id,
        name: one.name,
        intro: '',
        introformat: 1,
        timeopen: seconds(one.opensAt),
        timeclose: seconds(one.closesAt),
        timelimit: 0,
      })),
    ),
    warnings: [],
  }
}

const visibleOf = (course: SchoolCourse, kind: 'assignment' | 'quiz') =>
  assignmentsOf(course).filter((one) => one.kind === kind && !one.isDraft)
