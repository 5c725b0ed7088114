import { accessApi } from '../../../shared/api/access.ts'
import type { BearerAuthenticator, RequestFacts } from '../../core/http/index.ts'
import { defineModule, type Module } from '../../core/module.ts'
import { pickRoutes } from '../../core/pick-routes.ts'
import type { TenantContext } from '../../core/tenancy.ts'
import type { AuthDeps } from './deps.ts'
import { ApiKeyModel } from './key-store.ts'
import { createKey, listKeys, readKey, revokeKey } from './keys.ts'
import { createPairingCode, pairExtension, unpairExtension } from './pairing.ts'
import { PairingCodeModel } from './pairing-store.ts'
import { changePassword } from './passwords.ts'
import { addPerson, listPeople, signPersonOut } from './people.ts'
import { keyAuthenticators } from './recognise-key.ts'
import { StaffSessionModel } from './session-store.ts'
import { authenticateSession, describeSession } from './sessions.ts'
import { signIn, signOut, signOutEverywhere } from './sign-in.ts'
import { StaffModel } from './staff-store.ts'
import { FailureCountModel, KnownPlaceModel } from './throttle-store.ts'

export {
  type EnsuredAccount,
  ensureAccount,
  ensureFirstAdministrator,
  ensureTenantAdministrator,
} from './administrators.ts'
export { createKey, listKeys, revokeKey } from './keys.ts'
export { resetPassword } from './passwords.ts'
export { staffTenantField } from './staff-store.ts'

const contract = pickRoutes(accessApi, [
  'POST /api/v1/session',
  'GET /api/v1/session',
  'DELETE /api/v1/session',
  'DELETE /api/v1/sessions',
  'POST /api/v1/session/password',
  'GET /api/v1/people',
  'POST /api/v1/people',
  'DELETE /api/v1/people/:id/sessions',
  'GET /api/v1/keys',
  'POST /api/v1/keys',
  'GET /api/v1/keys/:id',
  'DELETE /api/v1/keys/:id',
  'POST /api/v1/extension/codes',
  'POST /api/v1/extension/pairings',
  'DELETE /api/v1/extension/pairings/current',
])

export interface AuthModule extends Module<typeof contract> {
  /** For `HttpOptions.bearer`: API keys and extension tokens. */
  readonly bearerAuthenticators: readonly BearerAuthenticator[]
  /** For `HttpOptions.session`. */
  authenticateSession(request: RequestFacts): Promise<TenantContext | undefined>
}

export type AuthModuleDeps = Omit<AuthDeps, 'now'> & { readonly now?: () => Date }

/** Staff accounts, their sessions, API keys and paired extensions. */
export function createAuthModule(options: AuthModuleDeps): AuthModule {
  const now = options.now ?? (() => new Date())
  const deps: AuthDeps = { ...options, now }
  const module = defineModule({
    name: 'auth',
    contract,
    models: [
      StaffModel,
      StaffSessionModel,
      ApiKeyModel,
      PairingCodeModel,
      FailureCountModel,
      KnownPlaceModel,
    ],
    handlers: {
      'POST /api/v1/session': (ctx, { body }, request) => signIn(ctx, body, request, deps),
      'GET /api/v1/session': (ctx) => describeSession(ctx, deps),
      'DELETE /api/v1/session': (ctx, _input, request) => signOut(ctx, request, deps),
      'DELETE /api/v1/sessions': (ctx, _input, request) => signOutEverywhere(ctx, request, deps),
      'POST /api/v1/session/password': (ctx, { body }) => changePassword(ctx, body, deps),
      'GET /api/v1/people': (ctx, { query }) => listPeople(ctx, query, now()),
      'POST /api/v1/people': (ctx, { body }) => addPerson(ctx, body, now()),
      'DELETE /api/v1/people/:id/sessions': (ctx, { params }) =>
        signPersonOut(ctx, params.id, now()),
      'GET /api/v1/keys': (ctx, { query }) => listKeys(ctx, query),
      'POST /api/v1/keys': (ctx, { body }) => createKey(ctx, body, now()),
      'GET /api/v1/keys/:id': (ctx, { params }) => readKey(ctx, params.id),
      'DELETE /api/v1/keys/:id': (ctx, { params }) => revokeKey(ctx, params.id, now()),
      'POST /api/v1/extension/codes': (ctx) => createPairingCode(ctx, deps),
      'POST /api/v1/extension/pairings': (ctx, { body }, request) =>
        pairExtension(ctx, body, request.remoteAddress, deps),
      'DELETE /api/v1/extension/pairings/current': (ctx) => unpairExtension(ctx, deps),
    },
  })
  return {
    ...module,
    bearerAuthenticators: keyAuthenticators(deps),
    authenticateSession: (request) => authenticateSession(request, deps),
  }
}
