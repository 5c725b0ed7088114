const lti = 'https://purl.imsglobal.org/spec/lti/claim/'
const dl = 'https://purl.imsglobal.org/spec/lti-dl/claim/'

/** The claims of LTI 1.3 and its services by short name. */
export const claim = {
  messageType: `${lti}message_type`,
  version: `${lti}version`,
  deploymentId: `${lti}deployment_id`,
  targetLinkUri: `${lti}target_link_uri`,
  roles: `${lti}roles`,
  roleScopeMentor: `${lti}role_scope_mentor`,
  context: `${lti}context`,
  resourceLink: `${lti}resource_link`,
  toolPlatform: `${lti}tool_platform`,
  launchPresentation: `${lti}launch_presentation`,
  custom: `${lti}custom`,
  lis: `${lti}lis`,
  deepLinkingSettings: `${dl}deep_linking_settings`,
  contentItems: `${dl}content_items`,
  data: `${dl}data`,
  message: `${dl}msg`,
  errorMessage: `${dl}errormsg`,
  gradeEndpoint: 'https://purl.imsglobal.org/spec/lti-ags/claim/endpoint',
  memberships: 'https://purl.imsglobal.org/spec/lti-nrps/claim/namesroleservice',
} as const

const ags = 'https://purl.imsglobal.org/spec/lti-ags/scope/'

export const scope = {
  lineItem: `${ags}lineitem`,
  lineItemReadOnly: `${ags}lineitem.readonly`,
  result: `${ags}result.readonly`,
  score: `${ags}score`,
  memberships: 'https://purl.imsglobal.org/spec/lti-nrps/scope/contextmembership.readonly',
} as const

/** The scopes any tool here may be granted. */
export const permittedScopes: readonly string[] = Object.values(scope)
