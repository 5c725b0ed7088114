import { type SchoolCourse, type SchoolUser, startedAt } from './school-data.ts'

const dayMs = 86_400_000

export interface CourseSection {
  readonly id: number
  readonly name: string
  readonly members: SchoolCourse['members']
}

export interface CourseGroup {
  readonly id: number
  readonly name: string
  readonly members: readonly SchoolUser[]
}

/** Groups that were made together. */
export interface GroupSet {
  readonly id: number
  readonly name: string
  readonly groups: readonly CourseGroup[]
}

export interface CourseAssignment {
  readonly id: number
  readonly name: string
  readonly kind: 'assignment' | 'quiz'
  readonly opensAt: number | null
  readonly dueAt: number | null
  readonly closesAt: number | null
  /** Nobody but teachers sees it yet. */
  readonly isDraft: boolean
}

/** The course that has more than one section, and groups. */
const structuredId = 2

const present = ({ members }: SchoolCourse) => members.filter(({ user }) => !user.removed)
const learnersOf = (course: SchoolCourse) =>
  present(course).filter(({ role }) => role === 'learner')

/** Most courses have one section with everybody in it. */
export function sectionsOf(course: SchoolCourse): readonly CourseSection[] {
  const { id, title } = course
  const members = present(course)
  if (id !== structuredId) return [{ id, name: title, members }]
  const isInSecond = ({ user, role }: (typeof members)[number]) =>
    role === 'learner' && user.id % 2 === 0
  return [
    { id, name: `${title} A`, members: members.filter((member) => !isInSecond(member)) },
    { id: id + 9000, name: `${title} B`, members: members.filter(isInSecond) },
  ]
}

export function groupSetsOf(course: SchoolCourse): readonly GroupSet[] {
  if (course.id !== structuredId) return []
  const learners = learnersOf(course).map(({ user }) => user)
  const half = Math.ceil(learners.length / 2)
  return [
    {
      id: 70,
      name: 'Projects',
      groups: [
        { id: 701, name: 'Red', members: learners.slice(0, half) },
        { id: 702, name: 'Blue', members: learners.slice(half) },
      ],
    },
  ]
}

/** One assignment in each course; the structured one has a quiz without dates and a draft too. */
export function assignmentsOf({ id, subject }: SchoolCourse): readonly CourseAssignment[] {
  const due = startedAt + (90 + (id % 20)) * dayMs
  const homework: CourseAssignment = {
    id: id * 10 + 1,
    name: `${subject} homework`,
    kind: 'assignment',
    opensAt: due - 14 * dayMs,
    dueAt: due,
    closesAt: due + 7 * dayMs,
    isDraft: false,
  }
  if (id !== structuredId) return [homework]
  const undated = { opensAt: null, dueAt: null, closesAt: null }
  return [
    homework,
    { ...undated, id: id * 10 + 2, name: `${subject} quiz`, kind: 'quiz', isDraft: false },
    { ...undated, id: id * 10 + 3, name: `${subject} draft`, kind: 'assignment', isDraft: true },
  ]
}

export interface DateException {
  readonly id: number
  readonly assignment: CourseAssignment
  readonly dueAt: number
  readonly to: { readonly section: number } | { readonly group: number } | { readonly user: number }
}

/** A section, a group and one learner have more time for the homework of the structured course. */
export function exceptionsOf(course: SchoolCourse): readonly DateException[] {
  const [homework] = assignmentsOf(course)
  const [learner] = learnersOf(course)
  if (course.id !== structuredId || !homework?.dueAt || !learner) return []
  const later = (days: number) => Number(homework.dueAt) + days * dayMs
  return [
    { id: 801, assignment: homework, dueAt: later(1), to: { section: course.id + 9000 } },
    { id: 802, assignment: homework, dueAt: later(2), to: { group: 701 } },
    { id: 803, assignment: homework, dueAt: later(3), to: { user: learner.user.id } },
  ]
}
