import { accessApi, type StaffSession } from '../../../shared/api/access.ts'
import { keysApi } from '../../../shared/api/keys.ts'
import { peopleApi } from '../../../shared/api/people.ts'
import { rolesApi } from '../../../shared/api/roles.ts'
import type { BearerAuthenticator, Gate, RequestFacts } from '../../core/http/index.ts'
import { defineModule, type Module, type RequestInfo } from '../../core/module.ts'
import { pickRoutes } from '../../core/pick-routes.ts'
import type { TenantContext } from '../../core/tenancy.ts'
import { listRoles, listScopes } from './catalogues.ts'
import {
  changePerson,
  giveOneTimePassword,
  giveRole,
  readPerson,
  removePerson,
  takeRole,
} from './change-people.ts'
import { CustomRoleModel } from './custom-role-store.ts'
import {
  changeCustomRole,
  createCustomRole,
  listCustomRoles,
  readCustomRole,
  removeCustomRole,
} from './custom-roles.ts'
import type { AuthDeps } from './deps.ts'
import { confirmSignIn, freshSignInGate } from './fresh-sign-in.ts'
import { signInGuest } from './guests.ts'
import { ApiKeyModel } from './key-store.ts'
import { createKey, listKeys, readKey, revokeKey, updateKey } from './keys.ts'
import {
  createPairingCode,
  endPairing,
  listPairings,
  pairExtension,
  unpairExtension,
} from './pairing.ts'
import { PairingCodeModel } from './pairing-store.ts'
import { changePassword } from './passwords.ts'
import { addPerson, listPeople, signPersonOut } from './people.ts'
import { signInAs } from './provider-sign-in.ts'
import { keyAuthenticators } from './recognise-key.ts'
import { rotateKey } from './rotate-key.ts'
import { StaffSessionModel } from './session-store.ts'
import { authenticateSession, describeSession } from './sessions.ts'
import { type SignInRequest, signIn, signOut, signOutEverywhere } from './sign-in.ts'
import { StaffModel } from './staff-store.ts'
import { endSupportAccess, listSupportAccesses, openSupportAccess } from './support-access.ts'
import { SupportAccessModel } from './support-access-store.ts'
import { FailureCountModel, KnownPlaceModel } from './throttle-store.ts'

export {
  type EnsuredAccount,
  ensureAccount,
  ensureFirstAdministrator,
  ensureTenantAdministrator,
} from './administrators.ts'
export { currentScopes } from './current-scopes.ts'
export { removeAccountsOf } from './guests.ts'
export { createKey, listKeys, revokeKey } from './keys.ts'
export { resetPassword } from './passwords.ts'
export {
  countAdministrators,
  describePerson,
  isActivePerson,
  isAdministrator,
  rightsOfPerson,
  signedInAt,
} from './persons.ts'
export {
  type Account,
  addAccount,
  endSession,
  findAccount,
  giveRoleOf,
  takeRoleOf,
} from './provider-sign-in.ts'
export { rotateKey } from './rotate-key.ts'
export { staffTenantField } from './staff-store.ts'
export { limitTries } from './throttle.ts'

const contract = {
  ...keysApi,
  ...peopleApi,
  ...rolesApi,
  ...pickRoutes(accessApi, [
    'POST /api/v1/session',
    'GET /api/v1/session',
    'DELETE /api/v1/session',
    'DELETE /api/v1/sessions',
    'POST /api/v1/session/confirmation',
    'POST /api/v1/session/password',
    'GET /api/v1/people',
    'POST /api/v1/people',
    'DELETE /api/v1/people/:id/sessions',
    'POST /api/v1/extension/codes',
    'POST /api/v1/extension/pairings',
    'GET /api/v1/extension/pairings',
    'DELETE /api/v1/extension/pairings/current',
    'DELETE /api/v1/extension/pairings/:id',
  ]),
}

/** Models whose documents carry events: for `createEvents`. */
export const outboxModels = [ApiKeyModel, StaffModel, SupportAccessModel]

export interface AuthModule extends Module<typeof contract> {
  /** For `HttpOptions.bearer`: API keys and extension tokens. */
  readonly bearerAuthenticators: readonly BearerAuthenticator[]
  /** For `HttpOptions.session`. */
  authenticateSession(request: RequestFacts): Promise<TenantContext | undefined>
  /** Refuses what is sensitive to people who signed in too long ago. */
  readonly freshSignInGate: Gate
  /** Who is signed in, and every organisation they may act for. */
  describeSession(ctx: TenantContext): Promise<StaffSession>
  /** Signs a browser in as the developer of one sandbox, with an account that ends with it. */
  /** Signs a browser in as an account that was proven by its identity provider; null: it is disabled. */
  signInAs(ctx: TenantContext, accountId: string, request: SignInRequest): Promise<string | null>
  signInGuest(sandboxTenantId: string, request: Pick<RequestInfo, 'setHeader'>): Promise<void>
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
      CustomRoleModel,
      SupportAccessModel,
    ],
    handlers: {
      'POST /api/v1/session': (ctx, { body }, request) => signIn(ctx, body, request, deps),
      'GET /api/v1/session': (ctx) => describeSession(ctx, deps),
      'DELETE /api/v1/session': (ctx, _input, request) => signOut(ctx, request, deps),
      'DELETE /api/v1/sessions': (ctx, _input, request) => signOutEverywhere(ctx, request, deps),
      'POST /api/v1/session/confirmation': (ctx, { body }) =>
        confirmSignIn(ctx, body.password, deps),
      'POST /api/v1/session/password': (ctx, { body }) => changePassword(ctx, body, deps),
      'GET /api/v1/people': (ctx, { query }) => listPeople(ctx, query, now()),
      'POST /api/v1/people': (ctx, { body }) => addPerson(ctx, body, now()),
      'DELETE /api/v1/people/:id/sessions': (ctx, { params }) =>
        signPersonOut(ctx, params.id, now()),
      'GET /api/v1/people/:id': (ctx, { params }) => readPerson(ctx, params.id, now()),
      'PATCH /api/v1/people/:id': (ctx, { params, body }, { ifMatch }) =>
        changePerson(ctx, params.id, body, { ifMatch, now: now() }),
      'DELETE /api/v1/people/:id': (ctx, { params }, { ifMatch }) =>
        removePerson(ctx, params.id, { ifMatch, now: now() }),
      'POST /api/v1/people/:id/roles': (ctx, { params, body }) =>
        giveRole(ctx, params.id, body, now()),
      'DELETE /api/v1/people/:id/roles/:role': (ctx, { params, query }) =>
        takeRole(ctx, params.id, { role: params.role, tenantId: query.tenantId }, now()),
      'POST /api/v1/people/:id/one-time-password': (ctx, { params }) =>
        giveOneTimePassword(ctx, params.id, now()),
      'GET /api/v1/custom-roles': (ctx, { query }) => listCustomRoles(ctx, query),
      'POST /api/v1/custom-roles': (ctx, { body }) => createCustomRole(ctx, body),
      'GET /api/v1/custom-roles/:id': (ctx, { params }) => readCustomRole(ctx, params.id),
      'PATCH /api/v1/custom-roles/:id': (ctx, { params, body }, { ifMatch }) =>
        changeCustomRole(ctx, params.id, body, ifMatch),
      'DELETE /api/v1/custom-roles/:id': (ctx, { params }) => removeCustomRole(ctx, params.id),
      'GET /api/v1/support-accesses': (ctx, { query }) => listSupportAccesses(ctx, query, now()),
      'POST /api/v1/support-accesses': (ctx, { body }) => openSupportAccess(ctx, body, now()),
      'DELETE /api/v1/support-accesses/:id': (ctx, { params }) =>
        endSupportAccess(ctx, params.id, now()),
      'GET /api/v1/roles': listRoles,
      'GET /api/v1/scopes': listScopes,
      'GET /api/v1/keys': (ctx, { query }) => listKeys(ctx, query, now()),
      'POST /api/v1/keys': (ctx, { body }) => createKey(ctx, body, now()),
      'GET /api/v1/keys/:id': (ctx, { params }) => readKey(ctx, params.id, now()),
      'PATCH /api/v1/keys/:id': (ctx, { params, body }) => updateKey(ctx, params.id, body, now()),
      'POST /api/v1/keys/:id/rotate': (ctx, { params, body }) =>
        rotateKey(ctx, params.id, body, now()),
      'DELETE /api/v1/keys/:id': (ctx, { params }) => revokeKey(ctx, params.id, now()),
      'POST /api/v1/extension/codes': (ctx) => createPairingCode(ctx, deps),
      'POST /api/v1/extension/pairings': (ctx, { body }, request) =>
        pairExtension(ctx, body, request.remoteAddress, deps),
      'GET /api/v1/extension/pairings': (ctx, { query }) => listPairings(ctx, query, deps),
      'DELETE /api/v1/extension/pairings/:id': (ctx, { params }) =>
        endPairing(ctx, params.id, deps),
      'DELETE /api/v1/extension/pairings/current': (ctx) => unpairExtension(ctx, deps),
    },
  })
  return {
    ...module,
    bearerAuthenticators: keyAuthenticators(deps),
    freshSignInGate: freshSignInGate(deps),
    authenticateSession: (request) => authenticateSession(request, deps),
    describeSession: (ctx) => describeSession(ctx, deps),
    signInAs: (ctx, id, request) => signInAs(ctx, id, request, deps),
    signInGuest: (tenantId, request) => signInGuest(tenantId, request, deps),
  }
}
