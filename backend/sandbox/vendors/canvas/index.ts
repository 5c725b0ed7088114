import express, { type Router } from 'express'
import { frontPage, type Vendor, type VendorDefinition } from '../vendor.ts'
import { apiRoutes } from './api-routes.ts'
import { clientId, clientSecret } from './developer-key.ts'
import { oauthRoutes } from './oauth-routes.ts'

/** Canvas with a developer key for the authorization-code flow. */
export const canvas: VendorDefinition = {
  id: 'canvas',
  name: 'Canvas',
  summary: 'A Canvas account with a developer key: an administrator consents, tokens last an hour.',
  dials: [
    'down',
    'dropped',
    'lying',
    'rateLimited',
    'throttleAs403',
    'slowMs',
    'requestsPerMinute',
    'retryAfterSeconds',
    'expiredCredentials',
    'changedSchema',
    'missingRowsPercent',
    'clockSkewSeconds',
    'tokenLifeSeconds',
    'duplicateWebhooks',
    'users',
    'day',
  ],
  paste: (vendor) => [
    { label: 'Canvas address', value: vendor.baseUrl },
    { label: 'Client ID of the developer key', value: clientId },
    { label: 'Key of the developer key', value: clientSecret(vendor) },
    { label: 'Account', value: 'self' },
  ],
  routes,
  down: frontPage(503, 'Service Unavailable', 'Canvas is currently down for maintenance.'),
  lying: frontPage(200, 'Page Error', 'Something broke unexpectedly.'),
  rateLimited: ({ state }) => {
    const status = state.dials.throttleAs403 ? 403 : 429
    return {
      status,
      type: 'text/plain; charset=utf-8',
      body: `${status} Forbidden (Rate Limit Exceeded)`,
      headers: { 'X-Rate-Limit-Remaining': '0.0', 'X-Request-Cost': '0.0' },
    }
  },
  quotaHeaders: ({ remaining, limit }) => ({
    'X-Rate-Limit-Remaining': (Math.max(0, remaining / limit) * 700).toFixed(1),
  }),
}

function routes(vendor: Vendor): Router {
  const router = express.Router()
  router.use('/login/oauth2', oauthRoutes(vendor))
  router.use('/api/v1', apiRoutes(vendor))
  router.use(
    (_req, res) =>
      void res
        .status(404)
        .json({ errors: [{ message: 'The specified resource does not exist.' }] }),
  )
  return router
}
