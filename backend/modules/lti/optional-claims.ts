import { type Claims, claim, scope } from './claim-names.ts'

/** Platforms send null, text or nothing where a claim is optional: anything but an object reads as empty. */
export function record(value: unknown): Claims {
  // Arrays and class instances cannot come out of JSON as objects with named claims we read.
  return value !== null && typeof value === 'object' ? (value as Claims) : {}
}

export function optionalText(value: unknown): string | undefined {
  return typeof value === 'string' && value !== '' ? value : undefined
}

export interface CourseContext {
  readonly id: string
  readonly title?: string
  readonly label?: string
}

export interface ScoreService {
  readonly lineItem: string
}

/** What a launch says of its course besides its name: addresses of services, null where not offered. */
export interface CourseServices {
  readonly membershipsUrl: string | null
  readonly lineItemsUrl: string | null
  readonly groupsUrl: string | null
  readonly groupSetsUrl: string | null
  /** What Assignment and Grade Services allow this tool here. */
  readonly gradeScopes: readonly string[]
  /** What the student record system calls the course; absent in launches of before. */
  readonly sisIdentifiers?: readonly string[]
}

/** LTI 1.3 §5.4.1; a context without an id is none. */
export function readContext(claims: Claims): CourseContext | null {
  const context = record(claims[claim.context])
  const id = optionalText(context['id'])
  if (id === undefined) return null
  const title = optionalText(context['title'])
  const label = optionalText(context['label'])
  return { id, ...(title && { title }), ...(label && { label }) }
}

/** LTI-AGS 2.0 §3.1: a score can be sent only to a coupled line item, with the scope for it. */
export function readScoreService(claims: Claims): ScoreService | null {
  const endpoint = record(claims[claim.endpoint])
  const lineItem = optionalText(endpoint['lineitem'])
  const scopes = endpoint['scope']
  const mayScore = Array.isArray(scopes) && scopes.includes(scope.score)
  return lineItem !== undefined && mayScore ? { lineItem } : null
}

/** LTI-AGS 2.0 §3.1, LTI-NRPS 2.0 §3.6.1.1, LTI Course Groups §4, and LTI 1.3 §5.4.5 (LIS). */
export function readServices(claims: Claims): CourseServices {
  const lis = record(claims[claim.lis])
  const named = [lis['course_section_sourcedid'], lis['course_offering_sourcedid']]
  const endpoint = record(claims[claim.endpoint])
  const groups = record(claims[claim.groups])
  const scopes = endpoint['scope']
  return {
    membershipsUrl: webAddress(record(claims[claim.namesAndRoles])['context_memberships_url']),
    lineItemsUrl: webAddress(endpoint['lineitems']),
    groupsUrl: webAddress(groups['context_groups_url']),
    groupSetsUrl: webAddress(groups['context_group_sets_url']),
    gradeScopes: Array.isArray(scopes) ? scopes.filter((scope) => typeof scope === 'string') : [],
    sisIdentifiers: [...new Set(named.flatMap((id) => identifier(id) ?? []))],
  }
}

/** Whether a grade has a place to go: the column of its link, or one that this tool may make (§3.1). */
export function takesGrades(
  service: ScoreService | null,
  services: CourseServices | undefined,
): boolean {
  if (service !== null) return true
  if (services === undefined || services.lineItemsUrl === null) return false
  const { gradeScopes } = services
  return gradeScopes.includes(scope.lineItem) && gradeScopes.includes(scope.score)
}

/** Unresolved variables (`$CourseSection.sourcedId`) and what is longer than an identifier name nothing. */
function identifier(value: unknown): string | undefined {
  const text = optionalText(value)?.trim()
  return text && text.length <= 255 && !text.startsWith('$') ? text : undefined
}

/** What cannot be called is not offered. */
function webAddress(value: unknown): string | null {
  const text = optionalText(value)
  return text !== undefined && /^https?:$/.test(URL.parse(text)?.protocol ?? '') ? text : null
}

/** LTI 1.3 §5.4.4 `launch_presentation`, with the OpenID Connect `locale` as the fallback. */
export function readLocale(claims: Claims): string | null {
  const presentation = record(claims[claim.launchPresentation])
  return optionalText(presentation['locale']) ?? optionalText(claims['locale']) ?? null
}

export function readReturnUrl(claims: Claims): string | null {
  const presentation = record(claims[claim.launchPresentation])
  return optionalText(presentation['return_url']) ?? null
}

/** Addresses of the platform that the claims mention; their origins are where its pages live. */
export function mentionedUrls(claims: Claims): string[] {
  const endpoint = record(claims[claim.endpoint])
  return [
    record(claims[claim.launchPresentation])['return_url'],
    record(claims[claim.deepLinkingSettings])['deep_link_return_url'],
    endpoint['lineitems'],
    endpoint['lineitem'],
    record(claims[claim.namesAndRoles])['context_memberships_url'],
  ].filter((url) => typeof url === 'string')
}
