import type { Request, Response } from 'express'
import { type KoaContextWithOIDC, Provider } from 'oidc-provider'
import { recordAudit } from '../../core/audit/index.ts'
import { systemContext } from '../../core/tenancy.ts'
import { getTenant } from '../tenants/index.ts'
import type { AccessClaims } from './access-token.ts'
import { whoCanApprove, withheldOf } from './approvals.ts'
import { noteChange } from './change-store.ts'
import { matchesSecret } from './client-secret.ts'
import { findAnyClient } from './client-store.ts'
import { configure } from './configuration.ts'
import { findConsent } from './consent-store.ts'
import type { OAuthDeps } from './deps.ts'
import type { SigningKeys } from './keys/signing-keys.ts'
import { readAccess } from './recognise-token.ts'

export interface AuthorizationServer {
  /** The provider under the keys as they are now. */
  provider(): Promise<Provider>
  handle(req: Request, res: Response): Promise<void>
}

export function createAuthorizationServer(
  deps: OAuthDeps,
  keys: SigningKeys,
  verify: (token: string) => Promise<AccessClaims>,
): AuthorizationServer {
  const { settings, log } = deps
  const publicUrl = new URL(settings.publicUrl)
  let running: { readonly version: string; readonly provider: Provider } | undefined

  async function provider(): Promise<Provider> {
    const set = await keys.current()
    if (running?.version === set.version) return running.provider
    const made = new Provider(settings.publicUrl, configure(deps, set))
    prepare(made)
    running = { version: set.version, provider: made }
    return made
  }

  function prepare(made: Provider): void {
    made.proxy = true
    made.on('server_error', (_ctx, error) => {
      log.error({ err: error }, 'the authorization server failed')
    })
    made.on('grant.revoked', (ctx, grantId) => noteReuse(ctx, grantId))
    // Secrets are kept as digests, and two of them hold during a rotation.
    made.Client.prototype.compareClientSecret = async function (actual: string) {
      const client = await findAnyClient(this.clientId)
      return client !== null && matchesSecret(client, actual, deps.now())
    }
    made.use(async (ctx: KoaContextWithOIDC, next: () => Promise<void>) => {
      await next()
      await answerStructured(ctx)
      await tellWithheld(ctx)
    })
  }

  /** The provider hands out signed tokens and keeps none, so it neither inspects nor revokes them; we do. */
  async function answerStructured(ctx: KoaContextWithOIDC): Promise<void> {
    const body = ctx.body as { error?: unknown } | undefined
    if (body?.error !== 'unsupported_token_type') return
    const claims = await ownClaims(ctx)
    if (ctx.oidc.route === 'revocation') {
      if (claims) await noteChange(`token:${claims.jti}`)
      ctx.body = ''
    } else {
      const isPublic = ctx.oidc.client?.clientAuthMethod === 'none'
      ctx.body = claims && !isPublic ? await introspect(claims) : { active: false }
    }
    ctx.status = 200
  }

  /** The claims of a token that the calling client was given; nothing of anybody else's. */
  async function ownClaims(ctx: KoaContextWithOIDC): Promise<AccessClaims | undefined> {
    try {
      const claims = await verify(String(ctx.oidc.params?.['token']))
      return claims.client_id === ctx.oidc.client?.clientId ? claims : undefined
    } catch {
      // RFC 7662 §2.2 and RFC 7009 §2.2: a token that is not right is not active, and no error.
      return undefined
    }
  }

  async function introspect(claims: AccessClaims): Promise<object> {
    try {
      const { scopes } = await readAccess(claims, deps.now())
      const token_type = claims.cnf?.jkt === undefined ? 'Bearer' : 'DPoP'
      return { active: true, ...claims, scope: [...scopes].join(' '), token_type }
    } catch {
      return { active: false }
    }
  }

  /** Says in the token's answer which rights wait for an administrator, and who that is. */
  async function tellWithheld(ctx: KoaContextWithOIDC): Promise<void> {
    const body = ctx.body as Record<string, unknown> | undefined
    if (ctx.oidc?.route !== 'token' || typeof body?.['access_token'] !== 'string') return
    const found = await withheldFrom(ctx)
    if (!found || found.scopes.length === 0) return
    const tenant = await getTenant(found.tenantId)
    ctx.body = {
      ...body,
      withheld_scope: found.scopes.join(' '),
      withheld_reason: whoCanApprove(found.scopes, tenant?.name ?? 'the organisation'),
    }
  }

  async function withheldFrom(ctx: KoaContextWithOIDC) {
    const grantId = ctx.oidc.entities.AccessToken?.grantId
    if (grantId !== undefined) {
      const consent = await findConsent(grantId, deps.now())
      return consent && { tenantId: consent.tenantId, scopes: consent.withheld }
    }
    const client = await findAnyClient(ctx.oidc.client?.clientId ?? '')
    if (!client) return undefined
    const { tenantId, _id, scopes } = client
    return { tenantId, scopes: await withheldOf(client, _id, scopes) }
  }

  /** A code or refresh token that comes a second time is in two hands: the consent ends, and the trail says so. */
  function noteReuse(ctx: KoaContextWithOIDC, grantId: string): void {
    const client = ctx.oidc.client?.clientId
    if (ctx.oidc.route !== 'token' || client === undefined) return
    const write = async () => {
      const row = await findAnyClient(client)
      if (!row) return
      await recordAudit(systemContext(row.tenantId, 'oauth'), {
        action: 'oauth-grant.reuse-detected',
        target: { type: 'oauth-grant', id: grantId },
        result: 'refused',
        detail: 'token_reused',
      })
    }
    write().catch((error: unknown) => {
      log.error({ err: error }, 'a reused token could not be recorded')
    })
  }

  return {
    provider,
    async handle(req, res) {
      // Addresses in answers are those of the installation, whatever host a request names.
      req.headers['x-forwarded-host'] = publicUrl.host
      req.headers['x-forwarded-proto'] = publicUrl.protocol.slice(0, -1)
      req.headers['x-forwarded-for'] = req.ip ?? ''
      req.headers.cookie = withoutProviderSession(req.headers.cookie)
      await (await provider()).callback()(req, res)
    },
  }
}

/** Who is signed in is asked of the staff session alone, at each consent. */
function withoutProviderSession(cookies: string | undefined): string {
  return (cookies ?? '')
    .split(/; */)
    .filter((cookie) => !cookie.startsWith('edp_oauth_session'))
    .join('; ')
}
