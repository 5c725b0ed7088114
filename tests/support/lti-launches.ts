import { randomUUID } from 'node:crypto'
import type { HostilePlatform, SigningKey } from './hostile-platform.ts'

const lti = 'https://purl.imsglobal.org/spec/lti/claim'
export const claim = {
  version: `${lti}/version`,
  messageType: `${lti}/message_type`,
  deploymentId: `${lti}/deployment_id`,
  targetLinkUri: `${lti}/target_link_uri`,
  resourceLink: `${lti}/resource_link`,
  roles: `${lti}/roles`,
  context: `${lti}/context`,
  custom: `${lti}/custom`,
  presentation: `${lti}/launch_presentation`,
  toolPlatform: `${lti}/tool_platform`,
  forUser: `${lti}/for_user`,
  settings: 'https://purl.imsglobal.org/spec/lti-dl/claim/deep_linking_settings',
  contentItems: 'https://purl.imsglobal.org/spec/lti-dl/claim/content_items',
  data: 'https://purl.imsglobal.org/spec/lti-dl/claim/data',
  endpoint: 'https://purl.imsglobal.org/spec/lti-ags/claim/endpoint',
} as const

export const membership = 'http://purl.imsglobal.org/vocab/lis/v2/membership'
export const scoreScope = 'https://purl.imsglobal.org/spec/lti-ags/scope/score'

export type Claims = Record<string, unknown>

export interface Login {
  readonly status: number
  readonly authorization: URL
  readonly state: string
  readonly nonce: string
  readonly cookie: string
  readonly body: string
}

interface Party {
  readonly publicUrl: string
}

/** Begins a login as the browser of a person would, and keeps its cookie. */
export async function login(
  tool: Party,
  platform: HostilePlatform,
  changes: Record<string, string | undefined> = {},
  headers: Record<string, string> = {},
): Promise<Login> {
  const parameters = new URLSearchParams()
  const given = {
    iss: platform.origin,
    login_hint: 'hint-7',
    target_link_uri: `${tool.publicUrl}/lti`,
    client_id: 'client-1',
    ...changes,
  }
  for (const [name, value] of Object.entries(given)) {
    if (value !== undefined) parameters.set(name, value)
  }
  const answer = await fetch(`${tool.publicUrl}/lti/login?${parameters}`, {
    redirect: 'manual',
    headers,
  })
  const body = await answer.text()
  const next = answer.headers.get('location') ?? /"next":"([^"]+)"/.exec(body)?.[1]
  const authorization = new URL(next ?? 'http://refused.invalid')
  return {
    status: answer.status,
    authorization,
    state: authorization.searchParams.get('state') ?? '',
    nonce: authorization.searchParams.get('nonce') ?? '',
    cookie: answer.headers
      .getSetCookie()
      .map((line) => line.split(';')[0])
      .join('; '),
    body,
  }
}

/** A launch of a learner that every platform would be proud of; changes replace claims, `undefined` removes them. */
export function goodClaims(
  tool: Party,
  platform: HostilePlatform,
  nonce: string,
  changes: Claims = {},
): Claims {
  const now = Math.floor(Date.now() / 1000)
  const claims: Claims = {
    iss: platform.origin,
    aud: 'client-1',
    sub: 'user-1',
    iat: now,
    exp: now + 60,
    nonce,
    given_name: 'Robin',
    family_name: 'Sample',
    name: 'Robin Sample',
    email: 'robin.sample@school.example',
    locale: 'en-GB',
    [claim.version]: '1.3.0',
    [claim.messageType]: 'LtiResourceLinkRequest',
    [claim.deploymentId]: 'dep-1',
    [claim.targetLinkUri]: `${tool.publicUrl}/lti`,
    [claim.resourceLink]: { id: 'link-1', title: 'Fractions' },
    [claim.roles]: [`${membership}#Learner`],
    [claim.context]: { id: 'course-1', title: 'Year 5', label: 'Y5' },
    ...changes,
  }
  for (const [name, value] of Object.entries(claims)) if (value === undefined) delete claims[name]
  return claims
}

/** Adds what a content-selection request carries. */
export function deepLinkingClaims(
  tool: Party,
  platform: HostilePlatform,
  nonce: string,
  settings: Claims = {},
): Claims {
  return goodClaims(tool, platform, nonce, {
    [claim.messageType]: 'LtiDeepLinkingRequest',
    [claim.roles]: [`${membership}#Instructor`],
    [claim.resourceLink]: undefined,
    [claim.settings]: {
      deep_link_return_url: `${platform.origin}/deep-links?course=1`,
      accept_types: ['link', 'ltiResourceLink'],
      accept_presentation_document_targets: ['iframe', 'window'],
      accept_multiple: true,
      ...settings,
    },
  })
}

export interface LaunchAnswer {
  readonly status: number
  readonly location: string
  readonly code: string
  readonly cookies: string[]
  readonly headers: Headers
  readonly body: string
  readonly problem: { code?: string; detail?: string; requestId?: string } | undefined
}

/** Posts a launch form; asks for problem details unless told otherwise. */
export async function postLaunch(
  tool: Party,
  form: Record<string, string>,
  headers: Record<string, string> = {},
): Promise<LaunchAnswer> {
  const answer = await fetch(`${tool.publicUrl}/lti/launch`, {
    method: 'POST',
    redirect: 'manual',
    headers: { accept: 'application/json', ...headers },
    body: new URLSearchParams(form),
  })
  const body = await answer.text()
  const isProblem = answer.headers.get('content-type')?.includes('problem+json') === true
  const location = answer.headers.get('location') ?? ''
  return {
    status: answer.status,
    location,
    code: new URL(location, tool.publicUrl).hash.replace('#code=', ''),
    cookies: answer.headers.getSetCookie(),
    headers: answer.headers,
    body,
    problem: isProblem ? JSON.parse(body) : undefined,
  }
}

export interface LaunchChanges {
  readonly login?: Record<string, string | undefined>
  readonly claims?: Claims
  readonly header?: object
  readonly key?: SigningKey
  readonly form?: Record<string, string>
  readonly headers?: Record<string, string>
}

/** Login and launch in one, in the same browser. */
export async function launch(
  tool: Party,
  platform: HostilePlatform,
  changes: LaunchChanges = {},
): Promise<LaunchAnswer & { readonly begun: Login; readonly idToken: string }> {
  const begun = await login(tool, platform, changes.login)
  const target = changes.login?.['target_link_uri']
  const claims = goodClaims(tool, platform, begun.nonce, {
    ...(target && { [claim.targetLinkUri]: target }),
    ...changes.claims,
  })
  const idToken = await platform.sign(claims, {
    ...(changes.header && { header: changes.header }),
    ...(changes.key && { key: changes.key }),
  })
  const answer = await postLaunch(
    tool,
    { id_token: idToken, state: begun.state, ...changes.form },
    { cookie: begun.cookie, ...changes.headers },
  )
  return { ...answer, begun, idToken }
}

/** Exchanges the code of an accepted launch. */
export async function openSession(tool: Party, code: string) {
  const answer = await fetch(`${tool.publicUrl}/lti/session`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ code }),
  })
  // The tests assert on the parts they need.
  // biome-ignore lint/suspicious/noExplicitAny: see above
  return { status: answer.status, headers: answer.headers, body: (await answer.json()) as any }
}

/** A tenant that no other test has. */
export function newTenant(): string {
  return `ten_${randomUUID().slice(0, 8)}`
}
