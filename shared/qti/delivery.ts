/**
 * An item as a learner's browser receives it. Nothing here can hold a key: no correct response,
 * mapping, default value, feedback, rubric for scorers or author's choice identifier.
 */
export interface DeliveryItem {
  readonly title: string
  /** BCP 47 tag of the item's text, when its author gave one. */
  readonly language: string | null
  readonly body: readonly DeliveryNode[]
}

/** Text, markup or an interaction; interactions occur only in the body, never inside each other. */
export type DeliveryNode = string | DeliveryElement | DeliveryInteraction

/** Text or markup; what prompts and choices are made of. */
export type DeliveryContent = string | DeliveryElement<DeliveryContent>

/**
 * One element of the allowed HTML subset, or of MathML when `kind` is `math` (to be created in the
 * MathML namespace). Names and attributes come from allow-lists, so an element may be built from
 * them with `createElement` and `setAttribute` as they stand.
 */
export interface DeliveryElement<Child = DeliveryNode> {
  readonly kind: 'html' | 'math'
  readonly tag: string
  readonly attributes: Readonly<Record<string, string>>
  readonly children: readonly Child[]
}

export type DeliveryInteraction = DeliveryChoice | DeliveryTextEntry

/** A block. Submit `[id, …]` under `responseIdentifier`; nothing chosen is `[]`. */
export interface DeliveryChoice {
  readonly kind: 'choice'
  readonly responseIdentifier: string
  /** Radio buttons for `single`, check boxes for `multiple`. */
  readonly cardinality: 'single' | 'multiple'
  readonly prompt: readonly DeliveryContent[]
  /** In the order to show. Ids are opaque and hold for this attempt only. */
  readonly choices: readonly DeliveryChoiceOption[]
  /** 0 means no limit. */
  readonly maxChoices: number
  readonly minChoices: number
  readonly orientation: 'vertical' | 'horizontal'
}

export interface DeliveryChoiceOption {
  readonly id: string
  readonly content: readonly DeliveryContent[]
}

/** Inline, within a sentence. Submit `[text]` under `responseIdentifier`; an empty field is `[]`. */
export interface DeliveryTextEntry {
  readonly kind: 'text-entry'
  readonly responseIdentifier: string
  /** For the `inputmode` attribute: `numeric` for integers, `decimal` for other numbers. */
  readonly inputMode: 'text' | 'numeric' | 'decimal'
  /** Characters the field should have room for; a longer answer is still allowed. */
  readonly expectedLength?: number
  readonly placeholder?: string
  /** A hint for the form, to be matched against the whole value; the server does not apply it. */
  readonly patternMask?: string
}
