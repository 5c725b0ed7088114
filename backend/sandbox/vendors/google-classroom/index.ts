import express, { type Router } from 'express'
import { frontPage, type Vendor, type VendorDefinition } from '../vendor.ts'
import { apiRoutes } from './api-routes.ts'
import { classPages } from './class-page.ts'
import { errorBody, GoogleError, notFound, sendError } from './google-error.ts'
import { oauthRoutes } from './oauth-routes.ts'
import { clientId, clientSecret, pushAccount, topicName } from './project.ts'
import { pushRoutes } from './push.ts'

const json = 'application/json; charset=utf-8'
const bodyOf = (error: GoogleError): string => JSON.stringify(errorBody(error))

/** Google Classroom with the sign-in of Google and the push of Cloud Pub/Sub. */
export const googleClassroom: VendorDefinition = {
  id: 'google-classroom',
  name: 'Google Classroom',
  summary:
    'A Google Workspace for Education domain with Classroom: people sign in and allow scopes one by one.',
  dials: [
    'down',
    'dropped',
    'lying',
    'rateLimited',
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
    { label: 'Classroom API', value: vendor.baseUrl },
    { label: 'Classroom', value: vendor.baseUrl },
    { label: 'Client ID', value: clientId },
    { label: 'Client secret', value: clientSecret(vendor) },
    { label: 'Authorisation address', value: `${vendor.baseUrl}/o/oauth2/v2/auth` },
    { label: 'Token address', value: `${vendor.baseUrl}/token` },
    { label: 'Keys', value: `${vendor.baseUrl}/oauth2/v3/certs` },
    { label: 'Issuer', value: vendor.baseUrl },
    { label: 'Pub/Sub topic', value: topicName },
    { label: 'Push service account', value: pushAccount },
  ],
  routes,
  down: {
    status: 503,
    type: json,
    body: bodyOf(new GoogleError('UNAVAILABLE', 'The service is currently unavailable.')),
  },
  lying: frontPage(200, 'Error 500 (Server Error)!!1', 'That’s an error. That’s all we know.'),
  rateLimited: () => ({
    status: 429,
    type: json,
    body: bodyOf(
      new GoogleError(
        'RESOURCE_EXHAUSTED',
        "Quota exceeded for quota metric 'Queries' and limit 'Queries per minute per user' of service 'classroom.googleapis.com'.",
        'RATE_LIMIT_EXCEEDED',
      ),
    ),
  }),
}

function routes(vendor: Vendor): Router {
  const router = express.Router()
  router.use(oauthRoutes(vendor))
  router.use('/pubsub', pushRoutes(vendor))
  router.use('/v1', apiRoutes(vendor))
  router.use(classPages(vendor))
  router.use((_req, res) => sendError(res, notFound()))
  return router
}
