import express, { type Request, type Response, type Router } from 'express'
import { hashOf, issue } from '../state.ts'
import { frontPage, secretOf, type Vendor, type VendorDefinition } from '../vendor.ts'
import { collections } from './collections.ts'
import { imsError } from './ims-error.ts'
import { answerList, answerOne } from './list.ts'

const clientId = 'larkfield-oneroster'
const secret = 'oneroster-test-secret'
const scopePrefix = 'https://purl.imsglobal.org/spec/or/v1p2/scope/'
const offered = ['roster-core.readonly', 'roster.readonly'].map((name) => scopePrefix + name)
const root = '/ims/oneroster/rostering/v1p2'

/** A school information system that offers OneRoster 1.2 rostering. */
export const oneroster: VendorDefinition = {
  id: 'oneroster',
  name: 'OneRoster 1.2',
  summary: 'A school information system with OneRoster 1.2 rostering and OAuth 2 tokens.',
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
    'users',
    'day',
  ],
  paste: (vendor) => [
    { label: 'Service address', value: `${vendor.baseUrl}${root}` },
    { label: 'Token address', value: `${vendor.baseUrl}/oauth/token` },
    { label: 'Client ID', value: clientId },
    { label: 'Client secret', value: secretOf(vendor, secret) },
  ],
  routes,
  down: frontPage(503, 'Service Unavailable', 'The service is temporarily unavailable.'),
  lying: frontPage(200, 'Sign in', 'Your session has ended. Please sign in again.'),
  rateLimited: () => ({
    status: 429,
    type: 'application/json',
    body: JSON.stringify(imsError('server_busy', 'Too many requests, try again later.')),
  }),
}

function routes(vendor: Vendor): Router {
  const router = express.Router()
  router.post('/oauth/token', express.urlencoded({ extended: false }), (req, res) =>
    giveToken(vendor, req, res),
  )
  router.use(root, (req, res, next) => {
    if (isAuthorised(vendor, req)) next()
    else {
      res
        .status(401)
        .set('WWW-Authenticate', 'Bearer error="invalid_token"')
        .json(imsError('unauthorisedrequest', 'The access token is missing or no longer valid.'))
    }
  })
  for (const name of Object.keys(collections)) {
    router.get(`${root}/${name}`, (req, res) => answerList(vendor, name, req, res))
    router.get(`${root}/${name}/:sourcedId`, (req, res) => answerOne(vendor, name, req, res))
  }
  router.use(
    (_req, res) =>
      void res.status(404).json(imsError('unknownobject', 'There is no such service.')),
  )
  return router
}

function giveToken(vendor: Vendor, req: Request, res: Response): void {
  const form: Record<string, unknown> = req.body ?? {}
  res.set({ 'Cache-Control': 'no-store', Pragma: 'no-cache' })
  if (!isClient(vendor, req)) {
    res
      .status(401)
      .set('WWW-Authenticate', 'Basic realm="oneroster"')
      .json({ error: 'invalid_client', error_description: 'Unknown client or wrong secret.' })
    return
  }
  if (form['grant_type'] !== 'client_credentials') {
    res.status(400).json({ error: 'unsupported_grant_type' })
    return
  }
  const asked = String(form['scope'] ?? '')
    .split(' ')
    .filter(Boolean)
  const granted = asked.filter((scope) => offered.includes(scope))
  if (granted.length === 0) {
    res.status(400).json({ error: 'invalid_scope', error_description: 'Ask for a roster scope.' })
    return
  }
  const expiresIn = vendor.state.dials.tokenLifeSeconds
  const expiresAt = vendor.now() + expiresIn * 1000
  const scope = granted.join(' ')
  const token = issue(
    vendor.state,
    { kind: 'access', subject: clientId, scope, expiresAt },
    vendor.now(),
  )
  res.json({ access_token: token, token_type: 'bearer', expires_in: expiresIn, scope })
}

/** OAuth 2 client_secret_basic. */
function isClient(vendor: Vendor, req: Request): boolean {
  const encoded = req.get('authorization')?.match(/^Basic (\S+)$/i)?.[1] ?? ''
  const expected = `${clientId}:${secretOf(vendor, secret)}`
  const isKnown = Buffer.from(encoded, 'base64').toString() === expected
  return isKnown && !vendor.state.dials.expiredCredentials
}

function isAuthorised(vendor: Vendor, req: Request): boolean {
  const token = req.get('authorization')?.match(/^Bearer (\S+)$/i)?.[1]
  const issued = token === undefined ? undefined : vendor.state.issued[hashOf(token)]
  if (!issued || vendor.state.dials.expiredCredentials) return false
  return issued.kind === 'access' && issued.expiresAt > vendor.now()
}
