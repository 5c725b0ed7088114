import { findTool, type Lms } from '../lms.ts'
import {
  type Course,
  findCourse,
  findPerson,
  fullName,
  menteesOf,
  type Person,
  schoolName,
} from '../school.ts'
import { sharesOf, subjectOf } from '../seen-by-tools.ts'
import type { Launch, Tool } from '../state.ts'
import { withFaults } from './broken-message.ts'
import { claim, scope } from './claim-names.ts'
import { substitute } from './custom-variables.ts'
import { findLink, targetLinkUri } from './launches.ts'
import { launchRoles } from './roles.ts'
import { lineItemsUrl, lineItemUrl, membershipsUrl } from './service-urls.ts'

type Claims = Record<string, unknown>

/** Like Moodle's; a tool must allow for clocks that differ. */
const tokenLifetimeSeconds = 60

/** The claims of the id_token that answers this launch, with the faults that are switched on. */
export function launchMessage(lms: Lms, launch: Launch, nonce: string): Claims {
  const tool = findTool(lms, launch.toolId)
  const course = findCourse(launch.courseId)
  const who = findPerson(launch.userId)
  const issuedAt = Math.floor(lms.now() / 1000)
  const message: Claims = {
    iss: lms.issuer,
    aud: tool.clientId,
    sub: subjectOf(lms, who.id),
    iat: issuedAt,
    exp: issuedAt + tokenLifetimeSeconds,
    nonce,
    ...identity(who, sharesOf(lms, tool)),
    [claim.version]: '1.3.0',
    [claim.deploymentId]: tool.deploymentId,
    [claim.targetLinkUri]: targetLinkUri(lms, tool, launch),
    [claim.roles]: launchRoles(course, who),
    [claim.context]: {
      id: course.id,
      label: course.label,
      title: course.title,
      type: ['http://purl.imsglobal.org/vocab/lis/v2/course#CourseSection'],
    },
    [claim.toolPlatform]: {
      guid: new URL(lms.baseUrl).host,
      name: schoolName,
      description: 'Simulated LMS',
      url: lms.baseUrl,
      product_family_code: lms.flavour.productFamily,
      version: '1',
    },
    [claim.launchPresentation]: {
      locale: 'en-GB',
      document_target: launch.target,
      return_url: returnUrl(lms, launch),
    },
    [claim.lis]: {
      person_sourcedid: `person-${who.id}`,
      course_section_sourcedid: `section-${course.id}`,
    },
    ...mentees(lms, who),
    ...lms.flavour.claims(),
    ...(lms.state.settings.membershipsClaim ? membershipsClaim(lms, course) : {}),
    ...(launch.kind === 'deep-linking'
      ? deepLinkingRequest(lms, launch)
      : resourceLinkRequest(lms, launch, tool, { course, who })),
  }
  return withFaults(message, lms.state.faults, lms.now())
}

function identity(who: Person, shares: { names: boolean; email: boolean }): Claims {
  return {
    ...(shares.names
      ? { name: fullName(who), given_name: who.givenName, family_name: who.familyName }
      : {}),
    ...(shares.email ? { email: who.email } : {}),
    locale: 'en-GB',
  }
}

function mentees(lms: Lms, who: Person): Claims {
  const children = menteesOf[who.id]?.map((id) => subjectOf(lms, id))
  return children ? { [claim.roleScopeMentor]: children } : {}
}

function membershipsClaim(lms: Lms, course: Course): Claims {
  return {
    [claim.memberships]: {
      context_memberships_url: membershipsUrl(lms, course.id),
      service_versions: ['2.0'],
    },
  }
}

/** The hint of the test learner that every tool may launch, to see whether it is registered well. */
export const testLearnerHint = 'connection-test'

/** A launch that nobody clicked for: a learner who is in no course. */
export function testLearnerMessage(lms: Lms, tool: Tool, nonce: string): Claims {
  const issuedAt = Math.floor(lms.now() / 1000)
  const message: Claims = {
    iss: lms.issuer,
    aud: tool.clientId,
    sub: testLearnerHint,
    iat: issuedAt,
    exp: issuedAt + tokenLifetimeSeconds,
    nonce,
    [claim.version]: '1.3.0',
    [claim.messageType]: 'LtiResourceLinkRequest',
    [claim.deploymentId]: tool.deploymentId,
    [claim.targetLinkUri]: tool.toolUrl,
    [claim.resourceLink]: { id: testLearnerHint, title: 'Connection test' },
    [claim.roles]: ['http://purl.imsglobal.org/vocab/lis/v2/membership#Learner'],
  }
  return withFaults(message, lms.state.faults, lms.now())
}

function resourceLinkRequest(
  lms: Lms,
  launch: Launch,
  tool: Tool,
  { course, who }: { course: Course; who: Person },
): Claims {
  const link = findLink(lms, launch.courseId, launch.linkId)
  return {
    [claim.messageType]: 'LtiResourceLinkRequest',
    [claim.resourceLink]: { id: link.id, title: link.title, description: link.text },
    [claim.custom]: substitute(link.custom, { course, who, link, faults: lms.state.faults }),
    ...gradeEndpoint(lms, tool, launch),
  }
}

/** AGS §3.1: only an activity with a gradebook column tells the tool where grades go. */
function gradeEndpoint(lms: Lms, tool: Tool, { linkId, courseId }: Launch): Claims {
  const lineItem = lms.state.lineItems.find((item) => item.linkId === linkId)
  if (!lineItem) return {}
  return {
    [claim.gradeEndpoint]: {
      scope: [scope.lineItem, scope.lineItemReadOnly, scope.result, scope.score],
      lineitems: lineItemsUrl(lms, courseId, tool.id),
      lineitem: lineItemUrl(lms, lineItem),
    },
  }
}

function deepLinkingRequest(lms: Lms, launch: Launch): Claims {
  const { settings } = lms.state
  return {
    [claim.messageType]: 'LtiDeepLinkingRequest',
    [claim.deepLinkingSettings]: {
      deep_link_return_url: `${lms.baseUrl}/lti/deep-linking/${launch.id}`,
      accept_types: acceptedTypes(lms),
      accept_presentation_document_targets: ['iframe', 'window'],
      accept_multiple: settings.acceptMultiple,
      accept_lineitem: settings.acceptLineItem,
      auto_create: true,
      data: launch.data,
    },
  }
}

/** The kinds of content item a course here can hold. */
export function acceptedTypes({ state }: Pick<Lms, 'state'>): string[] {
  return state.settings.acceptWebLinks ? ['ltiResourceLink', 'link'] : ['ltiResourceLink']
}

function returnUrl(lms: Lms, launch: Launch): string {
  return `${lms.baseUrl}/courses/${launch.courseId}?as=${launch.userId}`
}
