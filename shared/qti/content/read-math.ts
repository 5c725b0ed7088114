import type { XmlElement } from '../xml.ts'
import { childElements, isElement, refuse } from '../xml-element.ts'
import type { Markup } from './content.ts'

export const mathNamespace = 'http://www.w3.org/1998/Math/MathML'

const tokens = new Set(['mi', 'mn', 'mo', 'ms', 'mtext'])

const layout = new Set(
  (
    'math menclose merror mfrac mlabeledtr mmultiscripts mover mpadded mphantom mprescripts mroot ' +
    'mrow mspace msqrt mstyle msub msubsup msup mtable mtd mtr munder munderover none semantics'
  ).split(' '),
)

const attributes = new Set(
  (
    'accent accentunder alttext columnalign columnspacing columnspan depth dir display displaystyle fence ' +
    'form height largeop linethickness lspace mathsize mathvariant maxsize minsize movablelimits ' +
    'notation rowalign rowspacing rowspan rspace scriptlevel separator stretchy symmetric voffset width'
  ).split(' '),
)

/**
 * Presentation MathML as browsers draw it. Annotations are dropped; `mfenced`, which browsers no
 * longer draw, becomes the row of fences and separators it stands for.
 */
export function readMath(element: XmlElement): Markup {
  const { name } = element
  if (name === 'mfenced') return fenced(element)
  if (!tokens.has(name) && !layout.has(name)) {
    refuse(`unsupported MathML element ${name}`, element)
  }
  return math(name, tokens.has(name) ? tokenText(element) : parts(element), kept(element))
}

function parts(element: XmlElement): Markup[] {
  return childElements(element)
    .filter(({ name }) => name !== 'annotation' && name !== 'annotation-xml')
    .map(readMath)
}

function tokenText(element: XmlElement): string[] {
  const inner = childElements(element)[0]
  if (inner)
    refuse(`unsupported element ${inner.name} in the MathML element ${element.name}`, inner)
  const text = element.children.filter((child) => !isElement(child)).join('')
  return text.trim() === '' ? [] : [text.trim().replace(/\s+/g, ' ')]
}

function kept(element: XmlElement): Record<string, string> {
  return Object.fromEntries(
    [...element.attributes].filter(([name, value]) => attributes.has(name) && value.length <= 1000),
  )
}

function fenced(element: XmlElement): Markup {
  const open = element.attributes.get('open') ?? '('
  const close = element.attributes.get('close') ?? ')'
  const separators = [...(element.attributes.get('separators') ?? ',').replace(/\s/g, '')]
  const content = parts(element).flatMap((part, index) => {
    const separator = separators[Math.min(index, separators.length) - 1] ?? separators.at(-1)
    return index === 0 || separator === undefined
      ? [part]
      : [operator(separator, 'separator'), part]
  })
  return math('mrow', [operator(open, 'fence'), math('mrow', content), operator(close, 'fence')])
}

function operator(text: string, role: 'fence' | 'separator'): Markup {
  return math('mo', text === '' ? [] : [text], { [role]: 'true' })
}

function math(
  tag: string,
  children: Markup['children'],
  attributes: Markup['attributes'] = {},
): Markup {
  return { kind: 'math', tag, attributes, children }
}
