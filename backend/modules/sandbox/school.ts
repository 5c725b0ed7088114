import type { Roster } from '../roster/index.ts'
import { chanceOf, seededId, shuffled } from './seeded.ts'

export interface SchoolPlan {
  readonly users: { readonly [K in keyof RosterUser]: RosterUser[K] }[]
  readonly classes: RosterClass[]
  readonly enrollments: RosterEnrollment[]
}

type RosterUser = Roster['users'] extends Iterable<infer T> ? T : never
type RosterClass = Roster['classes'] extends Iterable<infer T> ? T : never
type RosterEnrollment = Roster['enrollments'] extends Iterable<infer T> ? T : never

const classes = [
  { code: '7ma', title: 'Year 7 Mathematics', subject: 'Mathematics', grade: '7' },
  { code: '7en', title: 'Year 7 English', subject: 'English', grade: '7' },
  { code: '8ma', title: 'Year 8 Mathematics', subject: 'Mathematics', grade: '8' },
  { code: '8sc', title: 'Year 8 Science', subject: 'Science', grade: '8' },
  { code: '9en', title: 'Year 9 English', subject: 'English', grade: '9' },
  { code: '9sc', title: 'Year 9 Science', subject: 'Science', grade: '9' },
] as const

const learnersPerClass = 10

// Words, not names: nobody can take one of these learners for a real child.
const givenNames = [
  ...['Acorn', 'Birch', 'Bracken', 'Breeze', 'Brook', 'Canyon', 'Cloud', 'Clover', 'Copper'],
  ...['Coral', 'Cricket', 'Dew', 'Drift', 'Dune', 'Fern', 'Finch', 'Fjord', 'Frost', 'Gale'],
  ...['Garnet', 'Gorse', 'Grove', 'Harbour', 'Heath', 'Heron', 'Indigo', 'Iris', 'Ivy', 'Jasper'],
  ...['Kelp', 'Lark', 'Larch', 'Lichen', 'Lotus', 'Marble', 'Marsh', 'Meadow', 'Mist', 'Moss'],
  ...['Nettle', 'Oak', 'Ocean', 'Onyx', 'Otter', 'Pebble', 'Pine', 'Plover', 'Poppy', 'Quartz'],
  ...['Rain', 'Reed', 'Ridge', 'River', 'Rowan', 'Sage', 'Shell', 'Slate', 'Sorrel', 'Tarn'],
  ...['Thistle', 'Tide', 'Vale', 'Willow', 'Wren'],
]
const familyNames = ['Sandbox', 'Synthetic', 'Specimen', 'Sample']
const teacherNames = ['Abel', 'Bryn', 'Cleo', 'Dara', 'Eira', 'Farid', 'Greta', 'Hari']

/** The people and classes of a synthetic school: six classes of ten learners and eight teachers. */
export function planSchool(tenantId: string, seed: string): SchoolPlan {
  const at = { tenantId, seed }
  const chance = chanceOf(`school\n${seed}`)
  const names = shuffled(givenNames, chance)
  const staffNames = shuffled(teacherNames, chance)
  const teachers = staffNames.map((givenName, index) => {
    const sourcedId = `teacher-${index + 1}`
    return {
      _id: seededId('rus', at, sourcedId, index),
      sourcedId,
      givenName,
      familyName: 'Placeholder',
      role: 'teacher' as const,
      grades: [],
    }
  })
  const learners = classes.flatMap(({ grade }, classIndex) =>
    Array.from({ length: learnersPerClass }, (_, index) => {
      const number = classIndex * learnersPerClass + index
      const sourcedId = `learner-${String(number + 1).padStart(2, '0')}`
      return {
        _id: seededId('rus', at, sourcedId, 100 + number),
        sourcedId,
        givenName: names[number] ?? `Learner ${number + 1}`,
        familyName: familyNames[Math.floor(chance() * familyNames.length)] ?? 'Sandbox',
        role: 'student' as const,
        grades: [grade],
      }
    }),
  )
  const enrollments = classes.flatMap(({ code }, classIndex) => {
    const first = classIndex * learnersPerClass
    const members = [
      ...teachers.slice(classIndex, classIndex + 1),
      // The last two teachers support three classes each.
      ...teachers.slice(6 + (classIndex % 2), 7 + (classIndex % 2)),
      ...learners.slice(first, first + learnersPerClass),
    ]
    return members.map(({ sourcedId, role }, index) => ({
      _id: seededId('enr', at, `${code}-${sourcedId}`, classIndex * 100 + index),
      sourcedId: `${code}-${sourcedId}`,
      classSourcedId: code,
      userSourcedId: sourcedId,
      role,
    }))
  })
  return {
    users: [...teachers, ...learners],
    classes: classes.map(({ code, title, subject, grade }, index) => ({
      _id: seededId('cls', at, code, index),
      sourcedId: code,
      title,
      subjects: [subject],
      grades: [grade],
    })),
    enrollments,
  }
}

export interface PlannedAttempt {
  readonly id: string
  readonly itemIndex: number
  readonly reached: number | null
  readonly startedAt: Date
  readonly submittedAt: Date | null
}

const attempts = 48
const firstDay = Date.parse('2026-09-07T09:00:00Z')
const minuteMs = 60_000

/** Attempts at the school's items over the first weeks of a term; one in eight was never submitted. */
export function planAttempts(tenantId: string, seed: string, itemCount: number): PlannedAttempt[] {
  const chance = chanceOf(`attempts\n${seed}`)
  return Array.from({ length: itemCount === 0 ? 0 : attempts }, (_, index) => {
    const startedAt = new Date(firstDay + index * 1440 * minuteMs * 0.5 + chance() * 60 * minuteMs)
    const minutes = 2 + Math.floor(chance() * 9)
    const reached = Math.round((0.35 + chance() * 0.65) * 100) / 100
    const itemIndex = Math.floor(chance() * itemCount)
    const isOpen = index % 8 === 7
    return {
      id: seededId('att', { tenantId, seed }, String(index), index),
      itemIndex,
      reached: isOpen ? null : reached,
      startedAt,
      submittedAt: isOpen ? null : new Date(startedAt.getTime() + minutes * minuteMs),
    }
  })
}
