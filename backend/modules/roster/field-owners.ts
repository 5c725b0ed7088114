import type { SourceKind } from '../../../shared/api/roster-matches.ts'
import type { PersonValues } from './identity-store.ts'

/** Which kind of source has the last word on a field. */
export interface FieldOwnership {
  readonly name: SourceKind
  readonly email: SourceKind
  /** Of classes. */
  readonly title: SourceKind
}

export interface Saying {
  /** Null: the record as it was entered here. */
  readonly sourceId: string | null
  readonly sourceKind: SourceKind
  /** The record in the roster is this source's own. */
  readonly isOwn: boolean
  readonly values: PersonValues
}

export interface Resolved {
  readonly givenName: string | null
  readonly familyName: string | null
  readonly email: string | null
  readonly role: 'student' | 'teacher'
  readonly grades: readonly string[]
  readonly owners: { readonly name: string | null; readonly email: string | null }
}

/** What holds of what the sources say: the owner's word, and where it says nothing the next one's. */
export function resolveFields(
  sayings: readonly [Saying, ...Saying[]],
  ownership: Pick<FieldOwnership, 'name' | 'email'>,
): Resolved {
  const inOrder = (first: SourceKind) => sayings.toSorted((a, b) => rank(a, first) - rank(b, first))
  const named = inOrder(ownership.name).find(
    ({ values }) => values.givenName !== null && values.familyName !== null,
  )
  const mailed = inOrder(ownership.email).find(({ values }) => values.email !== null)
  // Year groups and what somebody is belong to the record itself.
  const [main = sayings[0]] = inOrder('sis')
  return {
    givenName: named?.values.givenName ?? null,
    familyName: named?.values.familyName ?? null,
    email: mailed?.values.email ?? null,
    role: main.values.role,
    grades: main.values.grades,
    owners: { name: named?.sourceId ?? null, email: mailed?.sourceId ?? null },
  }
}

function rank({ sourceKind, isOwn }: Saying, first: SourceKind): number {
  return (sourceKind === first ? 0 : 2) + (isOwn ? 0 : 1)
}
