import { deliverContent } from './content/deliver-content.ts'
import type { DeliveryInteraction, DeliveryItem } from './delivery.ts'
import type { ChoiceId, Order } from './interactions/interaction.ts'
import { definitionOf, type Interaction } from './interactions/table.ts'
import { type Item, responseDeclarationOf } from './item.ts'

export interface DeliverOptions {
  /** Names a choice for this attempt; it must say nothing about the author's identifier. */
  readonly choiceId: ChoiceId
  /** The order of the choices that may be shuffled, as indexes. */
  readonly order: Order
  /** Where a learner's browser finds a file of the item, named as in `Item.assets`. */
  readonly assetUrl: (path: string) => string
}

/** What a learner may see of an item: built anew from what is allowed, so no key can slip in. */
export function deliver(item: Item, { choiceId, order, assetUrl }: DeliverOptions): DeliveryItem {
  function deliverInteraction(interaction: Interaction): DeliveryInteraction {
    return definitionOf(interaction.kind).deliver(interaction, {
      declaration: responseDeclarationOf(item, interaction),
      choiceId,
      order,
      deliverContent: (content) => deliverContent<never, never>(content, assetUrl, noExtra),
    })
  }
  return {
    title: item.title,
    language: item.language,
    body: deliverContent(item.body, assetUrl, deliverInteraction),
  }
}

function noExtra(node: never): never {
  return node
}
