import { createHash } from 'node:crypto'
import express, { type Request, type Response, type Router } from 'express'
import { sendPage } from '../pages.ts'
import { hashOf, type Issued, issue } from '../state.ts'
import type { Vendor } from '../vendor.ts'
import { consentPage, errorPage } from './consent-page.ts'
import { administrator, clientId, clientSecret } from './developer-key.ts'

const codeLifeMs = 10 * 60_000
const refreshLifeMs = 365 * 86_400_000

/** Canvas's OAuth 2 endpoints: consent, tokens, revocation. */
export function oauthRoutes(vendor: Vendor): Router {
  const router = express.Router()
  router.use(express.urlencoded({ extended: false }), express.json())
  router.get('/auth', (req, res) => askForConsent(vendor, req, res))
  router.post('/accept', (req, res) => answerConsent(vendor, req, res))
  router.post('/token', (req, res) => giveTokens(vendor, req, res))
  router.delete('/token', (req, res) => revoke(vendor, req, res))
  return router
}

interface AuthorizationRequest {
  readonly redirectUri: string
  readonly state: string
  readonly scope: string
  readonly codeChallenge: string
}

function readRequest(from: URLSearchParams): AuthorizationRequest | string {
  const redirectUri = from.get('redirect_uri') ?? ''
  if (from.get('client_id') !== clientId) return 'invalid client'
  if (!URL.canParse(redirectUri) || !/^https?:/.test(redirectUri)) {
    return 'redirect_uri does not match client settings'
  }
  return {
    redirectUri,
    state: from.get('state') ?? '',
    scope: from.get('scope') ?? '',
    codeChallenge: from.get('code_challenge') ?? '',
  }
}

function askForConsent(vendor: Vendor, req: Request, res: Response): void {
  const query = new URLSearchParams(req.originalUrl.split('?')[1])
  const request = readRequest(query)
  if (typeof request === 'string') {
    sendPage(res.status(400), errorPage(vendor, request))
    return
  }
  if (query.get('response_type') !== 'code') {
    back(res, request, { error: 'unsupported_response_type' })
    return
  }
  // Browsers hold the redirect that follows a form to form-action as well.
  const formAction = `'self' ${new URL(request.redirectUri).origin}`
  sendPage(res, consentPage(vendor, [...query]), formAction)
}

async function answerConsent(vendor: Vendor, req: Request, res: Response): Promise<void> {
  const form = new URLSearchParams(req.body ?? {})
  const request = readRequest(form)
  if (typeof request === 'string') {
    sendPage(res.status(400), errorPage(vendor, request))
    return
  }
  if (form.get('decision') !== 'authorize') {
    back(res, request, { error: 'access_denied', error_description: 'The user denied the request' })
    return
  }
  const { redirectUri, codeChallenge, scope } = request
  const now = vendor.now()
  const code = issue(
    vendor.state,
    {
      kind: 'code',
      subject: clientId,
      scope,
      expiresAt: now + codeLifeMs,
      redirectUri,
      ...(codeChallenge === '' ? {} : { codeChallenge }),
    },
    now,
  )
  await vendor.changed()
  back(res, request, { code })
}

function back(res: Response, request: AuthorizationRequest, answer: Record<string, string>): void {
  const url = new URL(request.redirectUri)
  for (const [name, value] of Object.entries(answer)) url.searchParams.set(name, value)
  if (request.state !== '') url.searchParams.set('state', request.state)
  res.redirect(302, url.href)
}

async function giveTokens(vendor: Vendor, req: Request, res: Response): Promise<void> {
  const form = new Map(Object.entries(req.body ?? {}).map(([name, value]) => [name, String(value)]))
  res.set('Cache-Control', 'no-store')
  if (form.get('client_id') !== clientId || form.get('client_secret') !== clientSecret(vendor)) {
    refuse(res, 401, 'invalid_client', 'unknown client')
    return
  }
  const grant = form.get('grant_type')
  if (grant === 'authorization_code') await exchangeCode(vendor, form, res)
  else if (grant === 'refresh_token') await refresh(vendor, form, res)
  else refuse(res, 400, 'unsupported_grant_type', 'The grant_type you requested is not supported')
}

const refuse = (res: Response, status: number, error: string, description: string) =>
  void res.status(status).json({ error, error_description: description })

type Form = ReadonlyMap<string, string>

async function exchangeCode(vendor: Vendor, form: Form, res: Response): Promise<void> {
  const hash = hashOf(form.get('code') ?? '')
  const code = vendor.state.issued[hash]
  delete vendor.state.issued[hash]
  if (code?.kind !== 'code' || code.expiresAt <= vendor.now()) {
    refuse(res, 400, 'invalid_grant', 'authorization_code not found')
    return
  }
  if (form.get('redirect_uri') !== code.redirectUri) {
    refuse(res, 400, 'invalid_grant', 'redirect_uri does not match the authorization request')
    return
  }
  if (code.codeChallenge !== undefined && challengeOf(form) !== code.codeChallenge) {
    refuse(res, 400, 'invalid_grant', 'code_verifier does not match the code_challenge')
    return
  }
  const now = vendor.now()
  const refreshToken = issue(
    vendor.state,
    { kind: 'refresh', subject: clientId, scope: code.scope, expiresAt: now + refreshLifeMs },
    now,
  )
  const answer = accessToken(vendor, code.scope, hashOf(refreshToken))
  await vendor.changed()
  res.json({ ...answer, refresh_token: refreshToken })
}

const challengeOf = (form: Form): string =>
  createHash('sha256')
    .update(form.get('code_verifier') ?? '')
    .digest('base64url')

async function refresh(vendor: Vendor, form: Form, res: Response): Promise<void> {
  const hash = hashOf(form.get('refresh_token') ?? '')
  const known = vendor.state.issued[hash]
  if (known?.kind !== 'refresh' || vendor.state.dials.expiredCredentials) {
    refuse(res, 400, 'invalid_grant', 'refresh_token not found')
    return
  }
  // Canvas keeps the refresh token: the answer holds none.
  const answer = accessToken(vendor, known.scope, hash)
  await vendor.changed()
  res.json(answer)
}

function accessToken(vendor: Vendor, scope: string, parent: string) {
  const expiresIn = vendor.state.dials.tokenLifeSeconds
  const now = vendor.now()
  const issued: Issued = {
    kind: 'access',
    subject: String(administrator.id),
    scope,
    expiresAt: now + expiresIn * 1000,
    parent,
  }
  return {
    access_token: issue(vendor.state, issued, now),
    token_type: 'Bearer',
    user: {
      id: administrator.id,
      name: administrator.name,
      global_id: `1000000000000${administrator.id}`,
      effective_locale: 'en-GB',
    },
    canvas_region: 'eu-west-2',
    expires_in: expiresIn,
  }
}

async function revoke(vendor: Vendor, req: Request, res: Response): Promise<void> {
  const hash = bearerHash(req)
  const access = hash === undefined ? undefined : vendor.state.issued[hash]
  if (hash === undefined || access?.kind !== 'access') {
    res.status(401).json({ errors: [{ message: 'Invalid access token.' }] })
    return
  }
  delete vendor.state.issued[hash]
  if (access.parent !== undefined) delete vendor.state.issued[access.parent]
  await vendor.changed()
  res.json({})
}

/** The hash of the bearer token of a request. */
export function bearerHash(req: Request): string | undefined {
  const token = req.get('authorization')?.match(/^Bearer (\S+)$/i)?.[1]
  return token === undefined ? undefined : hashOf(token)
}
