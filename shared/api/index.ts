import { accessApi } from './access.ts'
import { itemsApi } from './items.ts'
import { ltiApi } from './lti.ts'
import { operationsApi } from './operations.ts'
import { resourcesApi } from './resources.ts'

/** Every route of the REST API. */
export const api = { ...itemsApi, ...ltiApi, ...resourcesApi, ...accessApi, ...operationsApi }
export type Api = typeof api
