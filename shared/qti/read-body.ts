import type { Content } from './content/content.ts'
import { type ContentReader, readChildren } from './content/read-content.ts'
import type { OutcomeDeclaration, ResponseDeclaration } from './declarations.ts'
import { type Interaction, interactionDefinitions } from './interactions/table.ts'
import type { BodyNode } from './item.ts'
import { initialValue } from './processing/process-responses.ts'
import type { XmlElement } from './xml.ts'
import {
  booleanAttribute,
  descendants,
  identifierAttribute,
  refuse,
  requiredAttribute,
} from './xml-element.ts'

export interface BodyContext extends Omit<ContentReader<never>, 'readQti'> {
  readonly responseDeclarations: readonly ResponseDeclaration[]
  readonly outcomeDeclarations: readonly OutcomeDeclaration[]
}

/** Names every kind of interaction the body holds that cannot be delivered yet. */
export function refuseUnsupportedInteractions(body: XmlElement): void {
  const supported = interactionDefinitions.map(({ element }) => element)
  const found = [...descendants(body)].filter(
    ({ name }) => /^qti-.*-interaction$/.test(name) && !supported.includes(name),
  )
  const names = [...new Set(found.map(({ name }) => name))]
  if (names.length > 0) refuse(`unsupported interaction ${names.join(', ')}`, found[0])
}

/** Reads the item body; interactions are bound to their response declarations. */
export function readBody(body: XmlElement, context: BodyContext): BodyNode[] {
  const bound = new Set<string>()
  const plain: ContentReader<never> = {
    ...context,
    readQti: (element) => readQtiMarkup(element, plain, context),
  }
  const interactive: ContentReader<Interaction> = {
    ...context,
    readQti(element) {
      const definition = interactionDefinitions.find((one) => one.element === element.name)
      if (!definition) return readQtiMarkup(element, interactive, context)
      const declaration = declarationFor(element, context)
      if (bound.has(declaration.identifier)) {
        refuse(`two interactions are bound to ${declaration.identifier}`, element)
      }
      bound.add(declaration.identifier)
      const readContent = (parent: XmlElement) => readChildren(parent, plain)
      return [definition.read(element, { declaration, note: context.note, readContent })]
    },
  }
  return readChildren(body, interactive, { structural: true })
}

function declarationFor(element: XmlElement, context: BodyContext): ResponseDeclaration {
  const identifier = identifierAttribute(element, 'response-identifier')
  const declaration = context.responseDeclarations.find((one) => one.identifier === identifier)
  return declaration ?? refuse(`the response ${identifier} is not declared`, element)
}

function readQtiMarkup<Extra>(
  element: XmlElement,
  reader: ContentReader<Extra>,
  context: BodyContext,
): readonly Content<Extra>[] {
  switch (element.name) {
    case 'qti-content-body':
      return readChildren(element, reader)
    case 'qti-rubric-block':
      return readRubric(element, reader)
    case 'qti-feedback-block':
    case 'qti-feedback-inline':
      leaveOutFeedback(element, context)
      return []
    case 'qti-stylesheet':
      context.note('style sheets are not applied')
      return []
    case 'qti-catalog-info':
      context.note('alternative content of the catalog is not offered')
      return []
    default:
      return refuse(`unsupported element ${element.name}`, element)
  }
}

/** A rubric is for whom its `view` names; scorers' and authors' never reach a learner. */
function readRubric<Extra>(
  element: XmlElement,
  reader: ContentReader<Extra>,
): readonly Content<Extra>[] {
  const views = requiredAttribute(element, 'view').trim().split(/\s+/)
  if (!views.includes('candidate')) {
    reader.note(`a rubric for ${views.join(', ').slice(0, 60)} is not shown to learners`)
    return []
  }
  return [{ kind: 'html', tag: 'div', attributes: {}, children: readChildren(element, reader) }]
}

/**
 * Feedback waits until its outcome is set, which delivery does not do yet, so it is left out. An
 * item that shows some from the start would not read as its author meant.
 */
function leaveOutFeedback(element: XmlElement, context: BodyContext): void {
  if ([...descendants(element)].some(({ name }) => name.endsWith('-interaction'))) {
    refuse('an interaction inside feedback', element)
  }
  const outcome = identifierAttribute(element, 'outcome-identifier')
  const identifier = requiredAttribute(element, 'identifier').trim()
  const declaration = context.outcomeDeclarations.find((one) => one.identifier === outcome)
  const initial = declaration ? initialValue(declaration) : null
  const matches =
    initial?.cardinality === 'single'
      ? String(initial.value) === identifier
      : initial?.cardinality === 'multiple' && initial.values.map(String).includes(identifier)
  const isShown = (element.attributes.get('show-hide') ?? 'show') === 'show' ? matches : !matches
  if (isShown) refuse('feedback that is visible before an answer is given', element)
  context.note('feedback is not shown to learners')
}

/** Whether an adaptive item changes while it is answered, which needs the complete interpreter. */
export function refuseAdaptive(root: XmlElement): void {
  if (booleanAttribute(root, 'adaptive', false)) refuse('adaptive items are not supported', root)
}
