import { GoogleError } from './google-error.ts'
import type { Caller } from './school.ts'

const prefix = 'https://www.googleapis.com/auth/'

/** Which of several scopes lets a method be called, without the common beginning. */
const needed = {
  courses: ['classroom.courses', 'classroom.courses.readonly'],
  rosters: ['classroom.rosters', 'classroom.rosters.readonly'],
  topics: ['classroom.topics', 'classroom.topics.readonly'],
  profile: [
    'classroom.rosters',
    'classroom.rosters.readonly',
    'classroom.profile.emails',
    'classroom.profile.photos',
  ],
  'coursework.read': [
    'classroom.coursework.students',
    'classroom.coursework.students.readonly',
    'classroom.coursework.me',
    'classroom.coursework.me.readonly',
  ],
  'coursework.write': ['classroom.coursework.students'],
  'coursework.own': ['classroom.coursework.me'],
  'submissions.read': [
    'classroom.coursework.students',
    'classroom.coursework.students.readonly',
    'classroom.student-submissions.students.readonly',
    'classroom.coursework.me',
    'classroom.coursework.me.readonly',
    'classroom.student-submissions.me.readonly',
  ],
  guardians: [
    'classroom.guardianlinks.students',
    'classroom.guardianlinks.students.readonly',
    'classroom.guardianlinks.me.readonly',
  ],
  push: ['classroom.push-notifications'],
  'addons.read': ['classroom.addons.teacher', 'classroom.addons.student'],
  'addons.teacher': ['classroom.addons.teacher'],
} as const

export type Need = keyof typeof needed

/** Every scope that this server knows. */
export const knownScopes: ReadonlySet<string> = new Set([
  'openid',
  'email',
  'profile',
  `${prefix}userinfo.email`,
  `${prefix}userinfo.profile`,
  ...Object.values(needed).flatMap((names) => names.map((name) => prefix + name)),
  `${prefix}classroom.guardianlinks.students`,
  `${prefix}classroom.announcements`,
  `${prefix}classroom.announcements.readonly`,
  `${prefix}classroom.courseworkmaterials`,
  `${prefix}classroom.courseworkmaterials.readonly`,
])

export function mustHave({ scopes }: Pick<Caller, 'scopes'>, need: Need): void {
  if (needed[need].some((name) => scopes.has(prefix + name))) return
  throw new GoogleError(
    'PERMISSION_DENIED',
    'Request had insufficient authentication scopes.',
    'ACCESS_TOKEN_SCOPE_INSUFFICIENT',
  )
}

export const has = ({ scopes }: Pick<Caller, 'scopes'>, name: string): boolean =>
  scopes.has(prefix + name)
