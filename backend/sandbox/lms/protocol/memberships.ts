import type { Lms } from '../lms.ts'
import { Refusal } from '../refusal.ts'
import { type Course, findPerson, fullName } from '../school.ts'
import { sharesOf, subjectOf } from '../seen-by-tools.ts'
import type { Tool } from '../state.ts'
import { claim } from './claim-names.ts'
import { substitute } from './custom-variables.ts'
import { membershipRoles, shortRoles } from './roles.ts'

export interface MembershipFilter {
  readonly role: string | undefined
  readonly resourceLinkId: string | undefined
}

/** NRPS §2.3: the members of a course, those with a role, or as an activity sees them. */
export function listMembers(
  lms: Lms,
  tool: Tool,
  course: Course,
  { role, resourceLinkId }: MembershipFilter,
): Record<string, unknown>[] {
  const link = resourceLinkId === undefined ? undefined : ownLink(lms, tool, course, resourceLinkId)
  const { faults } = lms.state
  const shares = sharesOf(lms, tool)
  const wanted = role?.replace(/^.*[#/]/, '')
  return course.members
    .filter((member) => wanted === undefined || shortRoles(member.role).includes(wanted))
    .map((member) => {
      const who = findPerson(member.userId)
      const custom = link && substitute(link.custom, { course, who, link, faults })
      return {
        status: 'Active',
        user_id: subjectOf(lms, who.id),
        roles: membershipRoles(lms, member.role),
        lis_person_sourcedid: `person-${who.id}`,
        ...(faults.noNames || !shares.names
          ? {}
          : {
              name: fullName(who),
              given_name: who.givenName,
              family_name: who.familyName,
            }),
        ...(faults.noEmail || !shares.email ? {} : { email: who.email }),
        ...(custom
          ? {
              message: [{ [claim.messageType]: 'LtiResourceLinkRequest', [claim.custom]: custom }],
            }
          : {}),
      }
    })
}

function ownLink(lms: Lms, tool: Tool, course: Course, id: string) {
  const found = lms.state.links.find(
    (link) => link.id === id && link.courseId === course.id && link.toolId === tool.id,
  )
  if (!found) throw new Refusal(404, 'unknown_resource_link', `There is no resource link ${id}.`)
  return found
}
