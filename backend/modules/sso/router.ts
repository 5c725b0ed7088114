import { parseCookie } from 'cookie'
import express, { type NextFunction, type Request, type Response, Router } from 'express'
import { AppError } from '../../../shared/errors.ts'
import { recordAudit } from '../../core/audit/index.ts'
import { systemContext, type TenantContext } from '../../core/tenancy.ts'
import { loginCookie, readSecret } from './cookies.ts'
import type { SsoParts } from './deps.ts'
import {
  type BegunLogin,
  findWaiting,
  hasSecret,
  insertLogin,
  type LoginRow,
  type Purpose,
  redeemCode,
  takeAnswer,
} from './login-store.ts'
import { nextPage } from './next-page.ts'
import {
  authorizationUrl,
  type OidcDeps,
  type OidcProvider,
  redeemAuthorization,
} from './oidc/relying-party.ts'
import { sendRefusal } from './pages.ts'
import type { Assertion } from './people/assertion.ts'
import { examine, linkPerson, resolvePerson } from './people/resolve-person.ts'
import { findProviderAnywhere, noteOnProvider, type ProviderRow } from './provider-store.ts'
import { openSecret } from './providers.ts'
import {
  readResponse,
  readSignOut,
  type SamlProvider,
  serviceMetadata,
  signInUrl,
  signOutUrl,
} from './saml/service-provider.ts'
import { findProviderSession, saveProviderSession, takeProviderSessions } from './session-store.ts'

const parseForm = express.urlencoded({ extended: false, limit: '768kb', parameterLimit: 10 })

/** The addresses that browsers of staff pass through while they sign in and out. */
export function createSsoRouter(deps: SsoParts): Router {
  const router = Router()
  const { publicUrl } = deps.settings
  const samlDeps = { publicUrl, now: deps.now }
  const oidcDeps: OidcDeps = {
    publicUrl,
    now: deps.now,
    outgoing: deps.outgoing,
    discover: deps.discover,
    secretOf: (provider) => openSecret(deps, provider),
  }

  router.get('/saml/:id/login', async (req, res) => {
    const provider = await samlProvider(req.params.id)
    const begun = await begin(deps, provider, req, res)
    answerBegun(res, begun, await signInUrl(samlDeps, provider, begun.login))
  })
  router.post('/saml/:id/acs', parseForm, async (req, res) => {
    const provider = await samlProvider(req.params.id)
    const { SAMLResponse } = textFields(req.body)
    if (!SAMLResponse) {
      throw new AppError('sso_answer_refused', 'There is no SAMLResponse in this request')
    }
    const { login, assertion } = await readResponse(samlDeps, provider, SAMLResponse)
    const code = await takeAnswer(login, assertion, deps.now())
    if (code === null) throw answerUsed()
    // Another site's form brings no cookie of ours; the redirect that follows does.
    const query = new URLSearchParams({ code, sign_in: login._id })
    redirect(res, `/saml/${provider._id}/landing?${query}`)
  })
  router.get('/saml/:id/landing', async (req, res) => {
    const provider = await samlProvider(req.params.id)
    const { code = '', sign_in: loginId = '' } = textFields(req.query)
    const secret = readSecret(publicUrl, loginId, cookiesOf(req))
    if (secret === undefined) throw otherBrowser()
    const login = await redeemCode(provider._id, code, secret, deps.now())
    if (login === null) throw answerUsed()
    await finish(deps, provider, login, login.assertion, req, res)
  })
  router.get('/saml/:id/metadata', async (req, res) => {
    const provider = await samlProvider(req.params.id)
    res.type('application/samlmetadata+xml').send(serviceMetadata(samlDeps, provider))
  })
  router.get('/saml/:id/logout', async (req, res) => {
    const provider = await samlProvider(req.params.id)
    const staff = await deps.whoIs(browserOf(req, res))
    if (staff?.principal.kind !== 'staff') return redirect(res, '/sign-in')
    const { sessionId } = staff.principal
    const session = await findProviderSession(provider, sessionId)
    await deps.endSession(sessionId)
    await recordAudit(staff, {
      action: 'session.end',
      target: { type: 'staff-user', id: staff.principal.id },
      result: 'success',
    })
    if (session === null || provider.saml.signOutUrl === null) return redirect(res, '/sign-in')
    await takeProviderSessions(provider, session.nameId, session.sessionIndex)
    redirect(res, await signOutUrl(samlDeps, provider, session))
  })
  router.get('/saml/:id/slo', (req, res) => {
    const at = req.originalUrl.indexOf('?')
    return signOut(req, res, textFields(req.query), at < 0 ? '' : req.originalUrl.slice(at + 1))
  })
  router.post('/saml/:id/slo', parseForm, (req, res) =>
    signOut(req, res, textFields(req.body), null),
  )

  async function signOut(
    req: Request,
    res: Response,
    values: Readonly<Record<string, string | undefined>>,
    originalQuery: string | null,
  ): Promise<void> {
    const provider = await samlProvider(String(req.params['id']))
    const request = await readSignOut(samlDeps, provider, { values, originalQuery })
    if (request === null) return redirect(res, '/sign-in')
    const { nameId, sessionIndex } = request
    const sessions = await takeProviderSessions(provider, nameId, sessionIndex)
    for (const sessionId of sessions) await deps.endSession(sessionId)
    redirect(res, await request.answerUrl(true))
  }

  router.get('/oidc/:id/login', async (req, res) => {
    const provider = await oidcProvider(req.params.id)
    const begun = await begin(deps, provider, req, res)
    answerBegun(res, begun, await authorizationUrl(oidcDeps, provider, begun.login))
  })
  router.get('/oidc/:id/callback', async (req, res) => {
    const provider = await oidcProvider(req.params.id)
    const { code, state = '', iss, error, error_description } = textFields(req.query)
    const login = await findWaiting({ _id: state }, provider._id, deps.now())
    if (login === null) throw answerUsed()
    if (!hasSecret(login, readSecret(publicUrl, login._id, cookiesOf(req)))) throw otherBrowser()
    if (error !== undefined || code === undefined) {
      throw new AppError(
        'sso_answer_refused',
        `The identity provider refused the sign-in: ${(error_description ?? error ?? 'no reason given').slice(0, 300)}`,
      )
    }
    const assertion = await redeemAuthorization(oidcDeps, provider, login, { code, iss })
    if ((await takeAnswer(login, assertion, deps.now())) === null) throw answerUsed()
    await finish(deps, provider, login, assertion, req, res)
  })

  function answerBegun(res: Response, { login, secret }: BegunLogin, url: string): void {
    res.append('set-cookie', loginCookie(publicUrl, login._id, secret))
    redirect(res, url)
  }

  router.use(
    ['/saml', '/oidc'],
    (error: unknown, req: Request, res: Response, next: NextFunction) => {
      sendRefusal(deps, error, req, res, next)
    },
  )
  return router
}

async function begin(
  deps: SsoParts,
  provider: ProviderRow,
  req: Request,
  res: Response,
): Promise<BegunLogin> {
  const { next, purpose } = textFields(req.query)
  return insertLogin(
    provider,
    { purpose: await purposeOf(deps, provider, purpose, req, res), next: nextPage(next) },
    deps.now(),
  )
}

/** Linking and testing are for whoever is signed in here. */
async function purposeOf(
  deps: SsoParts,
  provider: ProviderRow,
  purpose: string | undefined,
  req: Request,
  res: Response,
): Promise<Purpose> {
  if (purpose !== 'test' && purpose !== 'link') {
    if (!provider.enabled) throw unknownProvider()
    return { kind: 'sign-in' }
  }
  // A page of another site must not begin either in the name of whoever looks at it.
  const site = req.get('sec-fetch-site')
  if (site !== undefined && site !== 'same-origin') {
    throw new AppError('csrf_failed', 'Begin this on a page of this site')
  }
  const staff = await deps.whoIs(browserOf(req, res))
  if (staff?.principal.kind !== 'staff') {
    throw new AppError('unauthenticated', 'Sign in with your password first, then do this again')
  }
  if (purpose === 'test') return { kind: 'test' }
  if (!provider.enabled) throw unknownProvider()
  return { kind: 'link', personId: staff.principal.id }
}

/** The person is known: signs in, links or reports, as it was begun. */
async function finish(
  deps: SsoParts,
  provider: ProviderRow,
  login: LoginRow,
  assertion: Assertion,
  req: Request,
  res: Response,
): Promise<void> {
  const now = deps.now()
  const ctx = contextOf(provider, req, res)
  res.append('set-cookie', loginCookie(deps.settings.publicUrl, login._id, ''))
  if (login.purpose.kind === 'test') {
    const steps = await examine(provider, assertion)
    await noteOnProvider(provider, { lastTest: { at: now, steps, claims: [...assertion.claims] } })
    return redirect(res, `/admin/sso/${provider._id}?tested`)
  }
  if (login.purpose.kind === 'link') {
    const staff = await deps.whoIs(browserOf(req, res))
    const isSame =
      staff?.principal.kind === 'staff' && staff.principal.id === login.purpose.personId
    if (!isSame) throw otherBrowser()
    await linkPerson(ctx, provider, login.purpose.personId, assertion)
    return redirect(res, '/admin/account?linked')
  }
  const account = await resolvePerson(ctx, provider, assertion, now).catch((error: unknown) =>
    auditRefusal(ctx, provider, error),
  )
  const cookies: string[] = []
  const sessionId = await deps.signInAs(ctx, account.id, {
    ...browserOf(req, res),
    setHeader: (_name, value) => cookies.push(...[value].flat()),
  })
  if (sessionId === null) {
    throw new AppError('sso_account_not_allowed', 'This account is disabled; ask an administrator')
  }
  if (assertion.samlSession) {
    await saveProviderSession(provider, sessionId, assertion.samlSession, now)
  }
  await noteOnProvider(provider, { lastSignInAt: now })
  for (const cookie of cookies) res.append('set-cookie', cookie)
  redirect(res, login.next)
}

async function auditRefusal(
  ctx: TenantContext,
  { _id }: ProviderRow,
  error: unknown,
): Promise<never> {
  if (error instanceof AppError) {
    await recordAudit(ctx, {
      action: 'session.create',
      target: { type: 'identity-provider', id: _id },
      result: 'refused',
      detail: error.code,
    })
  }
  throw error
}

async function samlProvider(id: string): Promise<SamlProvider> {
  const provider = await findProviderAnywhere(id)
  if (provider === null || provider.saml === null) throw unknownProvider()
  return { ...provider, saml: provider.saml }
}

async function oidcProvider(id: string): Promise<OidcProvider> {
  const provider = await findProviderAnywhere(id)
  if (provider === null || provider.oidc === null) throw unknownProvider()
  return { ...provider, oidc: provider.oidc }
}

function contextOf({ tenantId, _id }: ProviderRow, req: Request, res: Response): TenantContext {
  return { ...systemContext(tenantId, `sso.${_id}`), ...requestOf(req, res) }
}

function requestOf(req: Request, res: Response): { requestId: string; remoteAddress: string } {
  return { requestId: String(res.locals['requestId']), remoteAddress: req.ip ?? '' }
}

function browserOf(req: Request, res: Response) {
  return { ...requestOf(req, res), cookies: cookiesOf(req) }
}

function cookiesOf(req: Request): Readonly<Record<string, string | undefined>> {
  return parseCookie(req.headers.cookie ?? '')
}

/** A parameter that comes twice, or as an object, is none. */
function textFields(source: unknown): Readonly<Record<string, string | undefined>> {
  const entries = Object.entries((source ?? {}) as object)
  return Object.fromEntries(
    entries.filter((entry): entry is [string, string] => typeof entry[1] === 'string'),
  )
}

function redirect(res: Response, location: string): void {
  res.setHeader('cache-control', 'no-store')
  res.setHeader('referrer-policy', 'no-referrer')
  res.statusCode = 303
  res.setHeader('location', location)
  res.end()
}

function unknownProvider(): AppError {
  return new AppError('not_found', 'There is no such sign-in; begin on the sign-in page')
}

function answerUsed(): AppError {
  return new AppError(
    'sso_answer_used',
    'This sign-in was finished already, or took longer than ten minutes; begin it again',
  )
}

function otherBrowser(): AppError {
  return new AppError(
    'sso_not_begun_here',
    'This sign-in was begun in another browser or window; begin it again in this one',
  )
}
