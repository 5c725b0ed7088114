import { type SchoolUser, schoolAt } from '../school-data.ts'
import type { Vendor } from '../vendor.ts'
import { type Api, param } from './api.ts'
import { denied } from './google-error.ts'
import { googleUserId } from './ids.ts'
import { pageOf } from './paging.ts'
import { type Caller, coursesOf, fullName, membersOf, resolveUser } from './school.ts'
import { mustHave } from './scopes.ts'
import { storeOf } from './store.ts'

/** Guardians of learners, where the domain lets them be read. */
export function guardianRoutes(vendor: Vendor, api: Api): void {
  api('get', '/userProfiles/:userId/guardians', (caller, req) => {
    mustHave(caller, 'guardians')
    const learners = learnersAsked(vendor, caller, param(req, 'userId'))
    const all = learners.flatMap((learner) => guardiansOf(vendor, learner))
    const { rows, ...next } = pageOf(vendor, req, all)
    return { ...(rows.length > 0 && { guardians: rows }), ...next }
  })
  api('get', '/userProfiles/:userId/guardianInvitations', (caller, req) => {
    mustHave(caller, 'guardians')
    learnersAsked(vendor, caller, param(req, 'userId'))
    return {}
  })
}

/** Administrators may ask about everybody with `-`, teachers about the learners of their courses. */
function learnersAsked(vendor: Vendor, caller: Caller, key: string): readonly SchoolUser[] {
  if (!storeOf(vendor).guardiansAllowed) {
    throw denied('@GuardianAccessDenied Guardians are not enabled for this domain.')
  }
  const isAdministrator = caller.user.role === 'administrator'
  if (key === '-') {
    if (!isAdministrator) throw denied()
    return schoolAt(vendor.state.dials).users.filter(
      ({ role, removed }) => role === 'learner' && !removed,
    )
  }
  const learner = resolveUser(vendor, caller, key)
  const teaches = coursesOf(vendor).some(
    (course) =>
      membersOf(course, 'teacher').includes(caller.user) &&
      membersOf(course, 'student').includes(learner),
  )
  if (!isAdministrator && !teaches && learner.id !== caller.user.id) throw denied()
  return [learner]
}

/** Every other learner has one. */
function guardiansOf(_vendor: Vendor, learner: SchoolUser): object[] {
  if (learner.role !== 'learner' || learner.id % 2 === 1) return []
  const email = `family-of-${learner.id}@homes.example`
  const id = `g${googleUserId(learner.id).slice(1)}`
  return [
    {
      studentId: googleUserId(learner.id),
      guardianId: id,
      invitedEmailAddress: email,
      guardianProfile: {
        id,
        name: {
          givenName: 'Family of',
          familyName: fullName(learner),
          fullName: `Family of ${fullName(learner)}`,
        },
        emailAddress: email,
      },
    },
  ]
}
