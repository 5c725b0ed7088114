import { type Profile, SAML, type SamlConfig, ValidateInResponseTo } from '@node-saml/passport-saml'
import { AppError } from '../../../../shared/errors.ts'
import { addressesOf } from '../addresses.ts'
import { findWaiting, type LoginRow } from '../login-store.ts'
import { type Assertion, firstText, textsOf } from '../people/assertion.ts'
import type { ProviderRow, SamlSide } from '../provider-store.ts'
import { checkMessage, checkSignOutRequest, refused } from './check-message.ts'

export type SamlProvider = ProviderRow & { readonly saml: SamlSide }

interface SamlDeps {
  readonly publicUrl: string
  readonly now: () => Date
}

/** Clocks of schools differ by so much at most. */
const skewMs = 60_000
const lifeMs = 10 * 60_000

const emails = [
  'mail',
  'email',
  'urn:oid:0.9.2342.19200300.100.1.3',
  'http://schemas.xmlsoap.org/ws/2005/05/identity/claims/emailaddress',
  'http://schemas.xmlsoap.org/ws/2005/05/identity/claims/name',
]
const names = [
  'displayName',
  'urn:oid:2.16.840.1.113730.3.1.241',
  'http://schemas.microsoft.com/identity/claims/displayname',
  'cn',
  'urn:oid:2.5.4.3',
]
const givenNames = [
  'givenName',
  'urn:oid:2.5.4.42',
  'http://schemas.xmlsoap.org/ws/2005/05/identity/claims/givenname',
]
const familyNames = [
  'sn',
  'urn:oid:2.5.4.4',
  'http://schemas.xmlsoap.org/ws/2005/05/identity/claims/surname',
]
const roleClaims = [
  'eduPersonAffiliation',
  'http://schemas.microsoft.com/ws/2008/06/identity/claims/role',
  'http://schemas.microsoft.com/ws/2008/06/identity/claims/groups',
]

function clientFor({ publicUrl, now }: SamlDeps, provider: SamlProvider, login?: LoginRow): SAML {
  const { entityId, acs, signOut } = addressesOf(publicUrl, provider)
  const { saml } = provider
  const config: SamlConfig = {
    issuer: entityId,
    callbackUrl: acs,
    audience: entityId,
    entryPoint: saml.signInUrl,
    idpIssuer: saml.entityId,
    idpCert: [...saml.certificates],
    wantAssertionsSigned: true,
    wantAuthnResponseSigned: true,
    validateInResponseTo: ValidateInResponseTo.always,
    requestIdExpirationPeriodMs: lifeMs,
    acceptedClockSkewMs: skewMs,
    maxAssertionAgeMs: lifeMs,
    // Whoever links proves anew who they are there: the provider's session may be somebody else's.
    forceAuthn: login?.purpose.kind === 'link',
    disableRequestedAuthnContext: true,
    identifierFormat: null,
    signatureAlgorithm: 'sha256',
    digestAlgorithm: 'sha256',
    logoutCallbackUrl: signOut,
    ...(saml.signOutUrl && { logoutUrl: saml.signOutUrl }),
    ...(login && { generateUniqueId: () => login.requestId }),
    // Requests are kept with the sign-ins they begin, which are used up as a whole.
    cacheProvider: {
      saveAsync: async (_key, value) => ({ value, createdAt: now().getTime() }),
      getAsync: async (key) =>
        (await findWaiting({ requestId: key }, provider._id, now()))?.createdAt.toISOString() ??
        null,
      removeAsync: async (key) => key,
    },
  }
  return new SAML(config)
}

/** Where the browser goes to sign in (SAML 2.0 Bindings §3.4). */
export function signInUrl(
  deps: SamlDeps,
  provider: SamlProvider,
  login: LoginRow,
): Promise<string> {
  return clientFor(deps, provider, login).getAuthorizeUrlAsync(login._id, undefined, {})
}

/** What the provider is told of this service. */
export function serviceMetadata(deps: SamlDeps, provider: SamlProvider): string {
  return clientFor(deps, provider).generateServiceProviderMetadata(null, null)
}

/**
 * Believes a response once its and its assertion's signature, audience, conditions and request are right
 * (SAML 2.0 Profiles §4.1.4.3), and finds the sign-in that it answers.
 */
export async function readResponse(
  deps: SamlDeps,
  provider: SamlProvider,
  samlResponse: string,
): Promise<{ readonly login: LoginRow; readonly assertion: Assertion }> {
  const { acs } = addressesOf(deps.publicUrl, provider)
  const requestId = checkMessage(samlResponse, {
    destination: acs,
    issuer: provider.saml.entityId,
  })
  if (requestId === '') {
    throw new AppError(
      'sso_not_begun_here',
      'This sign-in was not begun here; begin it on the sign-in page of this service',
    )
  }
  const login = await findWaiting({ requestId }, provider._id, deps.now())
  if (login === null) {
    throw new AppError(
      'sso_answer_used',
      'This sign-in was finished already, or took longer than ten minutes; begin it again',
    )
  }
  const profile = await validate(clientFor(deps, provider, login), samlResponse)
  return { login, assertion: toAssertion(provider, profile) }
}

async function validate(client: SAML, SAMLResponse: string): Promise<Profile> {
  try {
    const { profile, loggedOut } = await client.validatePostResponseAsync({ SAMLResponse })
    if (profile === null || loggedOut) throw refused('it signs nobody in')
    return profile
  } catch (error) {
    throw asRefusal(error)
  }
}

/** The library's sentences name what is wrong and quote nothing personal. */
function asRefusal(error: unknown): AppError {
  if (error instanceof AppError) return error
  return refused(error instanceof Error ? sentence(error.message) : 'it is not valid')
}

function sentence(message: string): string {
  return message.replace(/\s+/g, ' ').slice(0, 200)
}

function toAssertion(provider: ProviderRow, profile: Profile): Assertion {
  const { nameID, nameIDFormat, sessionIndex } = profile
  const attributes = readAttributes(profile)
  const given = firstText(attributes, givenNames)
  const family = firstText(attributes, familyNames)
  const full = [given, family].filter((part) => part !== null).join(' ')
  const isEmailNameId = nameIDFormat?.endsWith(':emailAddress') === true
  const isTransient = nameIDFormat?.endsWith(':transient') === true
  return {
    // A transient name is another one each time, so it says of nobody who they are.
    subject: isTransient ? '' : nameID,
    email:
      firstText(attributes, [provider.emailClaim, ...emails]) ?? (isEmailNameId ? nameID : null),
    name: firstText(attributes, [provider.nameClaim, ...names]) ?? (full || null),
    roleValues: provider.roleClaim
      ? textsOf(attributes[provider.roleClaim])
      : roleClaims.flatMap((name) => textsOf(attributes[name])),
    claims: Object.keys(attributes),
    samlSession: {
      nameId: nameID,
      nameIdFormat: nameIDFormat,
      sessionIndex: sessionIndex ?? null,
    },
  }
}

/** What came as attributes: the library puts them beside its own members. */
function readAttributes(profile: Profile): Readonly<Record<string, unknown>> {
  const { attributes } = profile as { attributes?: unknown }
  return typeof attributes === 'object' && attributes !== null
    ? (attributes as Readonly<Record<string, unknown>>)
    : {}
}

/** Where the browser goes to end the session at the provider (SAML 2.0 Profiles §4.4). */
export function signOutUrl(
  deps: SamlDeps,
  provider: SamlProvider,
  session: NonNullable<Assertion['samlSession']>,
): Promise<string> {
  const profile: Profile = {
    issuer: provider.saml.entityId,
    nameID: session.nameId,
    nameIDFormat: session.nameIdFormat,
    ...(session.sessionIndex && { sessionIndex: session.sessionIndex }),
  }
  return clientFor(deps, provider).getLogoutUrlAsync(profile, '', {})
}

export interface SignOutRequest {
  readonly nameId: string
  readonly sessionIndex: string | null
  /** Where the browser goes with the answer. */
  answerUrl(isDone: boolean): Promise<string>
}

/** A request or an answer that ends sessions, by redirect or form (§4.4.4); a request must be signed. */
export async function readSignOut(
  deps: SamlDeps,
  provider: SamlProvider,
  message: {
    readonly values: Readonly<Record<string, string | undefined>>
    /** The query as it was written, where it came by redirect: its signature covers just that. */
    readonly originalQuery: string | null
  },
): Promise<SignOutRequest | null> {
  const client = clientFor(deps, provider)
  const { originalQuery } = message
  const { SAMLRequest, RelayState, Signature, SigAlg } = message.values
  // An answer says only that the provider has done its part, so it opens and ends nothing here.
  if (SAMLRequest === undefined) return null
  if (originalQuery === null) {
    checkSignOutRequest(SAMLRequest, {
      destination: addressesOf(deps.publicUrl, provider).signOut,
      issuer: provider.saml.entityId,
    })
  } else if (Signature === undefined || !SigAlg?.endsWith('#rsa-sha256')) {
    throw refused('the request to sign out is not signed with SHA-256')
  }
  const values = {
    SAMLRequest,
    ...(RelayState !== undefined && { RelayState }),
    ...(Signature !== undefined && { Signature }),
    ...(SigAlg !== undefined && { SigAlg }),
  }
  try {
    const { profile } =
      originalQuery === null
        ? await client.validatePostRequestAsync(values)
        : await client.validateRedirectAsync(values, originalQuery)
    if (profile === null) throw refused('the request to sign out names nobody')
    return {
      nameId: profile.nameID,
      sessionIndex: profile.sessionIndex ?? null,
      answerUrl: (isDone) =>
        client.getLogoutResponseUrlAsync(profile, RelayState ?? '', {}, isDone),
    }
  } catch (error) {
    throw asRefusal(error)
  }
}
