import express, { type Request, type RequestHandler, type Response, Router } from 'express'
import { AppError } from '../../../shared/errors.ts'
import { allScopes } from '../../../shared/scopes.ts'
import { setPagePolicy } from '../../core/headers.ts'
import { sendPage } from '../../pages/layout.ts'
import { getTenant } from '../tenants/index.ts'
import { choicePage, consentPage } from './consent-page.ts'
import { type OAuthDeps, resourceOf } from './deps.ts'
import { errorPage } from './error-page.ts'
import {
  type Asked,
  allow,
  divide,
  type InteractionDetails,
  isRemembered,
  readAsked,
  refuse,
  sessionOf,
  tenantOf,
} from './interaction.ts'
import type { AuthorizationServer } from './server.ts'

const ofProvider = [
  '/oauth/authorize',
  '/oauth/authorize/:uid',
  '/oauth/token',
  '/oauth/jwks',
  '/oauth/introspect',
  '/oauth/revoke',
  '/oauth/par',
  '/.well-known/openid-configuration',
  '/.well-known/oauth-authorization-server',
]

/** The authorization server's endpoints, its consent page, and what says where they are. */
export function oauthRouter(server: AuthorizationServer, deps: OAuthDeps): Router {
  const router = Router()
  router.all(ofProvider, (req, res) => server.handle(req, res))
  router.get(
    ['/.well-known/oauth-protected-resource', '/.well-known/oauth-protected-resource/api'],
    (_req, res) => {
      res.setHeader('access-control-allow-origin', '*')
      res.json(protectedResource(deps))
    },
  )
  router.get('/oauth/interaction/:uid', page(server, deps, showRequest))
  router.post(
    '/oauth/interaction/:uid',
    express.urlencoded({ extended: false, limit: 10_000 }),
    page(server, deps, takeAnswer),
  )
  return router
}

/** RFC 9728. */
function protectedResource({ settings }: Pick<OAuthDeps, 'settings'>) {
  const { publicUrl } = settings
  return {
    resource: resourceOf(settings),
    resource_name: 'EdPsych Connect API',
    authorization_servers: [publicUrl],
    jwks_uri: `${publicUrl}/oauth/jwks`,
    scopes_supported: allScopes,
    bearer_methods_supported: ['header'],
    dpop_signing_alg_values_supported: ['ES256', 'EdDSA'],
    resource_documentation: `${publicUrl}/developers`,
    resource_policy_uri: `${publicUrl}/privacy`,
  }
}

interface Visit {
  readonly server: AuthorizationServer
  readonly deps: OAuthDeps
  readonly req: Request
  readonly res: Response
  readonly details: InteractionDetails
}

type Answer = (visit: Visit) => Promise<void>

/** Reads the request under way from its cookie; refusals become pages that people understand. */
function page(server: AuthorizationServer, deps: OAuthDeps, answer: Answer): RequestHandler {
  return async (req, res) => {
    try {
      const provider = await server.provider()
      // The type of the library leaves out when the request was made.
      const details = (await provider.interactionDetails(req, res)) as InteractionDetails
      if (details.jti !== req.params['uid']) throw new AppError('not_found', 'another request')
      await answer({ server, deps, req, res, details })
    } catch (error) {
      const isKnown = error instanceof AppError || (error as { expose?: unknown }).expose === true
      if (!isKnown || res.headersSent) throw error
      setPagePolicy(res)
      sendPage(res, {
        title: 'This request has ended',
        status: 400,
        main: errorPage(
          'This request has ended',
          'It was answered already, is more than 15 minutes old, or was started in another browser.',
          error instanceof AppError ? error.code : 'interaction_not_found',
        ),
      })
    }
  }
}

async function showRequest(visit: Visit): Promise<void> {
  const { deps, req, res, details } = visit
  const action = `/oauth/interaction/${details.jti}`
  const asked = await readAsked(details, await sessionOf(req, undefined, deps), deps)
  if (!asked) {
    res.redirect(303, `/sign-in?next=${encodeURIComponent(action)}`)
    return
  }
  const chosen = typeof req.query['tenant'] === 'string' ? req.query['tenant'] : undefined
  const tenant = tenantOf(asked, chosen)
  if (tenant) {
    await showConsent(visit, asked, tenant.id, action)
    return
  }
  if (asked.tenants.length === 0) {
    throw new AppError(
      'forbidden',
      'Your account has no organisation that this application may use',
    )
  }
  setPagePolicy(res)
  sendPage(res, {
    title: 'Choose an organisation',
    main: choicePage({ action, client: asked.client, tenants: asked.tenants }),
  })
}

async function showConsent(
  { server, deps, req, res, details }: Visit,
  asked: Asked,
  tenantId: string,
  action: string,
): Promise<void> {
  const tenant = asked.tenants.find(({ id }) => id === tenantId)
  if (!tenant) throw new AppError('not_found', 'The organisation does not exist')
  const division = await divide(asked, tenant.id, deps.now())
  if (isRemembered(asked, tenant.id, division)) {
    const provider = await server.provider()
    res.redirect(303, await allow(provider, { req, res }, asked, tenant, division, deps))
    return
  }
  const redirectUri = new URL(String(details.params['redirect_uri']))
  const owner = await getTenant(asked.client.tenantId)
  // Chrome holds the redirects after a form to this policy too.
  setPagePolicy(res, {
    formAction: `https: ${redirectUri.protocol === 'http:' ? 'http:' : ''}`.trim(),
  })
  sendPage(res, {
    title: 'Allow an application',
    main: consentPage({
      action,
      csrf: asked.session.csrfToken,
      person: asked.session.user,
      client: asked.client,
      ownerName: owner?.name ?? 'unknown',
      tenant,
      isChosen: asked.tenants.length > 1,
      identity: asked.identity,
      ...division,
      redirectHost: redirectUri.host,
      lasts: asked.client.grantTypes.includes('refresh_token'),
    }),
  })
}

async function takeAnswer({ server, deps, req, res, details }: Visit): Promise<void> {
  const form = (req.body ?? {}) as Record<string, unknown>
  const csrf = typeof form['csrf'] === 'string' ? form['csrf'] : undefined
  const asked = await readAsked(details, await sessionOf(req, csrf, deps), deps)
  if (!asked) {
    res.redirect(303, `/sign-in?next=${encodeURIComponent(`/oauth/interaction/${details.jti}`)}`)
    return
  }
  const provider = await server.provider()
  if (form['decision'] !== 'allow') {
    res.redirect(303, await refuse(provider, { req, res }, asked))
    return
  }
  const tenant = asked.tenants.find(({ id }) => id === form['tenant'])
  if (!tenant) throw new AppError('not_found', 'The organisation does not exist')
  const division = await divide(asked, tenant.id, deps.now())
  res.redirect(303, await allow(provider, { req, res }, asked, tenant, division, deps))
}
