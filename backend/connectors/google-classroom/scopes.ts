import type { ClassroomConfig } from './settings.ts'

const classroom = (name: string) => `https://www.googleapis.com/auth/classroom.${name}`

/** What reading courses and who is in them needs. */
export const scopes: readonly string[] = [
  'openid',
  'email',
  'profile',
  classroom('courses.readonly'),
  classroom('rosters.readonly'),
]

/** Further rights are asked for when something is switched on that needs them, and added to those granted before. */
export function scopesFor({
  emails,
  courseWork,
  grades,
  guardians,
  topic,
}: Pick<ClassroomConfig, 'emails' | 'courseWork' | 'grades' | 'guardians' | 'topic'>): string[] {
  return [
    ...scopes,
    ...(emails ? [classroom('profile.emails')] : []),
    ...(courseWork && !grades ? [classroom('coursework.students.readonly')] : []),
    ...(grades ? [classroom('coursework.students')] : []),
    ...(guardians ? [classroom('guardianlinks.students.readonly')] : []),
    ...(topic ? [classroom('push-notifications')] : []),
  ]
}
