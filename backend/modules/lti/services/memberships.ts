import { z } from 'zod'
import type { LtiRole } from '../../../../shared/lti.ts'
import { scope } from '../claim-names.ts'
import type { PlatformRow } from '../platforms/platform-store.ts'
import { reduceRoles } from '../roles.ts'
import { readPages } from './read-pages.ts'
import type { ServiceDeps } from './service-call.ts'
import { withQuery } from './service-url.ts'

const accept = 'application/vnd.ims.lti-nrps.v2.membershipcontainer+json'
const what = 'the members of the course'
/** As many as make most courses one request; Moodle gives them all, Canvas keeps to its own bound. */
const rowsAtOnce = 5_000

const id = z.union([z.string().trim().min(1), z.number()]).transform(String)
// Platforms send null, or nothing, for what they may not tell.
const text = z
  .string()
  .trim()
  .nullish()
  .transform((value) => value || null)
  .catch(null)

const Member = z.object({
  user_id: id,
  status: z.enum(['Active', 'Inactive', 'Deleted']).catch('Active').default('Active'),
  roles: z.array(z.unknown()).catch([]).default([]),
  name: text,
  given_name: text,
  family_name: text,
  email: text,
  lis_person_sourcedid: text,
  message: z.unknown().optional(),
})

const Container = z.object({ members: z.array(z.unknown()).default([]) })

/** LTI-NRPS 2.0 §2.3: one person of a course, as far as the LMS may tell. */
export interface Member {
  /** The `sub` of this person's launches. */
  readonly userId: string
  readonly status: 'Active' | 'Inactive' | 'Deleted'
  readonly roles: LtiRole[]
  readonly name: string | null
  readonly givenName: string | null
  readonly familyName: string | null
  readonly email: string | null
  readonly sourcedId: string | null
  /** Custom values of the resource link that was asked about. */
  readonly custom: Record<string, string>
}

export interface MemberPage {
  readonly members: readonly Member[]
  /** Members that name no person, so that nobody vanishes unsaid. */
  readonly unreadable: number
  /** Where to ask next time for what has changed since; null: not offered. */
  readonly differencesUrl: string | null
}

export interface MemberFilter {
  /** A context role by its short or full name; the LMS filters. */
  readonly role?: string | undefined
  /** Only those who can open this link, with its custom values. */
  readonly resourceLinkId?: string | undefined
  readonly limit?: number
  readonly signal?: AbortSignal
  readonly requestId?: string
}

/** The members of a course, page by page to the end (LTI-NRPS 2.0 §2.4). `url` may be one of differences. */
export async function* readMembers(
  deps: ServiceDeps,
  platform: PlatformRow,
  url: string,
  { role, resourceLinkId, limit = rowsAtOnce, signal, requestId }: MemberFilter = {},
): AsyncGenerator<MemberPage> {
  const pages = readPages(deps, platform, {
    url: withQuery(url, { role, rlid: resourceLinkId }),
    what,
    purpose: 'lti.members',
    scopes: [scope.memberships],
    accept,
    limit,
    ...(signal && { signal }),
    ...(requestId && { requestId }),
  })
  for await (const { body, differencesUrl } of pages)
    yield { ...readMemberPage(body), differencesUrl }
}

export function readMemberPage(body: unknown): Pick<MemberPage, 'members' | 'unreadable'> {
  // Without a list there is nobody; anything else than a container was refused as no JSON object.
  const rows = Container.safeParse(body).data?.members ?? []
  const members: Member[] = []
  for (const row of rows) {
    const { data } = Member.safeParse(row)
    if (data === undefined) continue
    members.push({
      userId: data.user_id,
      status: data.status,
      roles: reduceRoles(data.roles),
      name: data.name,
      givenName: data.given_name,
      familyName: data.family_name,
      email: data.email,
      sourcedId: data.lis_person_sourcedid,
      custom: customOf(data.message),
    })
  }
  return { members, unreadable: rows.length - members.length }
}

const Messages = z.array(
  z.looseObject({
    'https://purl.imsglobal.org/spec/lti/claim/custom': z
      .record(z.string(), z.unknown())
      .optional(),
  }),
)

/** LTI-NRPS 2.0 §3.2: the custom values of the link; names the LMS did not resolve say nothing. */
function customOf(message: unknown): Record<string, string> {
  const custom: Record<string, string> = {}
  for (const part of Messages.safeParse(message).data ?? []) {
    const values = part['https://purl.imsglobal.org/spec/lti/claim/custom'] ?? {}
    for (const [name, value] of Object.entries(values)) {
      if (typeof value === 'string' && !/^\$[A-Z]/.test(value)) custom[name] = value
    }
  }
  return custom
}
