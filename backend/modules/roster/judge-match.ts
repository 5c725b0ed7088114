import type { MatchReason } from '../../../shared/api/roster-matches.ts'
import type { Candidate } from './identity-store.ts'

interface Named {
  readonly givenName: string | null
  readonly familyName: string | null
}

export interface Known extends Named {
  readonly sourcedId: string
  readonly email: string | null
}

export interface Incoming extends Named {
  readonly identifier: string | null
  readonly email: string | null
}

export type Verdict =
  | { readonly is: 'certain'; readonly sourcedId: string }
  | { readonly is: 'doubtful'; readonly candidates: readonly Candidate[] }
  | { readonly is: 'nobody' }

/**
 * Who of the roster somebody is. Only an identifier of the student record system that names exactly one person is
 * certain; the same e-mail address is a question, and a name alone says nothing.
 */
export function judgeMatch(
  incoming: Incoming,
  byIdentifier: readonly Known[],
  byEmail: readonly Known[],
): Verdict {
  const reasons = new Map<string, Set<MatchReason>>()
  const add = (sourcedId: string, reason: MatchReason) =>
    reasons.set(sourcedId, (reasons.get(sourcedId) ?? new Set()).add(reason))
  for (const known of byIdentifier) {
    add(known.sourcedId, contradicts(incoming, known) ? 'identifier_name_differs' : 'identifier')
  }
  for (const { sourcedId } of byEmail) add(sourcedId, 'email')
  const agreeing = byIdentifier.filter((known) => !contradicts(incoming, known))
  const [only] = agreeing
  if (only && byIdentifier.length === 1) return { is: 'certain', sourcedId: only.sourcedId }
  if (reasons.size === 0) return { is: 'nobody' }
  const candidates = [...reasons].map(([sourcedId, because]) => ({
    sourcedId,
    because: [...because],
  }))
  return { is: 'doubtful', candidates }
}

/** Both names are told, and neither is the same: an identifier may have been given to somebody else. */
function contradicts(a: Named, b: Named): boolean {
  const pairs = [
    [a.givenName, b.givenName],
    [a.familyName, b.familyName],
  ] as const
  return pairs.every(([one, other]) => {
    const [left, right] = [plain(one), plain(other)]
    return left !== '' && right !== '' && left !== right
  })
}

/** Without case and accents, as systems keep names differently. */
function plain(name: string | null): string {
  return (name ?? '').normalize('NFKD').replace(/\p{M}/gu, '').trim().toLowerCase()
}
