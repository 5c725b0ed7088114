import type { Mapping, OutcomeDeclaration } from './declarations.ts'
import type { Attainable } from './interactions/interaction.ts'
import { mapScalar, withinBounds } from './mapping.ts'
import { type BaseType, numberOf } from './values.ts'

/** The maximum an item declares: its MAXSCORE outcome, or what SCORE is normally at most. */
export function declaredMaxScore(outcomes: readonly OutcomeDeclaration[]): number | null {
  const maxScore = outcomes.find(({ identifier }) => identifier === 'MAXSCORE')
  const score = outcomes.find(({ identifier }) => identifier === 'SCORE')
  const declared = numberOf(maxScore?.defaultValue ?? null) ?? score?.normalMaximum ?? 0
  return declared > 0 ? declared : null
}

/** The best that a mapping gives for a response the interaction allows; no answer earns zero. */
export function bestMapped(
  mapping: Mapping,
  response: { readonly baseType: BaseType; readonly isContainer: boolean },
  { values, atLeast, atMost }: Attainable,
): number {
  const worth =
    values === 'any'
      ? [mapping.defaultValue, ...mapping.entries.map(({ value }) => value)]
      : values.map((value) => mapScalar(mapping, response.baseType, value))
  const descending = worth.sort((a, b) => b - a)
  const [best = 0] = descending
  if (!response.isContainer) return Math.max(best, 0)

  const forced = Math.max(atLeast, 1)
  const chosen = descending.slice(0, atMost).filter((one, index) => index < forced || one > 0)
  const sum = chosen.reduce((total, one) => total + one, 0)
  return Math.max(withinBounds(mapping, sum), 0)
}
