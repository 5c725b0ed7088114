import { accessApi } from './access.ts'
import { eventsApi } from './events.ts'
import { itemsApi } from './items.ts'
import { keysApi } from './keys.ts'
import { limitsApi } from './limits.ts'
import { ltiApi } from './lti.ts'
import { oauthApi } from './oauth.ts'
import { operationsApi } from './operations.ts'
import { resourcesApi } from './resources.ts'
import { rosterApi } from './roster.ts'
import { sandboxApi } from './sandbox.ts'
import { usageApi } from './usage.ts'
import { webhooksApi } from './webhooks.ts'

/** Every route of the REST API. */
export const api = {
  ...itemsApi,
  ...ltiApi,
  ...resourcesApi,
  ...rosterApi,
  ...accessApi,
  ...keysApi,
  ...oauthApi,
  ...operationsApi,
  ...usageApi,
  ...limitsApi,
  ...sandboxApi,
  ...webhooksApi,
  ...eventsApi,
}
export type Api = typeof api
