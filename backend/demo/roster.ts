import type { Roster } from '../modules/roster/index.ts'

export interface DemoSchool {
  readonly slug: string
  readonly name: string
  readonly classes: readonly DemoClass[]
  readonly teachers: readonly (readonly [givenName: string, familyName: string])[]
  /** Family names that nobody can take for a real child's. */
  readonly familyName: string
}

interface DemoClass {
  readonly code: string
  readonly title: string
  readonly subject: string
  readonly grade: string
}

export const demoSchools: readonly DemoSchool[] = [
  {
    slug: 'larkfield',
    name: 'Larkfield Academy',
    classes: [
      { code: '7ma', title: 'Year 7 Mathematics', subject: 'Mathematics', grade: '7' },
      { code: '8en', title: 'Year 8 English', subject: 'English', grade: '8' },
      { code: '9sc', title: 'Year 9 Science', subject: 'Science', grade: '9' },
    ],
    teachers: [
      ['Tess', 'Placeholder'],
      ['Omar', 'Placeholder'],
      ['Nia', 'Placeholder'],
      ['Will', 'Placeholder'],
    ],
    familyName: 'Example',
  },
  {
    slug: 'brackenhill',
    name: 'Brackenhill Primary',
    classes: [
      { code: 'oak', title: 'Oak (Year 3)', subject: 'All subjects', grade: '3' },
      { code: 'elm', title: 'Elm (Year 5)', subject: 'All subjects', grade: '5' },
      { code: 'rowan', title: 'Rowan (Year 6)', subject: 'All subjects', grade: '6' },
    ],
    teachers: [
      ['Asha', 'Standin'],
      ['Joe', 'Standin'],
      ['Fern', 'Standin'],
      ['Idris', 'Standin'],
    ],
    familyName: 'Sample',
  },
]

const givenNames = [
  ...[
    'Amber',
    'Basil',
    'Clover',
    'Dusty',
    'Ember',
    'Flint',
    'Garnet',
    'Hazel',
    'Indigo',
    'Juniper',
  ],
  ...[
    'Kestrel',
    'Linden',
    'Maple',
    'Nettle',
    'Olive',
    'Pepper',
    'Quill',
    'Reed',
    'Saffron',
    'Tansy',
  ],
  ...['Umber', 'Violet', 'Wren', 'Xanthe', 'Yarrow', 'Zephyr', 'Aspen', 'Bramble', 'Cedar', 'Dale'],
]
const learnersPerClass = 10

/** One school's people: three classes of ten, a teacher for each, and one who supports all three. */
export function demoRoster({ slug, classes, teachers, familyName }: DemoSchool): Roster {
  const staff = teachers.map(([given, family], index) => ({
    sourcedId: `${slug}-t${index + 1}`,
    givenName: given,
    familyName: family,
    role: 'teacher' as const,
    grades: [],
  }))
  const learners = classes.flatMap(({ grade }, classIndex) =>
    Array.from({ length: learnersPerClass }, (_, index) => {
      const number = classIndex * learnersPerClass + index
      return {
        sourcedId: `${slug}-s${String(number + 1).padStart(2, '0')}`,
        givenName: givenNames[number] ?? `Learner ${number + 1}`,
        familyName,
        role: 'student' as const,
        grades: [grade],
      }
    }),
  )
  const enrollments = classes.flatMap(({ code }, classIndex) => {
    const members = learners.slice(
      classIndex * learnersPerClass,
      (classIndex + 1) * learnersPerClass,
    )
    const support = staff.slice(classes.length)
    return [...staff.slice(classIndex, classIndex + 1), ...support, ...members].map(
      ({ sourcedId, role }) => ({
        sourcedId: `${slug}-${code}-${sourcedId}`,
        classSourcedId: `${slug}-${code}`,
        userSourcedId: sourcedId,
        role,
      }),
    )
  })
  return {
    users: [...staff, ...learners],
    classes: classes.map(({ code, title, subject, grade }) => ({
      sourcedId: `${slug}-${code}`,
      title,
      subjects: [subject],
      grades: [grade],
    })),
    enrollments,
  }
}
