import express, { type Router } from 'express'
import { frontPage, type Vendor, type VendorDefinition } from '../vendor.ts'
import { courseRoutes } from './course-routes.ts'
import { refuse } from './results.ts'
import { applicationKey, applicationSecret, giveToken, isAuthorised } from './token.ts'

const dailyLimit = 10_000

/** Blackboard Learn with a REST application that its administrator has added. */
export const blackboard: VendorDefinition = {
  id: 'blackboard',
  name: 'Blackboard Learn',
  summary:
    'A Blackboard Learn site with a REST application: tokens last an hour, calls are counted.',
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
    'users',
    'day',
  ],
  paste: (vendor) => [
    { label: 'Blackboard address', value: vendor.baseUrl },
    { label: 'Application key', value: applicationKey },
    { label: 'Application secret', value: applicationSecret(vendor) },
  ],
  routes,
  down: frontPage(503, 'Maintenance', 'Blackboard Learn is currently undergoing maintenance.'),
  lying: frontPage(200, 'Blackboard Learn', 'Your session has expired. Please sign in.'),
  rateLimited: ({ state: { dials } }) => {
    const status = dials.throttleAs403 ? 403 : 429
    return {
      status,
      type: 'application/json',
      body: JSON.stringify({ status, code: 'bb-rest-rate-limit', message: 'Rate limit exceeded' }),
      headers: limitHeaders(0, dailyLimit, dials.retryAfterSeconds),
    }
  },
  quotaHeaders: ({ remaining, limit, resetAt }) =>
    limitHeaders(Math.max(0, remaining), limit, Math.ceil((resetAt - Date.now()) / 1000)),
}

const limitHeaders = (remaining: number, limit: number, resetSeconds: number) => ({
  'X-Rate-Limit-Limit': String(limit),
  'X-Rate-Limit-Remaining': String(remaining),
  'X-Rate-Limit-Reset': String(resetSeconds),
})

function routes(vendor: Vendor): Router {
  const api = express.Router()
  api.use((_req, res, next) => {
    if (res.get('X-Rate-Limit-Limit') === undefined) {
      const used = vendor.requests.count() % dailyLimit
      res.set(limitHeaders(dailyLimit - used, dailyLimit, 43_200))
    }
    next()
  })
  api.post('/v1/oauth2/token', express.urlencoded({ extended: false }), (req, res) =>
    giveToken(vendor, req, res),
  )
  api.get('/v1/system/version', (_req, res) => {
    const learn = { major: 3900, minor: 95, patch: 0, build: 'rel.61+f63bd9c' }
    res.json(vendor.state.dials.changedSchema ? { learn: '3900.95.0' } : { learn })
  })
  api.use((req, res, next) => {
    if (isAuthorised(vendor, req)) next()
    else refuse(res, 401, 'bb-rest-unauthorized', 'Bearer token is invalid')
  })
  courseRoutes(vendor, api)
  api.use((_req, res) => refuse(res, 404, 'bb-rest-not-found', 'The path was not found.'))

  const router = express.Router()
  router.use('/learn/api/public', api)
  router.use((_req, res) => void res.status(404).type('html').send('<h1>Not found</h1>'))
  return router
}
