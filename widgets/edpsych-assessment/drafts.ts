import type {
  DeliveryChoice,
  DeliveryInteraction,
  DeliveryItem,
  DeliveryNode,
} from '../../shared/qti/delivery.ts'

export type Responses = Record<string, string[]>

export interface Draft {
  readonly attemptId: string
  readonly item: DeliveryItem
  readonly responses: Responses
}

/** Whose answers are kept: a person in one session, so that nobody meets another's answers. */
export interface DraftOwner {
  readonly userId: string
  readonly sessionId: string
}

interface KeptDraft extends Draft {
  readonly sessionId: string
}

/** Answers not sent yet, kept in this tab only; `sameSession` says whether their attempt is still ours. */
export class Drafts {
  private readonly owner: DraftOwner

  constructor(owner: DraftOwner) {
    this.owner = owner
  }

  load(itemId: string): (Draft & { sameSession: boolean }) | undefined {
    try {
      const text = sessionStorage.getItem(this.key(itemId))
      if (text === null) return undefined
      // Written by `save` of the same origin.
      const draft = JSON.parse(text) as KeptDraft
      return { ...draft, sameSession: draft.sessionId === this.owner.sessionId }
    } catch {
      return undefined // a browser may forbid storage in frames; then nothing is kept
    }
  }

  /** Whether it could be kept. */
  save(itemId: string, draft: Draft): boolean {
    const kept: KeptDraft = { ...draft, sessionId: this.owner.sessionId }
    try {
      sessionStorage.setItem(this.key(itemId), JSON.stringify(kept))
      return true
    } catch {
      return false // full or forbidden
    }
  }

  clear(itemId: string): void {
    try {
      sessionStorage.removeItem(this.key(itemId))
    } catch {
      // what cannot be removed could not be kept either
    }
  }

  private key(itemId: string): string {
    return `edpsych-draft:${this.owner.userId}:${itemId}`
  }
}

/** Brings the answers of an earlier attempt to a new one, whose choices have other ids and another order. */
export function carryOver(draft: Draft, item: DeliveryItem): Responses {
  const earlier = interactionsOf(draft.item.body)
  const responses: Responses = {}
  for (const now of interactionsOf(item.body)) {
    const before = earlier.find((one) => one.responseIdentifier === now.responseIdentifier)
    const given = draft.responses[now.responseIdentifier]
    if (!before || !given || before.kind !== now.kind) continue
    responses[now.responseIdentifier] =
      before.kind === 'choice' && now.kind === 'choice' ? sameChoices(given, before, now) : given
  }
  return responses
}

function sameChoices(given: string[], before: DeliveryChoice, now: DeliveryChoice): string[] {
  return given.flatMap((id) => {
    const content = JSON.stringify(before.choices.find((choice) => choice.id === id)?.content)
    return now.choices.find((choice) => JSON.stringify(choice.content) === content)?.id ?? []
  })
}

/** Every interaction of a body, in order. */
export function interactionsOf(nodes: readonly DeliveryNode[]): DeliveryInteraction[] {
  return nodes.flatMap((node): DeliveryInteraction[] => {
    if (typeof node === 'string') return []
    return 'responseIdentifier' in node ? [node] : interactionsOf(node.children)
  })
}
