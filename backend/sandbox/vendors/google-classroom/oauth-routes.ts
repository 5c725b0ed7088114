import { createHash } from 'node:crypto'
import express, { type Request, type Response, type Router } from 'express'
import { sendPage } from '../pages.ts'
import { hashOf, type Issued, issue } from '../state.ts'
import type { Vendor } from '../vendor.ts'
import { idToken, publicKeys } from './identity.ts'
import { googleUserId } from './ids.ts'
import { clientId, clientSecret, otherClientId } from './project.ts'
import { findUser } from './school.ts'
import { knownScopes } from './scopes.ts'
import { blockedPage, signInPage } from './sign-in-page.ts'
import { storeOf } from './store.ts'

const codeLifeMs = 10 * 60_000
const refreshLifeMs = 180 * 86_400_000

/** Google's OAuth 2.0 and OpenID Connect endpoints for web applications. */
export function oauthRoutes(vendor: Vendor): Router {
  const router = express.Router()
  const form = express.urlencoded({ extended: false })
  router.get('/o/oauth2/v2/auth', (req, res) => askForConsent(vendor, req, res))
  router.post('/o/oauth2/v2/auth', form, (req, res) => answerConsent(vendor, req, res))
  router.post('/token', form, (req, res) => giveTokens(vendor, req, res))
  router.post('/revoke', form, (req, res) => revoke(vendor, req, res))
  router.get('/oauth2/v3/certs', async (_req, res) => void res.json(await publicKeys()))
  return router
}

interface AuthorizationRequest {
  readonly client: string
  readonly redirectUri: string
  readonly state: string
  readonly scopes: readonly string[]
  readonly codeChallenge: string
  readonly nonce: string
  readonly isOffline: boolean
  readonly asksAgain: boolean
  readonly addsToGranted: boolean
}

type Refusal = readonly [code: string, reason: string]

const isRefusal = (one: AuthorizationRequest | Refusal): one is Refusal => Array.isArray(one)

function readRequest(from: URLSearchParams): AuthorizationRequest | Refusal {
  const get = (name: string) => from.get(name) ?? ''
  const client = get('client_id')
  const redirectUri = get('redirect_uri')
  if (client !== clientId && client !== otherClientId) {
    return ['invalid_client', 'The OAuth client was not found.']
  }
  if (!URL.canParse(redirectUri) || !/^https?:/.test(redirectUri)) {
    return ['redirect_uri_mismatch', 'The redirect URI in the request is not registered.']
  }
  if (get('response_type') !== 'code') {
    return ['unsupported_response_type', 'Only the response type “code” is offered.']
  }
  const scopes = get('scope').split(' ').filter(Boolean)
  const unknown = scopes.filter((scope) => !knownScopes.has(scope))
  if (scopes.length === 0) return ['invalid_request', 'Missing required parameter: scope']
  if (unknown.length > 0) return ['invalid_scope', `Some requested scopes were invalid. ${unknown}`]
  const challenge = get('code_challenge')
  if (challenge !== '' && get('code_challenge_method') !== 'S256') {
    return ['invalid_request', 'Only the code challenge method S256 is offered here.']
  }
  return {
    client,
    redirectUri,
    state: get('state'),
    scopes,
    codeChallenge: challenge,
    nonce: get('nonce'),
    isOffline: get('access_type') === 'offline',
    asksAgain: get('prompt').split(' ').includes('consent'),
    addsToGranted: get('include_granted_scopes') === 'true',
  }
}

async function askForConsent(vendor: Vendor, req: Request, res: Response): Promise<void> {
  const query = new URLSearchParams(req.originalUrl.split('?')[1])
  const request = readRequest(query)
  if (isRefusal(request)) {
    sendPage(res.status(400), blockedPage(vendor, ...request))
    return
  }
  if (query.get('prompt') === 'none') {
    const user = findUser(vendor, query.get('login_hint') ?? '')
    const granted = storeOf(vendor).granted[`${request.client} ${user && googleUserId(user.id)}`]
    if (user && granted && request.scopes.every((scope) => granted.includes(scope))) {
      await approve(vendor, res, request, googleUserId(user.id))
    } else back(res, request, { error: 'interaction_required' })
    return
  }
  // Browsers hold the redirect that follows a form to form-action as well.
  const formAction = `'self' ${new URL(request.redirectUri).origin}`
  sendPage(res, signInPage(vendor, [...query], request.scopes), formAction)
}

async function answerConsent(vendor: Vendor, req: Request, res: Response): Promise<void> {
  const form = new URLSearchParams(req.body ?? {})
  const request = readRequest(form)
  if (isRefusal(request)) {
    sendPage(res.status(400), blockedPage(vendor, ...request))
    return
  }
  const user = findUser(vendor, form.get('account') ?? '')
  if (form.get('decision') !== 'allow' || !user) {
    back(res, request, { error: 'access_denied' })
    return
  }
  await approve(vendor, res, request, googleUserId(user.id))
}

async function approve(
  vendor: Vendor,
  res: Response,
  request: AuthorizationRequest,
  userId: string,
): Promise<void> {
  const { client, codeChallenge, redirectUri, scopes } = request
  const store = storeOf(vendor)
  const who = `${client} ${userId}`
  const before = store.granted[who] ?? []
  const isFirst = before.length === 0
  store.granted[who] = [...new Set([...before, ...scopes])]
  const given = request.addsToGranted ? (store.granted[who] ?? scopes) : scopes
  // Without prompt=consent only the first consent gives a refresh token.
  const refreshes = request.isOffline && (isFirst || request.asksAgain)
  const now = vendor.now()
  const code = issue(
    vendor.state,
    {
      kind: 'code',
      subject: who,
      scope: given.join(' '),
      expiresAt: now + codeLifeMs,
      redirectUri,
      ...(codeChallenge !== '' && { codeChallenge }),
      parent: JSON.stringify({ nonce: request.nonce, refreshes }),
    },
    now,
  )
  await vendor.changed()
  back(res, request, { code, scope: given.join(' '), hd: 'larkfield.example' })
}

function back(res: Response, request: AuthorizationRequest, answer: Record<string, string>): void {
  const url = new URL(request.redirectUri)
  for (const [name, value] of Object.entries(answer)) url.searchParams.set(name, value)
  if (request.state !== '') url.searchParams.set('state', request.state)
  res.redirect(302, url.href)
}

const refuse = (res: Response, status: number, error: string, description: string) =>
  void res.status(status).json({ error, error_description: description })

type Form = ReadonlyMap<string, string>

async function giveTokens(vendor: Vendor, req: Request, res: Response): Promise<void> {
  const form = new Map(Object.entries(req.body ?? {}).map(([name, value]) => [name, String(value)]))
  res.set('Cache-Control', 'no-cache, no-store, max-age=0, must-revalidate')
  const client = form.get('client_id')
  if (client !== clientId && client !== otherClientId) {
    refuse(res, 401, 'invalid_client', 'The OAuth client was not found.')
    return
  }
  if (form.get('client_secret') !== clientSecret(vendor)) {
    refuse(res, 401, 'invalid_client', 'Unauthorized')
    return
  }
  const grant = form.get('grant_type')
  if (grant === 'authorization_code') await exchangeCode(vendor, client, form, res)
  else if (grant === 'refresh_token') await refresh(vendor, client, form, res)
  else refuse(res, 400, 'unsupported_grant_type', `Invalid grant_type: ${grant ?? ''}`)
}

async function exchangeCode(
  vendor: Vendor,
  client: string,
  form: Form,
  res: Response,
): Promise<void> {
  const hash = hashOf(form.get('code') ?? '')
  const code = vendor.state.issued[hash]
  delete vendor.state.issued[hash]
  if (code?.kind !== 'code' || code.expiresAt <= vendor.now() || clientOf(code) !== client) {
    refuse(res, 400, 'invalid_grant', 'Malformed auth code.')
    return
  }
  if (form.get('redirect_uri') !== code.redirectUri) {
    refuse(res, 400, 'redirect_uri_mismatch', 'Bad Request')
    return
  }
  if (code.codeChallenge !== undefined && challengeOf(form) !== code.codeChallenge) {
    refuse(res, 400, 'invalid_grant', 'Invalid code verifier.')
    return
  }
  const { nonce, refreshes } = JSON.parse(code.parent ?? '{}')
  const now = vendor.now()
  const { subject, scope } = code
  const refreshToken = refreshes
    ? issue(vendor.state, { kind: 'refresh', subject, scope, expiresAt: now + refreshLifeMs }, now)
    : undefined
  const answer = await accessToken(vendor, code, refreshToken && hashOf(refreshToken), nonce)
  await vendor.changed()
  res.json({ ...answer, ...(refreshToken && { refresh_token: refreshToken }) })
}

const clientOf = ({ subject }: Issued): string => subject.split(' ')[0] ?? ''
const userOf = ({ subject }: Issued): string => subject.split(' ')[1] ?? ''

const challengeOf = (form: Form): string =>
  createHash('sha256')
    .update(form.get('code_verifier') ?? '')
    .digest('base64url')

async function refresh(vendor: Vendor, client: string, form: Form, res: Response): Promise<void> {
  const hash = hashOf(form.get('refresh_token') ?? '')
  const known = vendor.state.issued[hash]
  const isGood = known?.kind === 'refresh' && clientOf(known) === client
  if (!isGood || vendor.state.dials.expiredCredentials) {
    refuse(res, 400, 'invalid_grant', 'Token has been expired or revoked.')
    return
  }
  const answer = await accessToken(vendor, known, hash, '')
  await vendor.changed()
  res.json(answer)
}

async function accessToken(
  vendor: Vendor,
  from: Issued,
  parent: string | undefined,
  nonce: string,
): Promise<object> {
  const { subject, scope } = from
  const expiresIn = vendor.state.dials.tokenLifeSeconds
  const now = vendor.now()
  const issued: Issued = {
    kind: 'access',
    subject,
    scope,
    expiresAt: now + expiresIn * 1000,
    ...(parent !== undefined && { parent }),
  }
  const user = findUser(vendor, userOf(from))
  const scopes = scope.split(' ')
  const identity =
    user && scopes.includes('openid')
      ? await idToken(vendor, user, { client: clientOf(from), nonce, scopes })
      : undefined
  return {
    access_token: issue(vendor.state, issued, now),
    expires_in: expiresIn,
    scope,
    token_type: 'Bearer',
    ...(identity && { id_token: identity }),
  }
}

async function revoke(vendor: Vendor, req: Request, res: Response): Promise<void> {
  const token = String(req.body?.token ?? req.query['token'] ?? '')
  const hash = hashOf(token)
  const known = vendor.state.issued[hash]
  if (!known || known.kind === 'code') {
    refuse(res, 400, 'invalid_token', 'Token expired or revoked')
    return
  }
  const { issued } = vendor.state
  delete storeOf(vendor).granted[known.subject]
  for (const [other, one] of Object.entries(issued)) {
    if (one.subject === known.subject) delete issued[other]
  }
  await vendor.changed()
  res.json({})
}
