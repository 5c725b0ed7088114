import { type Claims, claim } from '../claim-names.ts'
import { optionalText, record } from '../optional-claims.ts'

/** What a link and its course were copied from, the last copy first (LTI 1.3 §B `Context.id.history`, `ResourceLink.id.history`). */
export interface CopyHistory {
  readonly contextIds: readonly string[]
  readonly resourceLinkIds: readonly string[]
}

const longest = 20

/** Undefined where the LMS does not say that anything was copied. */
export function readHistory(claims: Claims): CopyHistory | undefined {
  const custom = record(claims[claim.custom])
  const contextIds = idsOf(custom['context_id_history'])
  const resourceLinkIds = idsOf(custom['resource_link_id_history'])
  return contextIds.length + resourceLinkIds.length > 0
    ? { contextIds, resourceLinkIds }
    : undefined
}

/** Ids by commas, each encoded for addresses; a variable that the LMS does not know stays as it was sent. */
function idsOf(value: unknown): string[] {
  const text = optionalText(value)
  if (text === undefined || text.startsWith('$')) return []
  return text
    .split(',')
    .map((id) => decoded(id.trim()))
    .filter((id) => id !== '')
    .slice(0, longest)
}

/** Some LMSs do not encode, and a bare percent sign is no mistake of theirs. */
function decoded(id: string): string {
  try {
    return decodeURIComponent(id)
  } catch {
    // Not encoded, so it is the id itself.
    return id
  }
}
