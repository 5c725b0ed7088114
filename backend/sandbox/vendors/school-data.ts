import { type CourseRole, courses, people } from '../lms/school.ts'

export interface SchoolUser {
  readonly id: number
  readonly givenName: string
  readonly familyName: string
  readonly email: string
  readonly role: CourseRole | 'administrator'
  readonly year: string | undefined
  readonly modifiedAt: number
  readonly removed: boolean
}

export interface SchoolCourse {
  readonly id: number
  readonly label: string
  readonly title: string
  readonly summary: string
  readonly subject: string
  readonly year: string
  readonly members: readonly { readonly user: SchoolUser; readonly role: CourseRole }[]
}

export interface SchoolData {
  readonly users: readonly SchoolUser[]
  readonly courses: readonly SchoolCourse[]
}

/** What the student record system calls people and classes; the school's learning platforms know it from there. */
export const sisIdOf = {
  user: ({ id }: { readonly id: number }): string => `user-${id}`,
  class: ({ id }: { readonly id: number }): string => `class-${id}`,
}

/** The first day of the simulated records. */
export const startedAt = Date.UTC(2026, 8, 1, 6)
const dayMs = 86_400_000
const perClass = 30

const givenNames = ['Alex', 'Billie', 'Charlie', 'Devon', 'Ellis', 'Frankie', 'Gale', 'Harper']
const familyNames = ['Sample', 'Mock', 'Pattern', 'Draft', 'Figment', 'Sketch', 'Model', 'Proxy']
const subjects = ['Mathematics', 'English', 'Science', 'History', 'Geography', 'French']

let last: { key: string; data: SchoolData } | undefined

/** The school with at least so many people, as it is on a day; the same for the same numbers. */
export function schoolAt({ users, day }: { users: number; day: number }): SchoolData {
  const key = `${users} ${day}`
  if (last?.key !== key) last = { key, data: build(users, day) }
  return last.data
}

function build(atLeast: number, day: number): SchoolData {
  const own = people.map(
    (one, index): SchoolUser => ({
      ...changes(index, Math.max(atLeast, people.length), day),
      id: Number(one.id),
      givenName: one.givenName,
      familyName: one.familyName,
      email: one.email,
      role: one.administrator ? 'administrator' : roleOf(one.id),
      year: yearOf(one.id),
    }),
  )
  const extra = Array.from({ length: Math.max(0, atLeast - own.length) }, (_, index) =>
    invented(index, atLeast, day),
  )
  const joined = Array.from({ length: day }, (_, index) => joiner(index + 1))
  const all = [...own, ...extra, ...joined].map((one) => renamed(one))
  const known = new Map(all.map((one) => [one.id, one]))
  return { users: all, courses: [...ownCourses(known, joined), ...extraCourses(all)] }
}

const roleOf = (id: string): CourseRole =>
  courses.flatMap(({ members }) => members).find(({ userId }) => userId === id)?.role ?? 'mentor'

const yearOf = (id: string): string | undefined => {
  if (roleOf(id) !== 'learner') return undefined
  const course = courses.find(({ members }) => members.some(({ userId }) => userId === id))
  return course?.title.match(/Year (\d+)/)?.[1]
}

/** One person in a hundred changes each day (of a small school one), and one of all leaves. */
function changes(index: number, size: number, day: number) {
  const cycle = Math.min(100, size)
  const sinceChange = (((day - index) % cycle) + cycle) % cycle
  const changedOn = day - sinceChange
  const leaves = leavingDay(index, size, day)
  return {
    modifiedAt: startedAt + Math.max(0, leaves ?? changedOn) * dayMs,
    removed: leaves !== undefined,
  }
}

function leavingDay(index: number, size: number, day: number): number | undefined {
  for (let one = 1; one <= Math.min(day, size); one++) {
    if ((one * 37 + 5) % size === index) return one
  }
  return undefined
}

function invented(index: number, size: number, day: number): SchoolUser {
  const isTeacher = index % (perClass + 1) === 0
  const id = 1001 + index
  return {
    ...changes(index + people.length, size, day),
    id,
    givenName: givenNames[index % givenNames.length] ?? '',
    familyName: `${familyNames[Math.floor(index / 8) % familyNames.length]}-${id}`,
    email: `p${id}@${isTeacher ? 'staff' : 'learners'}.larkfield.example`,
    role: isTeacher ? 'instructor' : 'learner',
    year: isTeacher ? undefined : String(7 + (Math.floor(index / (perClass + 1)) % 5)),
  }
}

function joiner(day: number): SchoolUser {
  return {
    id: 900_000 + day,
    givenName: 'Newcomer',
    familyName: `Day-${day}`,
    email: `newcomer${day}@learners.larkfield.example`,
    role: 'learner',
    year: '8',
    modifiedAt: startedAt + day * dayMs,
    removed: false,
  }
}

function renamed(one: SchoolUser): SchoolUser {
  const day = Math.round((one.modifiedAt - startedAt) / dayMs)
  if (day === 0 || one.removed || one.id > 900_000) return one
  return { ...one, familyName: `${one.familyName}-${day}` }
}

function ownCourses(
  known: ReadonlyMap<number, SchoolUser>,
  joined: readonly SchoolUser[],
): SchoolCourse[] {
  return courses.map(({ id, label, title, summary, members }, index) => ({
    id: Number(id),
    label,
    title,
    summary,
    subject: title.replace(/^Year \d+ /, ''),
    year: title.match(/Year (\d+)/)?.[1] ?? '',
    members: [
      ...members.flatMap(({ userId, role }) => {
        const user = known.get(Number(userId))
        return user ? [{ user, role }] : []
      }),
      ...(index === 0 ? joined.map((user) => ({ user, role: 'learner' as const })) : []),
    ],
  }))
}

function extraCourses(all: readonly SchoolUser[]): SchoolCourse[] {
  const extra = all.filter(({ id }) => id > 1000 && id < 900_000)
  const found: SchoolCourse[] = []
  for (let start = 0; start < extra.length; start += perClass + 1) {
    const number = found.length + 1
    const subject = subjects[number % subjects.length] ?? ''
    const year = String(7 + ((number - 1) % 5))
    found.push({
      id: 100 + number,
      label: `Y${year}-${subject.slice(0, 3).toUpperCase()}-${number}`,
      title: `Year ${year} ${subject}, group ${number}`,
      summary: '',
      subject,
      year,
      members: extra.slice(start, start + perClass + 1).map((user) => ({
        user,
        role: user.role === 'instructor' ? 'instructor' : 'learner',
      })),
    })
  }
  return found
}

/** Leaves rows out as if the vendor had lost them: always the same ones. */
export function someMissing<T>(rows: readonly T[], percent: number): readonly T[] {
  if (percent === 0) return rows
  // The remainders of 37 spread over 100, so that a short list loses its share too.
  return rows.filter((_, index) => (index * 37 + 11) % 100 >= percent)
}
