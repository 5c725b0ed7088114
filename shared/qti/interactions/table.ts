import type { DeliveryChoice, DeliveryTextEntry } from '../delivery.ts'
import { type ChoiceInteraction, choice } from './choice.ts'
import type { InteractionDefinition } from './interaction.ts'
import { type TextEntryInteraction, textEntry } from './text-entry.ts'

/** A further interaction is one line here, one in `Deliveries`, one in the table, and its file. */
interface Models {
  readonly choice: ChoiceInteraction
  readonly 'text-entry': TextEntryInteraction
}

interface Deliveries {
  readonly choice: DeliveryChoice
  readonly 'text-entry': DeliveryTextEntry
}

export type InteractionKind = keyof Models

export type Interaction<Kind extends InteractionKind = InteractionKind> = {
  [K in Kind]: Models[K]
}[Kind]

type Definitions = {
  readonly [K in InteractionKind]: InteractionDefinition<Models[K], Deliveries[K]>
}

const definitions: Definitions = { choice, 'text-entry': textEntry }

export const interactionDefinitions = Object.values(definitions)

/** The rules of one kind of interaction. */
export function definitionOf<Kind extends InteractionKind>(
  kind: Kind,
): InteractionDefinition<Models[Kind], Deliveries[Kind]> {
  return definitions[kind]
}
