import { z } from 'zod'
import * as access from './access.ts'
import * as alerts from './alerts.ts'
import * as assignments from './assignments.ts'
import * as connections from './connections.ts'
import * as events from './events.ts'
import * as exports from './exports.ts'
import * as grades from './grades.ts'
import * as items from './items.ts'
import * as keys from './keys.ts'
import * as limits from './limits.ts'
import * as lti from './lti.ts'
import * as ltiCourses from './lti-courses.ts'
import * as ltiLineItems from './lti-line-items.ts'
import * as ltiResults from './lti-results.ts'
import * as ltiReview from './lti-review.ts'
import * as ltiSetup from './lti-setup.ts'
import * as monitoring from './monitoring.ts'
import * as oauth from './oauth.ts'
import * as onboarding from './onboarding.ts'
import * as operations from './operations.ts'
import * as paths from './paths.ts'
import * as problems from './problems.ts'
import * as resources from './resources.ts'
import * as roster from './roster.ts'
import * as rosterBulk from './roster-bulk.ts'
import * as rosterMatches from './roster-matches.ts'
import * as sandbox from './sandbox.ts'
import * as sso from './sso.ts'
import * as syncs from './syncs.ts'
import * as usage from './usage.ts'
import * as versions from './version-history.ts'
import * as webhookDeliveries from './webhook-deliveries.ts'
import * as webhooks from './webhooks.ts'

const modules = [
  access,
  alerts,
  assignments,
  connections,
  events,
  exports,
  grades,
  items,
  keys,
  limits,
  lti,
  ltiCourses,
  ltiLineItems,
  ltiReview,
  ltiResults,
  ltiSetup,
  monitoring,
  oauth,
  onboarding,
  operations,
  paths,
  problems,
  resources,
  roster,
  rosterBulk,
  rosterMatches,
  sandbox,
  sso,
  syncs,
  usage,
  versions,
  webhookDeliveries,
  webhooks,
]

/** Every exported schema of the contracts under its name: the components of the OpenAPI document. */
export function namedSchemas(): Map<z.ZodType, string> {
  const names = new Map<z.ZodType, string>()
  for (const module of modules) {
    for (const [name, value] of Object.entries(module)) {
      if (value instanceof z.ZodType && !names.has(value)) names.set(value, name)
    }
  }
  return names
}
