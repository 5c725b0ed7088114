import { type Claims, claim, scoreScope } from './claim-names.ts'

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
  const mayScore = Array.isArray(scopes) && scopes.includes(scoreScope)
  return lineItem !== undefined && mayScore ? { lineItem } : null
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
