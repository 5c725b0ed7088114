import type { Lms } from '../lms.ts'
import { type Course, type CourseRole, type Person, roleIn } from '../school.ts'

const membership = 'http://purl.imsglobal.org/vocab/lis/v2/membership'

const contextRoles = {
  instructor: [`${membership}#Instructor`],
  // LTI 1.3 §A.2.3.1: a sub-role goes together with its principal role.
  assistant: [`${membership}#Instructor`, `${membership}/Instructor#TeachingAssistant`],
  learner: [`${membership}#Learner`],
  mentor: [`${membership}#Mentor`],
} as const satisfies Record<CourseRole, readonly string[]>

// Moodle's rosters use the short names although its launches use the full ones.
const rosterRoles = {
  instructor: ['Instructor'],
  assistant: ['Instructor', 'TeachingAssistant'],
  learner: ['Learner'],
  mentor: ['Mentor'],
} as const satisfies Record<CourseRole, readonly string[]>

/** The roles of a launch as full URIs. */
export function launchRoles(course: Course, who: Person): readonly string[] {
  if (who.administrator) {
    return [
      'http://purl.imsglobal.org/vocab/lis/v2/institution/person#Administrator',
      'http://purl.imsglobal.org/vocab/lis/v2/system/person#Administrator',
    ]
  }
  const role = roleIn(course, who.id)
  return role ? contextRoles[role] : []
}

/** The roles of a roster entry, as this LMS writes them there. */
export function membershipRoles(
  { flavour }: Pick<Lms, 'flavour'>,
  role: CourseRole,
): readonly string[] {
  return flavour.hasShortRosterRoles ? rosterRoles[role] : contextRoles[role]
}

/** The roles of a roster entry as short names, by which a tool may ask for them. */
export function shortRoles(role: CourseRole): readonly string[] {
  return rosterRoles[role]
}
