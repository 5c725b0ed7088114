import { type LtiRole, ltiRoles } from '../../../shared/lti.ts'

/** Context roles by their short names, the only ones allowed to be short (LTI 1.3 §5.3.7.1). */
const contextRoles: Readonly<Record<string, LtiRole>> = {
  Learner: 'learner',
  Student: 'learner',
  Instructor: 'instructor',
  TeachingAssistant: 'teaching-assistant',
  ContentDeveloper: 'content-developer',
  Administrator: 'administrator',
  Mentor: 'mentor',
  Observer: 'observer',
}

/** Sub-roles (LTI 1.3 A.2.3.1) say less than their principal role: only those listed grant anything. */
const subRoles: Readonly<Record<string, LtiRole>> = {
  'Learner#Learner': 'learner',
  'Learner#ExternalLearner': 'learner',
  'Learner#GuestLearner': 'learner',
  'Learner#NonCreditLearner': 'learner',
  'Instructor#PrimaryInstructor': 'instructor',
  'Instructor#SecondaryInstructor': 'instructor',
  'Instructor#Lecturer': 'instructor',
  'Instructor#GuestInstructor': 'instructor',
  'Instructor#ExternalInstructor': 'instructor',
  'Instructor#TeachingAssistant': 'teaching-assistant',
  'Instructor#TeachingAssistantGroup': 'teaching-assistant',
  'Instructor#TeachingAssistantOffering': 'teaching-assistant',
  'Instructor#TeachingAssistantSection': 'teaching-assistant',
  'Instructor#TeachingAssistantSectionAssociation': 'teaching-assistant',
  'Instructor#TeachingAssistantTemplate': 'teaching-assistant',
  'TeachingAssistant#TeachingAssistant': 'teaching-assistant',
  'ContentDeveloper#ContentDeveloper': 'content-developer',
  'ContentDeveloper#ContentExpert': 'content-developer',
  'ContentDeveloper#ExternalContentExpert': 'content-developer',
  'ContentDeveloper#Librarian': 'content-developer',
  'Administrator#Administrator': 'administrator',
  'Mentor#Mentor': 'mentor',
  'Mentor#Advisor': 'mentor',
  'Mentor#LearningCoordinator': 'mentor',
  'Mentor#Reviewer': 'mentor',
  'Mentor#Tutor': 'mentor',
}

// One document writes the segment of sub-roles with a capital letter, and platforms follow it.
const membershipRole =
  /^https?:\/\/purl\.imsglobal\.org\/vocab\/lis\/v2\/[mM]embership(?:\/(\w+))?#(\w+)$/

/** Reduces the roles of a launch to ours; institution, system and unknown roles grant nothing. */
export function reduceRoles(roles: readonly unknown[]): LtiRole[] {
  const granted = new Set<LtiRole>()
  for (const role of roles) {
    const known = typeof role === 'string' ? roleOf(role) : undefined
    if (known) granted.add(known)
  }
  return ltiRoles.filter((role) => granted.has(role))
}

function roleOf(role: string): LtiRole | undefined {
  const [uri, principal, name] = membershipRole.exec(role) ?? []
  if (uri === undefined) return own(contextRoles, role)
  if (name === undefined) return undefined
  return principal === undefined ? own(contextRoles, name) : own(subRoles, `${principal}#${name}`)
}

function own(table: Readonly<Record<string, LtiRole>>, key: string): LtiRole | undefined {
  return Object.hasOwn(table, key) ? table[key] : undefined
}
