import type { Content } from '../content/content.ts'
import type { ResponseDeclaration } from '../declarations.ts'
import type { DeliveryChoice } from '../delivery.ts'
import { container, type Scalar, single, type Value } from '../values.ts'
import type { XmlElement } from '../xml.ts'
import {
  booleanAttribute,
  childElement,
  childElements,
  countAttribute,
  identifierAttribute,
  refuse,
} from '../xml-element.ts'
import type { InteractionDefinition, ReadContext } from './interaction.ts'
import { shuffled } from './shuffle.ts'

export interface ChoiceInteraction {
  readonly kind: 'choice'
  readonly responseIdentifier: string
  readonly prompt: readonly Content[]
  readonly shuffle: boolean
  /** 0 means no limit. */
  readonly maxChoices: number
  readonly minChoices: number
  readonly orientation: 'vertical' | 'horizontal'
  readonly choices: readonly SimpleChoice[]
}

interface SimpleChoice {
  readonly identifier: string
  readonly fixed: boolean
  readonly content: readonly Content[]
}

/** The contract takes no longer responses. */
const maxOptions = 200

export const choice: InteractionDefinition<ChoiceInteraction, DeliveryChoice> = {
  element: 'qti-choice-interaction',

  read(element, context) {
    const { declaration } = context
    refuseOtherDeclaration(declaration, element)
    const unknown = childElements(element).find(
      (child) => child.name !== 'qti-prompt' && child.name !== 'qti-simple-choice',
    )
    if (unknown) refuse(`unsupported element ${unknown.name} in ${element.name}`, unknown)
    const choices = childElements(element, 'qti-simple-choice').map((one) =>
      readSimpleChoice(one, context),
    )
    if (choices.length === 0) refuse('a choice interaction without choices', element)
    if (choices.length > maxOptions) refuse(`more than ${maxOptions} choices`, element)
    refuseUnknownCorrect(declaration, choices, element)

    const prompt = childElement(element, 'qti-prompt')
    const limits = readLimits(element, choices.length, declaration)
    return {
      kind: 'choice',
      responseIdentifier: declaration.identifier,
      prompt: prompt ? context.readContent(prompt) : [],
      shuffle: booleanAttribute(element, 'shuffle', false),
      ...limits,
      orientation: readOrientation(element),
      choices,
    }
  },

  resolve(model, submitted, { declaration, choiceId, problem }) {
    const identifiers = model.choices.map(({ identifier }) => identifier)
    const byName = new Map<unknown, string>([
      ...identifiers.map((one) => [one, one] as const),
      // Last, so that an id of the attempt goes before an identifier that looks the same.
      ...identifiers.map((one) => [choiceId(model.responseIdentifier, one), one] as const),
    ])
    const chosen: string[] = []
    for (const [index, value] of submitted.entries()) {
      const identifier = byName.get(value)
      if (identifier === undefined) problem(index, 'unknown_choice', 'is not one of the choices')
      else if (chosen.includes(identifier)) {
        problem(index, 'duplicate_choice', 'the same choice is given twice')
      } else chosen.push(identifier)
    }
    if (declaration.cardinality === 'single' && submitted.length > 1) {
      problem(null, 'too_many_values', 'takes one choice')
    } else if (model.maxChoices > 0 && submitted.length > model.maxChoices) {
      problem(null, 'too_many_choices', `takes at most ${model.maxChoices} choices`)
    }
    return chosenValue(declaration, chosen)
  },

  deliver(model, { declaration, choiceId, order, deliverContent }) {
    const choices = model.shuffle
      ? shuffled(model.choices, order(model.responseIdentifier, movable(model.choices)))
      : model.choices
    return {
      kind: 'choice',
      responseIdentifier: model.responseIdentifier,
      cardinality: declaration.cardinality === 'multiple' ? 'multiple' : 'single',
      prompt: deliverContent(model.prompt),
      choices: choices.map(({ identifier, content }) => ({
        id: choiceId(model.responseIdentifier, identifier),
        content: deliverContent(content),
      })),
      maxChoices: model.maxChoices,
      minChoices: model.minChoices,
      orientation: model.orientation,
    }
  },

  attainable(model) {
    const count = model.choices.length
    return {
      values: model.choices.map(({ identifier }) => identifier),
      atLeast: model.minChoices,
      atMost: model.maxChoices === 0 ? count : Math.min(model.maxChoices, count),
    }
  },
}

function movable(choices: readonly SimpleChoice[]): number {
  return choices.filter(({ fixed }) => !fixed).length
}

function chosenValue(declaration: ResponseDeclaration, chosen: readonly string[]): Value {
  if (declaration.cardinality === 'multiple') return container('multiple', 'identifier', chosen)
  const [only] = chosen
  return only === undefined ? null : single('identifier', only)
}

function readSimpleChoice(element: XmlElement, { readContent }: ReadContext): SimpleChoice {
  if (element.attributes.has('template-identifier')) {
    refuse('choices that depend on a template are not supported', element)
  }
  return {
    identifier: identifierAttribute(element),
    fixed: booleanAttribute(element, 'fixed', false),
    content: readContent(element),
  }
}

/** QTI 3: the limit is one choice unless the item says otherwise. */
function readLimits(
  element: XmlElement,
  count: number,
  declaration: ResponseDeclaration,
): Pick<ChoiceInteraction, 'maxChoices' | 'minChoices'> {
  const written = countAttribute(element, 'max-choices') ?? 1
  const minChoices = countAttribute(element, 'min-choices') ?? 0
  const single = declaration.cardinality === 'single'
  if (single && written > 1) {
    refuse(`max-choices="${written}" for a response of single cardinality`, element)
  }
  const maxChoices = single ? 1 : written
  const most = maxChoices === 0 ? count : Math.min(maxChoices, count)
  if (minChoices > most) {
    refuse(`min-choices="${minChoices}" is more than can be chosen`, element)
  }
  return { maxChoices, minChoices }
}

function readOrientation(element: XmlElement): ChoiceInteraction['orientation'] {
  const classes = element.attributes.get('class')?.split(/\s+/) ?? []
  const written = element.attributes.get('orientation')
  return written === 'horizontal' || classes.includes('qti-orientation-horizontal')
    ? 'horizontal'
    : 'vertical'
}

function refuseOtherDeclaration(declaration: ResponseDeclaration, element: XmlElement): void {
  const { identifier, baseType, cardinality } = declaration
  if (baseType !== 'identifier' || (cardinality !== 'single' && cardinality !== 'multiple')) {
    refuse(
      `a choice interaction needs a single or multiple identifier, but ${identifier} is ${cardinality} ${baseType ?? ''}`.trim(),
      element,
    )
  }
}

function refuseUnknownCorrect(
  { correctResponse }: ResponseDeclaration,
  choices: readonly SimpleChoice[],
  element: XmlElement,
): void {
  const identifiers = new Set<Scalar>()
  for (const { identifier } of choices) {
    if (identifiers.has(identifier)) refuse(`two choices are called ${identifier}`, element)
    identifiers.add(identifier)
  }
  const correct: readonly Scalar[] =
    correctResponse?.cardinality === 'single'
      ? [correctResponse.value]
      : correctResponse?.cardinality === 'multiple'
        ? correctResponse.values
        : []
  if (correct.some((one) => !identifiers.has(one))) {
    refuse('the correct response names a choice that does not exist', element)
  }
}
