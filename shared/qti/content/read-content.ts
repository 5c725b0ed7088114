import type { XmlElement } from '../xml.ts'
import { isElement, refuse, textOf } from '../xml-element.ts'
import {
  allowedTags,
  assetAttributes,
  isAllowedAttribute,
  sharedVocabulary,
  structuralTags,
} from './allowed-html.ts'
import { assetPath } from './asset-path.ts'
import type { Content, Markup } from './content.ts'
import { mathNamespace, readMath } from './read-math.ts'

const htmlNamespace = 'http://www.w3.org/1999/xhtml'

export interface ContentReader<Extra> {
  /** The item's own path in the package, from which its references start. */
  readonly file: string
  readonly qtiNamespace: string
  readonly note: (text: string) => void
  readonly asset: (path: string) => void
  /** Reads an element of QTI itself: an interaction, a feedback, a rubric. */
  readonly readQti: (element: XmlElement) => readonly Content<Extra>[]
}

/** Reads what stands inside `parent` as an allow-listed tree; anything else is refused. */
export function readChildren<Extra>(
  parent: XmlElement,
  reader: ContentReader<Extra>,
  options: { readonly preformatted?: boolean; readonly structural?: boolean } = {},
): Content<Extra>[] {
  return parent.children.flatMap((child): readonly Content<Extra>[] => {
    if (isElement(child)) return readElement(child, reader, options.preformatted ?? false)
    if (options.preformatted) return [child]
    const text = child.replace(/[ \t\r\n]+/g, ' ')
    return text === '' || (options.structural && text === ' ') ? [] : [text]
  })
}

function readElement<Extra>(
  element: XmlElement,
  reader: ContentReader<Extra>,
  preformatted: boolean,
): readonly Content<Extra>[] {
  const { name, namespace } = element
  // Some authors forget the namespace of `math`; its name says enough.
  if (namespace === mathNamespace || name === 'math') return [readMath(element)]
  if (namespace !== reader.qtiNamespace && namespace !== htmlNamespace) {
    refuse(`unsupported element ${name} of the vocabulary ${namespace || 'without name'}`, element)
  }
  if (name.startsWith('qti-')) return reader.readQti(element)
  if (name === 'style') {
    reader.note('style sheets within the item are not applied')
    return []
  }
  if (name === 'object') return [readObject(element, reader)]
  if (name === 'picture') return readPicture(element, reader)
  if (!allowedTags.has(name)) refuse(`unsupported element ${name}`, element)

  const attributes = readAttributes(element, name, reader)
  const children = readChildren(element, reader, {
    preformatted: preformatted || name === 'pre',
    structural: structuralTags.has(name),
  })
  return [{ kind: 'html', tag: name, attributes, children }]
}

function readAttributes<Extra>(
  element: XmlElement,
  tag: string,
  reader: ContentReader<Extra>,
): Record<string, string> {
  const kept: Record<string, string> = {}
  for (const [written, value] of element.attributes) {
    const name = written === 'xml:lang' ? 'lang' : written
    if (assetAttributes[tag]?.includes(name)) {
      const path = assetPath(value.trim(), reader.file, element)
      reader.asset(path)
      kept[name] = path
    } else if (isAllowedAttribute(tag, name, value)) kept[name] = value
    else if (name === 'style') reader.note('style attributes are not applied')
  }
  const classes = sharedVocabulary(element.attributes.get('class') ?? '')
  if (classes !== '') kept['class'] = classes
  if (tag === 'img') requireAlternative(kept, element, reader)
  if (tag === 'audio' || tag === 'video') kept['controls'] = ''
  return tag === 'a' ? { ...kept, ...linkTarget(element) } : kept
}

function requireAlternative<Extra>(
  kept: Record<string, string>,
  element: XmlElement,
  { note }: ContentReader<Extra>,
): void {
  if (!('src' in kept)) refuse('an img without src', element)
  if ('alt' in kept) return
  note('a picture has no text alternative (alt)')
  kept['alt'] = ''
}

/** Links lead to the web in a window of their own, or nowhere: a place in the item has no name. */
function linkTarget(element: XmlElement): Record<string, string> {
  const href = element.attributes.get('href')?.trim() ?? ''
  if (href === '' || href.startsWith('#')) return {}
  if (!/^https?:\/\/[^\s]+$/i.test(href)) {
    refuse(`links to ${href.slice(0, 100)}, which is not a web address`, element)
  }
  return { href, target: '_blank', rel: 'noopener noreferrer' }
}

/** QTI's older way to show a picture; what stands inside it is its text alternative. */
function readObject<Extra>(element: XmlElement, reader: ContentReader<Extra>): Markup<Extra> {
  const type = element.attributes.get('type') ?? ''
  const [, tag] = /^(image|audio|video)\/(?!svg)/.exec(type) ?? []
  if (tag === undefined)
    refuse(`unsupported object of type ${type.slice(0, 60) || '(none)'}`, element)
  const attributes = new Map(element.attributes)
  attributes.set('src', element.attributes.get('data') ?? '')
  const alternative = textOf(element).trim().replace(/\s+/g, ' ')
  if (tag === 'image' && alternative !== '') attributes.set('alt', alternative)
  const html = tag === 'image' ? 'img' : tag
  return {
    kind: 'html',
    tag: html,
    attributes: readAttributes({ ...element, attributes }, html, reader),
    children: [],
  }
}

/** Of a picture's sources, the `img` that every browser can show. */
function readPicture<Extra>(
  element: XmlElement,
  reader: ContentReader<Extra>,
): readonly Content<Extra>[] {
  const image = element.children.filter(isElement).find(({ name }) => name === 'img')
  return image ? readElement(image, reader, false) : refuse('a picture without img', element)
}
