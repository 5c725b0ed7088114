import { ssoApi } from '../../../shared/api/sso.ts'
import { AppError } from '../../../shared/errors.ts'
import { recordAudit } from '../../core/audit/index.ts'
import type { AnyJob } from '../../core/jobs/index.ts'
import { defineModule, type Module } from '../../core/module.ts'
import { addressesOf } from './addresses.ts'
import type { SsoDeps, SsoParts } from './deps.ts'
import { addDomain, directDomain, listDomains, removeDomain, verifyDomain } from './domains.ts'
import { discoverProviders, listIdentities, ownProviders, removeIdentity } from './identities.ts'
import { IdentityModel } from './identity-store.ts'
import { LoginModel } from './login-store.ts'
import { createDiscovery } from './oidc/discovery.ts'
import { changePolicy, readPolicy } from './policy.ts'
import { DomainModel, PolicyModel } from './policy-store.ts'
import { ProviderModel } from './provider-store.ts'
import {
  addProvider,
  changeProvider,
  listProviders,
  mustFindProvider,
  refreshMetadata,
  removeProvider,
  showProvider,
} from './providers.ts'
import { defineRefreshJob } from './refresh.ts'
import { createSsoRouter } from './router.ts'
import { ProviderSessionModel } from './session-store.ts'

export type { SsoDeps } from './deps.ts'
export { assertMayUsePassword } from './policy.ts'

export interface SsoModule extends Module<typeof ssoApi> {
  readonly jobs: readonly AnyJob[]
}

/** Staff sign in with the accounts of their organisation: SAML 2.0 and OpenID Connect. */
export function createSsoModule(deps: SsoDeps): SsoModule {
  const parts: SsoParts = { ...deps, discover: createDiscovery(deps) }
  const { publicUrl } = deps.settings
  const module = defineModule({
    name: 'sso',
    contract: ssoApi,
    models: [
      ProviderModel,
      LoginModel,
      IdentityModel,
      PolicyModel,
      DomainModel,
      ProviderSessionModel,
    ],
    router: createSsoRouter(parts),
    handlers: {
      'GET /api/v1/identity-providers': (ctx, { query }) => listProviders(parts, ctx, query),
      'POST /api/v1/identity-providers': (ctx, { body }) => addProvider(parts, ctx, body),
      'GET /api/v1/identity-providers/:id': async (ctx, { params }) =>
        showProvider(publicUrl, await mustFindProvider(ctx, params.id)),
      'PATCH /api/v1/identity-providers/:id': (ctx, { params, body }, { ifMatch }) =>
        changeProvider(parts, ctx, params.id, body, ifMatch),
      'DELETE /api/v1/identity-providers/:id': (ctx, { params }, { ifMatch }) =>
        removeProvider(parts, ctx, params.id, ifMatch),
      'POST /api/v1/identity-providers/:id/refresh': async (ctx, { params }) =>
        refreshMetadata(parts, ctx, await mustFindProvider(ctx, params.id)),
      'POST /api/v1/identity-providers/:id/test': async (ctx, { params }) => {
        const provider = await mustFindProvider(ctx, params.id)
        await recordAudit(ctx, {
          action: 'sso.provider.test',
          target: { type: 'identity-provider', id: provider._id },
          result: 'success',
        })
        return { url: `${addressesOf(publicUrl, provider).signIn}?purpose=test` }
      },
      'GET /api/v1/sso-domains': (ctx, { query }) => listDomains(ctx, query),
      'POST /api/v1/sso-domains': (ctx, { body }) => addDomain(ctx, body),
      'PATCH /api/v1/sso-domains/:id': (ctx, { params, body }) =>
        directDomain(ctx, params.id, body),
      'POST /api/v1/sso-domains/:id/verify': (ctx, { params }) =>
        verifyDomain(parts, ctx, params.id),
      'DELETE /api/v1/sso-domains/:id': (ctx, { params }) => removeDomain(ctx, params.id),
      'GET /api/v1/sso-identities': (ctx, { query }) => listIdentities(ctx, query),
      'DELETE /api/v1/sso-identities/:id': (ctx, { params }) => removeIdentity(ctx, params.id),
      'GET /api/v1/sso-policy': (ctx) => readPolicy(ctx),
      'PUT /api/v1/sso-policy': (ctx, { body }) => changePolicy(ctx, body, deps.now()),
      'POST /api/v1/session/discovery': async (_ctx, { body }) => {
        if (!body.email.includes('@')) {
          throw new AppError('invalid_request', 'Enter the whole e-mail address', {
            errors: [{ pointer: '#/email', code: 'invalid_format', detail: 'needs an @' }],
          })
        }
        return discoverProviders(publicUrl, body.email)
      },
      'GET /api/v1/session/providers': (ctx) => ownProviders(publicUrl, ctx),
    },
  })
  return { ...module, jobs: [defineRefreshJob(parts)] }
}
