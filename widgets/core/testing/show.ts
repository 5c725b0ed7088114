import type { LitElement } from 'lit'

/** Puts a fresh element, alone, on the page; properties are set before it is connected. */
export async function show<T extends LitElement>(
  Element: new () => T,
  properties: Partial<T>,
): Promise<T> {
  document.documentElement.lang = 'en-GB'
  document.title = 'Test'
  const element = new Element()
  Object.assign(element, properties)
  document.body.replaceChildren(element)
  await element.updateComplete
  return element
}

/** What a reader sees of an element. */
export function textIn(element: LitElement): string {
  const parts: string[] = []
  const walker = document.createTreeWalker(element.renderRoot, NodeFilter.SHOW_TEXT)
  while (walker.nextNode()) {
    const parent = walker.currentNode.parentElement
    if (parent?.checkVisibility()) parts.push(walker.currentNode.textContent ?? '')
  }
  return parts.join(' ').replace(/\s+/g, ' ').trim()
}

/** What a reader sees of an element and of the elements inside it, in their order. */
export function deepTextIn(node: Node): string {
  if (node instanceof HTMLStyleElement) return ''
  if (node.nodeType === Node.TEXT_NODE) return node.nodeValue ?? ''
  const inside = node instanceof Element ? (node.shadowRoot ?? node) : node
  const text = [...inside.childNodes].map((child) => deepTextIn(child)).join('')
  return text.replace(/\s+/g, ' ')
}
