const lti = 'https://purl.imsglobal.org/spec/lti/claim'
const deepLinking = 'https://purl.imsglobal.org/spec/lti-dl/claim'

/** Names of the claims in LTI messages (LTI 1.3 §5.3, LTI-DL 2.0 §4.4, LTI-AGS 2.0 §3.1). */
export const claim = {
  version: `${lti}/version`,
  messageType: `${lti}/message_type`,
  deploymentId: `${lti}/deployment_id`,
  targetLinkUri: `${lti}/target_link_uri`,
  resourceLink: `${lti}/resource_link`,
  roles: `${lti}/roles`,
  context: `${lti}/context`,
  lis: `${lti}/lis`,
  launchPresentation: `${lti}/launch_presentation`,
  forUser: `${lti}/for_user`,
  custom: `${lti}/custom`,
  toolPlatform: `${lti}/tool_platform`,
  deepLinkingSettings: `${deepLinking}/deep_linking_settings`,
  contentItems: `${deepLinking}/content_items`,
  data: `${deepLinking}/data`,
  endpoint: 'https://purl.imsglobal.org/spec/lti-ags/claim/endpoint',
  groups: 'https://purl.imsglobal.org/spec/lti-gs/claim/groupsservice',
  namesAndRoles: 'https://purl.imsglobal.org/spec/lti-nrps/claim/namesroleservice',
} as const

const ags = 'https://purl.imsglobal.org/spec/lti-ags/scope'

/** Rights at the services of a platform (LTI-AGS 2.0 §3.2, LTI-NRPS 2.0 §3.6.2, LTI Course Groups §3). */
export const scope = {
  score: `${ags}/score`,
  lineItem: `${ags}/lineitem`,
  lineItemReadOnly: `${ags}/lineitem.readonly`,
  result: `${ags}/result.readonly`,
  memberships: 'https://purl.imsglobal.org/spec/lti-nrps/scope/contextmembership.readonly',
  groups: 'https://purl.imsglobal.org/spec/lti-gs/scope/contextgroup.readonly',
} as const

/** The decoded body of an id_token; each check narrows the claims it reads. */
export type Claims = Readonly<Record<string, unknown>>
