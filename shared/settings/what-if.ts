import { type Effective, effectiveSetting, type OwnSetting } from './effective.ts'

/** An organisation of the tree, with the ids from the root down to itself. */
export interface Placed {
  readonly id: string
  readonly lineage: readonly string[]
}

export interface Difference<O extends Placed> {
  readonly organisation: O
  readonly before: Effective
  readonly after: Effective
  /** The organisation has a word of its own that a new lock would overrule. */
  readonly overrules: boolean
}

/** What a word (or, with null, its taking back) of one organisation would change for each of the others. */
export function whatIf<O extends Placed>(
  organisations: Iterable<O>,
  own: ReadonlyMap<string, OwnSetting>,
  change: { readonly tenantId: string; readonly said: Omit<OwnSetting, 'tenantId'> | null },
  fallback: unknown,
): { differences: Difference<O>[]; keepingOwn: O[] } {
  const then = new Map(own)
  if (change.said) then.set(change.tenantId, { tenantId: change.tenantId, ...change.said })
  else then.delete(change.tenantId)

  const differences: Difference<O>[] = []
  const keepingOwn: O[] = []
  for (const organisation of organisations) {
    const before = effectiveSetting(organisation.lineage, own, fallback)
    const after = effectiveSetting(organisation.lineage, then, fallback)
    if (isSame(before, after)) {
      if (organisation.id !== change.tenantId && after.source === organisation.id) {
        keepingOwn.push(organisation)
      }
      continue
    }
    const overrules = before.source === organisation.id && after.source !== organisation.id
    differences.push({
      organisation,
      before,
      after,
      overrules: overrules && organisation.id !== change.tenantId,
    })
  }
  return { differences, keepingOwn }
}

/** The same value from elsewhere is no change to those who live by it, but a new lock is. */
function isSame(before: Effective, after: Effective): boolean {
  return (
    JSON.stringify(before.value) === JSON.stringify(after.value) &&
    (before.lockedBy === null) === (after.lockedBy === null)
  )
}
