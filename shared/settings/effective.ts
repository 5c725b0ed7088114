/** What one organisation has said about one setting. */
export interface OwnSetting {
  readonly tenantId: string
  readonly value: unknown
  /** Organisations below cannot say otherwise. */
  readonly locked: boolean
}

export interface Effective {
  readonly value: unknown
  /** The organisation whose word counts; null: nobody has said anything, the fallback holds. */
  readonly source: string | null
  /** The organisation that locked it; null: whoever is below may say otherwise. */
  readonly lockedBy: string | null
}

/**
 * The value that counts at the last of `lineage` (root first): the lock nearest to the root, else the word
 * nearest to the organisation itself, else the fallback.
 */
export function effectiveSetting(
  lineage: readonly string[],
  own: ReadonlyMap<string, OwnSetting>,
  fallback: unknown,
): Effective {
  let found: Effective = { value: fallback, source: null, lockedBy: null }
  for (const tenantId of lineage) {
    const said = own.get(tenantId)
    if (!said) continue
    found = {
      value: said.value,
      source: tenantId,
      lockedBy: said.locked ? tenantId : null,
    }
    if (said.locked) return found
  }
  return found
}
