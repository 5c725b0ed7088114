import { createHash, randomBytes } from 'node:crypto'
import type { Connector } from '../../backend/connector-kit/index.ts'
import type { Outgoing } from '../../backend/core/outgoing/index.ts'
import { assignmentsOf, sectionsOf } from '../../backend/sandbox/vendors/course-structure.ts'
import { schoolAt } from '../../backend/sandbox/vendors/school-data.ts'
import { openConnector } from './connector-context.ts'

export interface VendorCase {
  /** Settings as an administrator copies them from the page of the simulated vendor. */
  settings(base: string): {
    readonly config: Readonly<Record<string, unknown>>
    readonly credentials: Readonly<Record<string, unknown>>
  }
  /** What the dial "expired credentials" comes to. */
  readonly expired: string
  /** What must hold a record of the vendor, taken over or refused, by kind. */
  readonly source?: (users: number) => Readonly<Record<string, number>>
  /** The dial "changed schema" is felt by the health check too. */
  readonly healthSeesSchema: boolean
  /** It lists people whom nobody takes over, such as parents; default true. */
  readonly listsOthers?: false
  /** The form of the page for consent, beside what the address of it holds, and where it goes. */
  readonly consent?: { readonly form: Readonly<Record<string, string>>; path(page: string): string }
}

const members = (users: number) =>
  schoolAt({ users, day: 0 }).courses.flatMap((course) => course.members).length
const courses = (users: number) => schoolAt({ users, day: 0 }).courses.length

const school = (users: number) => schoolAt({ users, day: 0 }).courses
const assignments = (users: number) =>
  school(users).flatMap((course) => assignmentsOf(course).filter(({ isDraft }) => !isDraft)).length
/** Sections of courses that have several: classes of their own, whose members are enrolled twice. */
const sections = (users: number) =>
  school(users)
    .map((course) => sectionsOf(course))
    .filter(({ length }) => length > 1)
    .flat()
const inSections = (users: number) =>
  sections(users)
    .flatMap((section) => section.members)
    .filter(({ role }) => role !== 'mentor').length

function administratorEmail(): string {
  const { users } = schoolAt({ users: 0, day: 0 })
  return users.find(({ role }) => role === 'administrator')?.email ?? ''
}

/** How each connector reaches its simulated vendor; a new connector needs a row. */
export const vendorCases: Readonly<Record<string, VendorCase>> = {
  moodle: {
    settings: (base) => ({
      config: { url: `${base}/moodle` },
      credentials: { token: 'a5d1f0c27b3e4d6895f1a2b3c4d5e6f7' },
    }),
    expired: 'forbidden',
    source: (users) => ({
      classes: courses(users),
      enrollments: members(users),
      assignments: assignments(users),
    }),
    healthSeesSchema: true,
  },
  canvas: {
    settings: (base) => ({
      config: { url: `${base}/canvas` },
      credentials: {
        clientId: '10000000000007',
        clientSecret: 'canvas-test-developer-key-secret',
      },
    }),
    expired: 'unauthorised',
    source: (users) => ({
      classes: courses(users) + sections(users).length,
      enrollments: members(users) + inSections(users),
      assignments: assignments(users),
    }),
    healthSeesSchema: true,
  },
  blackboard: {
    settings: (base) => ({
      config: { url: `${base}/blackboard` },
      credentials: {
        applicationKey: '3f1c2b8e-7a60-4d0c-9d55-0a1b2c3d4e5f',
        applicationSecret: 'blackboard-test-application-secret',
      },
    }),
    expired: 'unauthorised',
    source: (users) => ({
      classes: courses(users),
      enrollments: members(users),
      assignments: assignments(users),
    }),
    healthSeesSchema: true,
  },
  'google-classroom': {
    settings: (base) => ({
      config: {
        url: `${base}/google-classroom`,
        webUrl: `${base}/google-classroom`,
        authorisationUrl: `${base}/google-classroom/o/oauth2/v2/auth`,
        tokenUrl: `${base}/google-classroom/token`,
        keysUrl: `${base}/google-classroom/oauth2/v3/certs`,
        issuer: `${base}/google-classroom`,
      },
      credentials: {
        clientId: '104729000017-edpsych.apps.googleusercontent.com',
        clientSecret: 'GOCSPX-sandbox-secret',
      },
    }),
    expired: 'unauthorised',
    source: (users) => ({
      classes: courses(users),
      enrollments: school(users)
        .flatMap((course) => course.members)
        .filter(({ role }) => role !== 'mentor').length,
      assignments: assignments(users),
    }),
    healthSeesSchema: true,
    listsOthers: false,
    consent: {
      form: { decision: 'allow', account: administratorEmail() },
      path: (page) => page,
    },
  },
  oneroster: {
    settings: (base) => ({
      config: {
        url: `${base}/oneroster/ims/oneroster/rostering/v1p2`,
        tokenUrl: `${base}/oneroster/oauth/token`,
        pageSize: 50,
      },
      credentials: { clientId: 'larkfield-oneroster', clientSecret: 'oneroster-test-secret' },
    }),
    expired: 'unauthorised',
    source: (users) => ({
      orgs: 2,
      academicSessions: 2,
      classes: courses(users),
      users: schoolAt({ users, day: 0 }).users.length,
      enrollments: members(users),
    }),
    healthSeesSchema: false,
  },
  oak: {
    settings: (base) => ({
      config: { url: `${base}/oak/api/v0` },
      credentials: { apiKey: 'oak-test-api-key' },
    }),
    expired: 'unauthorised',
    healthSeesSchema: true,
  },
}

const canvasConsent: NonNullable<VendorCase['consent']> = {
  form: { decision: 'authorize' },
  path: (page) => page.replace(/\/auth$/, '/accept'),
}

/** Consents as an administrator would, where the connector wants it; answers the access token. */
export async function consent(
  connector: Connector,
  settings: ReturnType<VendorCase['settings']>,
  send: Outgoing['request'],
): Promise<string | undefined> {
  const { oauth } = connector
  if (!oauth) return undefined
  const config = connector.config.parse(settings.config)
  const credentials = connector.credentials.parse(settings.credentials)
  const codeVerifier = randomBytes(32).toString('base64url')
  const redirectUri = 'http://127.0.0.1/callback'
  const address = new URL(
    oauth.authorizationUrl({
      config,
      credentials,
      state: 'state-1',
      redirectUri,
      codeChallenge: createHash('sha256').update(codeVerifier).digest('base64url'),
      scopes: oauth.scopes,
    }),
  )
  const page = vendorCases[connector.id]?.consent ?? canvasConsent
  const form = new URLSearchParams(address.searchParams)
  for (const [name, value] of Object.entries(page.form)) form.set(name, value)
  const accept = new URL(page.path(address.pathname), address)
  const answer = await fetch(accept, { method: 'POST', body: form, redirect: 'manual' })
  const code = new URL(answer.headers.get('location') ?? '').searchParams.get('code') ?? ''
  const { ctx } = openConnector(connector, { config, credentials, send })
  return (await oauth.exchange(ctx, { code, redirectUri, codeVerifier })).accessToken
}
