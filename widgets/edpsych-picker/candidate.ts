import type { Choice } from '../core/events.ts'

export type Kind = Choice['kind']

/** Something that can be picked, as a row of the list shows it. */
export interface Candidate extends Choice {
  readonly title: string
  readonly facts: readonly string[]
  /** Greatest score, where it has one. */
  readonly maxScore?: number
}

export interface CandidatePage {
  readonly candidates: Candidate[]
  readonly nextCursor: string | null
}

export interface Question {
  readonly kind: Kind
  readonly words: string
  readonly cursor: string | undefined
}
