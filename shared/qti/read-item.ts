import { AppError } from '../errors.ts'
import { refuseScripts } from './content/refuse-scripts.ts'
import type { Item } from './item.ts'
import { interactionsOf, responseDeclarationOf } from './item.ts'
import { readBody, refuseAdaptive, refuseUnsupportedInteractions } from './read-body.ts'
import { readOutcomeDeclaration, readResponseDeclaration } from './read-declarations.ts'
import { readResponseProcessing, scoredBy } from './read-response-processing.ts'
import { parseXml, type XmlElement } from './xml.ts'
import { childElement, childElements, refuse, requiredAttribute } from './xml-element.ts'

const qtiNamespace = /^https?:\/\/www\.imsglobal\.org\/xsd\/imsqtiasi_v3p0$/

const otherRoots: Readonly<Record<string, string>> = {
  assessmentItem: 'QTI 2.x item: only QTI 3.0 is read; export it as QTI 3.0',
  assessmentTest: 'QTI 2.x test: only items of QTI 3.0 are read',
  questestinterop: 'QTI 1.2 document: only items of QTI 3.0 are read',
  'qti-assessment-test': 'an assessment test, not an item; its items are read by themselves',
  'qti-assessment-section': 'an assessment section, not an item',
  'qti-assessment-stimulus': 'a shared stimulus, not an item',
  manifest: 'a package manifest, not an item; import the zip it belongs to',
}

const leftOut: Readonly<Record<string, string>> = {
  'qti-catalog-info': 'alternative content of the catalog is not offered',
  'qti-companion-materials-info': 'companion materials such as calculators are not offered',
  'qti-modal-feedback': 'feedback is not shown to learners',
  'qti-stylesheet': 'style sheets are not applied',
}

const readElsewhere = new Set([
  'qti-context-declaration',
  'qti-item-body',
  'qti-outcome-declaration',
  'qti-response-declaration',
  'qti-response-processing',
])

export interface ReadItemOptions {
  /** The item's path in its package, from which its pictures are found. */
  readonly file?: string
}

/**
 * Reads a QTI 3.0 item. What is not a QTI 3.0 item, cannot be delivered or cannot be scored throws
 * `item_refused` with the reason in words.
 */
export function readItem(source: string | XmlElement, options: ReadItemOptions = {}): Item {
  const root = typeof source === 'string' ? parseXml(source) : source
  refuseOtherRoot(root)
  refuseScripts(root)
  refuseAdaptive(root)
  const body = childElement(root, 'qti-item-body')
  if (!body) refuse('no qti-item-body', root)
  refuseUnsupportedInteractions(body)

  const notes = new Set<string>()
  const assets = new Set<string>()
  readTopLevel(root, (text) => notes.add(text))
  const responseDeclarations = childElements(root, 'qti-response-declaration').map(
    readResponseDeclaration,
  )
  const outcomeDeclarations = childElements(root, 'qti-outcome-declaration').map(
    readOutcomeDeclaration,
  )
  refuseSameIdentifiers([...responseDeclarations, ...outcomeDeclarations], root)
  const nodes = readBody(body, {
    file: options.file ?? '',
    qtiNamespace: root.namespace,
    note: (text) => notes.add(text),
    asset: (path) => assets.add(path),
    responseDeclarations,
    outcomeDeclarations,
  })
  const interactions = interactionsOf({ body: nodes })
  if (interactions.length === 0) refuse('no interaction: nothing to score', body)

  const responseProcessing = readResponseProcessing(root)
  const scored = scoredBy(responseProcessing, {
    responseDeclarations,
    outcomeDeclarations,
    interactions,
    note: (text) => notes.add(text),
  })
  for (const interaction of interactions) {
    const { identifier } = responseDeclarationOf({ responseDeclarations }, interaction)
    if (identifier !== scored.responseIdentifier) {
      notes.add(`the response ${identifier} is not part of the score`)
    }
  }
  const identifier = requiredAttribute(root, 'identifier').trim()
  if (identifier === '' || identifier.length > 200) refuse('no usable identifier', root)
  return {
    identifier,
    title: root.attributes.get('title')?.trim().slice(0, 500) || identifier,
    language: languageOf(root),
    responseDeclarations,
    outcomeDeclarations,
    body: nodes,
    responseProcessing,
    maxScore: scored.maxScore,
    assets: [...assets],
    notes: [...notes],
  }
}

function refuseOtherRoot(root: XmlElement): void {
  if (root.name !== 'qti-assessment-item') {
    refuse(
      Object.hasOwn(otherRoots, root.name)
        ? `${otherRoots[root.name]}`
        : `not a QTI item: the document is a ${root.name.slice(0, 60)}`,
    )
  }
  if (!qtiNamespace.test(root.namespace)) {
    refuse(`not in the namespace of QTI 3.0 but in "${root.namespace.slice(0, 100)}"`, root)
  }
}

function readTopLevel(root: XmlElement, note: (text: string) => void): void {
  for (const element of childElements(root)) {
    if (element.namespace !== root.namespace) {
      note(`${element.name.slice(0, 60)}, of another vocabulary, is left out`)
    } else if (Object.hasOwn(leftOut, element.name)) note(`${leftOut[element.name]}`)
    else if (element.name.startsWith('qti-template-')) {
      refuse('templates (items with random parts) are not supported', element)
    } else if (!readElsewhere.has(element.name)) {
      refuse(`unsupported element ${element.name}`, element)
    }
  }
}

function refuseSameIdentifiers(
  declarations: readonly { readonly identifier: string }[],
  root: XmlElement,
): void {
  const seen = new Set<string>()
  for (const { identifier } of declarations) {
    if (seen.has(identifier)) refuse(`${identifier} is declared twice`, root)
    seen.add(identifier)
  }
}

function languageOf(root: XmlElement): string | null {
  const language = root.attributes.get('xml:lang') ?? root.attributes.get('lang') ?? ''
  return /^[A-Za-z0-9-]{2,35}$/.test(language) ? language : null
}

/** Whether an error is a reader's refusal, whose message is for whoever imports. */
export function isRefusal(error: unknown): error is AppError {
  return error instanceof AppError && error.code === 'item_refused'
}
