import './runtime-notice.ts'

import { oauthApi } from '../../../shared/api/oauth.ts'
import type { BearerAuthenticator } from '../../core/http/index.ts'
import type { AnyJob } from '../../core/jobs/index.ts'
import { defineModule, type Module } from '../../core/module.ts'
import { createTokenVerifier } from './access-token.ts'
import { OAuthApprovalModel } from './approval-store.ts'
import { approve, listApprovals, readApprovals, withdrawApprovals } from './approvals.ts'
import { OAuthChangeModel } from './change-store.ts'
import { OAuthClientModel } from './client-store.ts'
import {
  createClient,
  deleteClient,
  listClients,
  readClient,
  rotateClientSecret,
  updateClient,
} from './clients.ts'
import { OAuthConsentModel } from './consent-store.ts'
import type { OAuthDeps } from './deps.ts'
import { listGrants, listOwnGrants, withdrawGrant, withdrawOwnGrant } from './grants.ts'
import { OAuthKeyModel, OAuthStateModel } from './keys/key-store.ts'
import { defineKeyRotation } from './keys/rotation.ts'
import { createSigningKeys } from './keys/signing-keys.ts'
import { OAuthPayloadModel } from './payload-store.ts'
import { createTokenAuthenticator } from './recognise-token.ts'
import { oauthRouter } from './router.ts'
import { endRuntimeNotice } from './runtime-notice.ts'
import { createAuthorizationServer } from './server.ts'

endRuntimeNotice()

export { approve } from './approvals.ts'
export { createClient, listClients, rotateClientSecret, updateClient } from './clients.ts'
export { scopesOfApplication } from './current-scopes.ts'
export type { OAuthDeps } from './deps.ts'

export interface OAuthModule extends Module<typeof oauthApi> {
  /** For `HttpOptions.bearer`: access tokens. */
  readonly bearerAuthenticators: readonly BearerAuthenticator[]
  readonly jobs: readonly AnyJob[]
  /** Makes the signing keys where there are none. */
  ensureKeys(): Promise<void>
  rotateKeys(): Promise<void>
}

export type OAuthModuleDeps = Omit<OAuthDeps, 'now'> & {
  readonly now?: () => Date
  /** The clock of one tenant: a sandbox may have moved its own. */
  readonly nowIn?: (tenantId: string) => Date | Promise<Date>
}

/** The OAuth 2 authorization server: applications, consents, approvals and the tokens made from them. */
export function createOAuthModule(options: OAuthModuleDeps): OAuthModule {
  const now = options.now ?? (() => new Date())
  const deps: OAuthDeps = { ...options, now }
  const keys = createSigningKeys(deps)
  const verify = createTokenVerifier(deps, keys)
  const server = createAuthorizationServer(deps, keys, verify)
  const module = defineModule({
    name: 'oauth',
    contract: oauthApi,
    models: [
      OAuthClientModel,
      OAuthApprovalModel,
      OAuthConsentModel,
      OAuthPayloadModel,
      OAuthChangeModel,
      OAuthKeyModel,
      OAuthStateModel,
    ],
    router: oauthRouter(server, deps),
    handlers: {
      'GET /api/v1/oauth-clients': (ctx, { query }) => listClients(ctx, query, now()),
      'POST /api/v1/oauth-clients': (ctx, { body }) => createClient(ctx, body, deps),
      'GET /api/v1/oauth-clients/:id': (ctx, { params }) => readClient(ctx, params.id, now()),
      'PATCH /api/v1/oauth-clients/:id': (ctx, { params, body }) =>
        updateClient(ctx, params.id, body, deps),
      'DELETE /api/v1/oauth-clients/:id': (ctx, { params }) => deleteClient(ctx, params.id),
      'POST /api/v1/oauth-clients/:id/rotate-secret': (ctx, { params, body }) =>
        rotateClientSecret(ctx, params.id, body, now()),
      'GET /api/v1/oauth-clients/:id/approvals': (ctx, { params }) => readApprovals(ctx, params.id),
      'POST /api/v1/oauth-clients/:id/approvals': (ctx, { params, body }) =>
        approve(ctx, params.id, body, now()),
      'DELETE /api/v1/oauth-clients/:id/approvals': (ctx, { params }) =>
        withdrawApprovals(ctx, params.id, now()),
      'GET /api/v1/oauth-approvals': (ctx, { query }) => listApprovals(ctx, query),
      'GET /api/v1/oauth-grants': (ctx, { query }) => listGrants(ctx, query, now()),
      'DELETE /api/v1/oauth-grants/:id': (ctx, { params }) => withdrawGrant(ctx, params.id),
      'GET /api/v1/session/oauth-grants': (ctx, { query }) => listOwnGrants(ctx, query, now()),
      'DELETE /api/v1/session/oauth-grants/:id': (ctx, { params }) =>
        withdrawOwnGrant(ctx, params.id),
    },
  })
  return {
    ...module,
    bearerAuthenticators: [
      createTokenAuthenticator({ settings: deps.settings, now, nowIn: options.nowIn }, verify),
    ],
    jobs: [defineKeyRotation(keys, now)],
    ensureKeys: () => keys.ensure(),
    rotateKeys: () => keys.rotate(),
  }
}
