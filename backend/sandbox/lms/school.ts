import { Refusal } from './refusal.ts'

export type CourseRole = 'instructor' | 'assistant' | 'learner' | 'mentor'

export interface Person {
  readonly id: string
  readonly givenName: string
  readonly familyName: string
  readonly email: string
  /** Administers the whole LMS; has no role in any course. */
  readonly administrator?: true
}

interface Membership {
  readonly userId: string
  readonly role: CourseRole
}

export interface Course {
  readonly id: string
  readonly label: string
  readonly title: string
  readonly summary: string
  readonly members: readonly Membership[]
}

export const schoolName = 'Larkfield Academy'

function person(id: number, givenName: string, familyName: string, place: string): Person {
  const mailbox = `${givenName}.${familyName}`.toLowerCase().normalize('NFD')
  return {
    id: String(id),
    givenName,
    familyName,
    email: `${mailbox.replace(/[^a-z.-]/g, '')}@${place}.larkfield.example`,
  }
}

const year8 = [
  person(11, 'Ava', 'Example', 'learners'),
  person(12, 'Ben', 'Specimen', 'learners'),
  person(13, 'Cara', 'Testcase', 'learners'),
  person(14, 'Dylan', 'Placeholder', 'learners'),
  person(15, 'Esmé', 'Fictional', 'learners'),
  person(16, 'Finn', 'Made-Up', 'learners'),
]

const year9 = [
  person(21, 'Gia', 'Imaginary', 'learners'),
  person(22, 'Hal', 'Invented', 'learners'),
  person(23, 'Isla', 'Pretend', 'learners'),
  person(24, 'Joss', 'Mockup', 'learners'),
  person(25, 'Kit', 'Sampleton', 'learners'),
  person(26, 'Lowri', 'Dummy', 'learners'),
]

/** Everybody of the simulated school; nobody here exists. */
export const people: readonly Person[] = [
  person(3, 'Tess', 'Template', 'staff'),
  person(4, 'Theo', 'Template', 'staff'),
  person(5, 'Adi', 'Assistant', 'staff'),
  ...year8,
  ...year9,
  person(31, 'Pat', 'Example', 'families'),
  { ...person(2, 'Sam', 'Sysadmin', 'staff'), administrator: true },
]

const learners = (group: readonly Person[]): Membership[] =>
  group.map(({ id }) => ({ userId: id, role: 'learner' }))

export const courses: readonly Course[] = [
  {
    id: '2',
    label: 'Y8-MATHS',
    title: 'Year 8 Mathematics',
    summary: 'Number, ratio and first steps in algebra.',
    members: [
      { userId: '3', role: 'instructor' },
      { userId: '5', role: 'assistant' },
      ...learners(year8),
      { userId: '31', role: 'mentor' },
    ],
  },
  {
    id: '3',
    label: 'Y9-ENGLISH',
    title: 'Year 9 English',
    summary: 'Reading closely, writing clearly, speaking up.',
    members: [
      { userId: '3', role: 'instructor' },
      { userId: '4', role: 'instructor' },
      ...learners(year9),
    ],
  },
]

/** The child a parent (LTI "Mentor") looks after, by user id. */
export const menteesOf: Readonly<Record<string, readonly string[]>> = { '31': ['11'] }

export const fullName = ({ givenName, familyName }: Person): string => `${givenName} ${familyName}`

/** The person with this id; an unknown id is a refusal. */
export function findPerson(id: string): Person {
  const found = people.find((candidate) => candidate.id === id)
  if (!found) throw new Refusal(404, 'unknown_person', `Nobody here has the number ${id}.`)
  return found
}

/** The course with this id; an unknown id is a refusal. */
export function findCourse(id: string): Course {
  const found = courses.find((candidate) => candidate.id === id)
  if (!found) throw new Refusal(404, 'unknown_course', `There is no course number ${id}.`)
  return found
}

export function roleIn(course: Course, userId: string): CourseRole | undefined {
  return course.members.find((member) => member.userId === userId)?.role
}

/** The course's learners in the order of the register. */
export function learnersOf(course: Course): Person[] {
  return course.members
    .filter((member) => member.role === 'learner')
    .map((member) => findPerson(member.userId))
}

const roleWords = {
  instructor: 'Teacher',
  assistant: 'Teaching assistant',
  learner: 'Student',
  mentor: 'Parent',
} as const satisfies Record<CourseRole, string>

/** What the person is, in the word a school uses; in a course if one is given. */
export function roleWord(who: Person, course?: Course): string {
  if (who.administrator) return 'LMS administrator'
  const role = (course ? [course] : courses).map((one) => roleIn(one, who.id)).find(Boolean)
  return role ? roleWords[role] : 'Not in this course'
}

/** May add activities and see everybody's grades. */
export function canTeach(course: Course, who: Person): boolean {
  return who.administrator === true || roleIn(course, who.id) === 'instructor'
}

/** May see the course at all. */
export function canEnter(course: Course, who: Person): boolean {
  return who.administrator === true || roleIn(course, who.id) !== undefined
}
