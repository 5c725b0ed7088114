import { type SaxesAttributeNS, SaxesParser } from 'saxes'
import { AppError } from '../errors.ts'

export interface XmlElement {
  /** Local name. */
  readonly name: string
  readonly namespace: string
  /** By local name; attributes of another namespace keep their prefix, as in `xml:lang`. */
  readonly attributes: ReadonlyMap<string, string>
  readonly children: readonly (XmlElement | string)[]
  readonly line: number
  readonly column: number
}

/** What one document may hold before it is refused. */
export interface XmlLimits {
  readonly characters: number
  readonly depth: number
  readonly elements: number
  readonly attributesPerElement: number
}

export const xmlLimits: XmlLimits = {
  characters: 10 * 1024 * 1024,
  depth: 100,
  elements: 20_000,
  attributesPerElement: 100,
}

interface OpenElement extends XmlElement {
  readonly attributes: Map<string, string>
  readonly children: (XmlElement | string)[]
}

/**
 * Reads a document into a small tree. Nothing outside the text is ever loaded: a DOCTYPE, an entity
 * or a style sheet is a refusal (`item_refused`), as is anything beyond the limits.
 */
export function parseXml(text: string, limits: XmlLimits = xmlLimits): XmlElement {
  if (text.length > limits.characters) {
    throw new AppError('item_refused', `XML of more than ${limits.characters} characters`)
  }
  const parser = new SaxesParser({ xmlns: true })
  const open: OpenElement[] = []
  let root: XmlElement | undefined
  let elements = 0
  let attributesHere = 0

  function refuse(reason: string): never {
    throw new AppError('item_refused', `${reason} (line ${parser.line}, column ${parser.column})`)
  }

  parser.on('error', (error) => refuse(`not well-formed XML: ${wordsOf(error)}`))
  parser.on('doctype', () => refuse('a DOCTYPE is not accepted, nor any entity it declares'))
  parser.on('processinginstruction', ({ target }) => {
    if (target.toLowerCase() === 'xml-stylesheet') refuse('an xml-stylesheet is not accepted')
  })
  parser.on('opentagstart', () => {
    elements += 1
    attributesHere = 0
    if (open.length >= limits.depth) refuse(`elements nested more than ${limits.depth} deep`)
    if (elements > limits.elements) refuse(`more than ${limits.elements} elements`)
  })
  // Not at the end of the tag: a million attributes cost seconds until there.
  parser.on('attribute', () => {
    attributesHere += 1
    if (attributesHere > limits.attributesPerElement) {
      refuse(`more than ${limits.attributesPerElement} attributes on one element`)
    }
  })
  parser.on('opentag', (tag) => {
    const attributes = Object.values(tag.attributes)
    open.push({
      name: tag.local,
      namespace: tag.uri,
      attributes: new Map(attributes.filter(isNotNamespace).map((one) => [nameOf(one), one.value])),
      children: [],
      line: parser.line,
      column: parser.column,
    })
  })
  parser.on('closetag', () => {
    const element = open.pop()
    if (!element) return
    const parent = open.at(-1)
    if (parent) parent.children.push(element)
    else root = element
  })
  function addText(characters: string): void {
    const parent = open.at(-1)
    if (!parent) return
    const last = parent.children.at(-1)
    if (typeof last === 'string') parent.children[parent.children.length - 1] = last + characters
    else parent.children.push(characters)
  }
  parser.on('text', addText)
  parser.on('cdata', addText)

  parser.write(text).close()
  return root ?? refuse('no element at all')
}

function nameOf(attribute: SaxesAttributeNS): string {
  return attribute.uri === '' ? attribute.local : attribute.name
}

function isNotNamespace(attribute: SaxesAttributeNS): boolean {
  return attribute.name !== 'xmlns' && attribute.prefix !== 'xmlns'
}

/** The parser begins its messages with the position, which the refusal gives in words. */
function wordsOf(error: Error): string {
  return error.message.replace(/^\d+:\d+: /, '').replace(/\.$/, '')
}
