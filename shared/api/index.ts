import { accessApi } from './access.ts'
import { alertsApi } from './alerts.ts'
import { assignmentsApi } from './assignments.ts'
import { connectionsApi } from './connections.ts'
import { eventsApi } from './events.ts'
import { exportsApi } from './exports.ts'
import { gradesApi } from './grades.ts'
import { itemsApi } from './items.ts'
import { keysApi } from './keys.ts'
import { limitsApi } from './limits.ts'
import { ltiApi } from './lti.ts'
import { ltiCoursesApi } from './lti-courses.ts'
import { ltiLineItemsApi } from './lti-line-items.ts'
import { ltiResultsApi } from './lti-results.ts'
import { ltiReviewApi } from './lti-review.ts'
import { ltiSetupApi } from './lti-setup.ts'
import { monitoringApi } from './monitoring.ts'
import { oauthApi } from './oauth.ts'
import { offboardingApi } from './offboarding.ts'
import { onboardingApi } from './onboarding.ts'
import { operationsApi } from './operations.ts'
import { pathsApi } from './paths.ts'
import { peopleApi } from './people.ts'
import { problemsApi } from './problems.ts'
import { resourcesApi } from './resources.ts'
import { rolesApi } from './roles.ts'
import { rosterApi } from './roster.ts'
import { rosterMatchesApi } from './roster-matches.ts'
import { sandboxApi } from './sandbox.ts'
import { settingsApi } from './settings.ts'
import { ssoApi } from './sso.ts'
import { syncsApi } from './syncs.ts'
import { usageApi } from './usage.ts'
import { versionsApi } from './version-history.ts'
import { webhooksApi } from './webhooks.ts'

/** Every route of the REST API. */
export const api = {
  ...itemsApi,
  ...ltiApi,
  ...ltiCoursesApi,
  ...ltiLineItemsApi,
  ...gradesApi,
  ...ltiReviewApi,
  ...ltiResultsApi,
  ...ltiSetupApi,
  ...resourcesApi,
  ...pathsApi,
  ...assignmentsApi,
  ...exportsApi,
  ...rosterApi,
  ...rosterMatchesApi,
  ...accessApi,
  ...peopleApi,
  ...keysApi,
  ...oauthApi,
  ...operationsApi,
  ...onboardingApi,
  ...offboardingApi,
  ...usageApi,
  ...versionsApi,
  ...limitsApi,
  ...rolesApi,
  ...sandboxApi,
  ...settingsApi,
  ...webhooksApi,
  ...eventsApi,
  ...connectionsApi,
  ...monitoringApi,
  ...ssoApi,
  ...syncsApi,
  ...problemsApi,
  ...alertsApi,
}
export type Api = typeof api
