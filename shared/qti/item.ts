import { type Content, isMarkup } from './content/content.ts'
import type { OutcomeDeclaration, ResponseDeclaration } from './declarations.ts'
import type { Interaction } from './interactions/table.ts'
import type { ResponseRule } from './processing/expression.ts'

/**
 * An assessment item, whatever version of QTI it was written in. It holds the key: only what
 * `deliver` makes of it may leave the server.
 */
export interface Item {
  readonly identifier: string
  readonly title: string
  readonly language: string | null
  readonly responseDeclarations: readonly ResponseDeclaration[]
  readonly outcomeDeclarations: readonly OutcomeDeclaration[]
  readonly body: readonly BodyNode[]
  readonly responseProcessing: ResponseProcessing
  /** Above zero: an item that cannot earn a point is refused when it is read. */
  readonly maxScore: number
  /** Paths of the package's files that the body shows or plays. */
  readonly assets: readonly string[]
  /** What the source holds and delivery leaves out, in words for whoever imports. */
  readonly notes: readonly string[]
}

export interface ResponseProcessing {
  /** The standard's name of the fixed template that these rules are. */
  readonly template: string
  readonly rules: readonly ResponseRule[]
}

export type BodyNode = Content<Interaction>

/** The item's interactions in body order. */
export function interactionsOf(item: Pick<Item, 'body'>): Interaction[] {
  return interactionsIn(item.body)
}

export function responseDeclarationOf(
  item: Pick<Item, 'responseDeclarations'>,
  interaction: Interaction,
): ResponseDeclaration {
  const { responseIdentifier } = interaction
  const found = item.responseDeclarations.find((one) => one.identifier === responseIdentifier)
  if (!found) throw new TypeError(`${responseIdentifier} is bound but not declared`)
  return found
}

function interactionsIn(nodes: readonly BodyNode[]): Interaction[] {
  return nodes.flatMap((node) => {
    if (typeof node === 'string') return []
    return isMarkup(node) ? interactionsIn(node.children) : [node]
  })
}
