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
  const form = new URLSearchParams(address.searchParams)
  form.set('decision', 'authorize')
  const accept = new URL(address.pathname.replace(/\/auth$/, '/accept'), address)
  const answer = await fetch(accept, { method: 'POST', body: form, redirect: 'manual' })
  const code = new URL(answer.headers.get('location') ?? '').searchParams.get('code') ?? ''
  const { ctx } = openConnector(connector, { config, credentials, send })
  return (await oauth.exchange(ctx, { code, redirectUri, codeVerifier })).accessToken
}
