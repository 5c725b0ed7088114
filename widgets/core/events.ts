import type { PlacedChoice } from '../../shared/api/lti.ts'
import type { TargetKind } from '../../shared/lti.ts'

const outward = { bubbles: true, composed: true }

export interface Choice {
  readonly kind: TargetKind
  readonly id: string
}

/** `edpsych-pick`: what the person chose to add. */
export class PickEvent extends Event {
  static readonly type = 'edpsych-pick'
  /** With what was asked for of each, where the page lets people ask. */
  readonly choices: readonly PlacedChoice[]

  constructor(choices: readonly PlacedChoice[]) {
    super(PickEvent.type, outward)
    this.choices = choices
  }
}

/** `edpsych-cancel`: the person chose to add nothing. */
export class CancelEvent extends Event {
  static readonly type = 'edpsych-cancel'

  constructor() {
    super(CancelEvent.type, outward)
  }
}

/** `edpsych-attempt-start`: an attempt at an item is open. */
export class AttemptStartEvent extends Event {
  static readonly type = 'edpsych-attempt-start'
  readonly attemptId: string
  readonly itemId: string

  constructor(attempt: { attemptId: string; itemId: string }) {
    super(AttemptStartEvent.type, outward)
    this.attemptId = attempt.attemptId
    this.itemId = attempt.itemId
  }
}

/** `edpsych-attempt-submit`: the server has taken and scored the answers. */
export class AttemptSubmitEvent extends Event {
  static readonly type = 'edpsych-attempt-submit'
  readonly attemptId: string
  readonly itemId: string
  readonly score: number
  readonly maxScore: number

  constructor(result: { attemptId: string; itemId: string; score: number; maxScore: number }) {
    super(AttemptSubmitEvent.type, outward)
    this.attemptId = result.attemptId
    this.itemId = result.itemId
    this.score = result.score
    this.maxScore = result.maxScore
  }
}

/** `edpsych-open`: a resource is being opened in a new window. */
export class OpenEvent extends Event {
  static readonly type = 'edpsych-open'
  readonly resourceId: string
  readonly url: string

  constructor(opened: { resourceId: string; url: string }) {
    super(OpenEvent.type, outward)
    this.resourceId = opened.resourceId
    this.url = opened.url
  }
}

/** `edpsych-error`: something could not be done; the element shows it too. */
export class FailureEvent extends Event {
  static readonly type = 'edpsych-error'
  readonly code: string
  readonly requestId: string | undefined

  constructor(failure: { code: string; requestId?: string | undefined }) {
    super(FailureEvent.type, outward)
    this.code = failure.code
    this.requestId = failure.requestId
  }
}

declare global {
  interface HTMLElementEventMap {
    'edpsych-pick': PickEvent
    'edpsych-cancel': CancelEvent
    'edpsych-attempt-start': AttemptStartEvent
    'edpsych-attempt-submit': AttemptSubmitEvent
    'edpsych-open': OpenEvent
    'edpsych-error': FailureEvent
  }
}
