import type { Item } from './item.ts'
import { processResponses } from './processing/process-responses.ts'
import { numberOf, type Value } from './values.ts'

export interface ScoreResult {
  /** May be below zero: QTI puts no floor under a mapping without a lower bound. */
  readonly score: number
  readonly maxScore: number
  readonly outcomes: ReadonlyMap<string, Value>
}

/** Scores responses that `resolveResponses` has checked. */
export function score(item: Item, responses: ReadonlyMap<string, Value>): ScoreResult {
  const outcomes = processResponses(item, responses)
  const exact = numberOf(outcomes.get('SCORE') ?? null) ?? 0
  return { score: withoutBinaryRest(exact), maxScore: item.maxScore, outcomes }
}

/** Three thirds are one point in a gradebook, not 0.9999999999999989. */
function withoutBinaryRest(exact: number): number {
  return Number(exact.toFixed(10))
}
