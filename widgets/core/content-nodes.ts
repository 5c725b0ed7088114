import type {
  DeliveryElement,
  DeliveryInteraction,
  DeliveryNode,
} from '../../shared/qti/delivery.ts'

const mathNamespace = 'http://www.w3.org/1998/Math/MathML'

// The server sends allow-listed names only; these stay out even if that list ever had a hole.
const refusedTags =
  /^(?:script|style|link|meta|base|i?frame|object|embed|form|input|button|select|textarea|template|slot)$/i
const refusedAttributes = /^(?:on|(?:style|srcdoc|formaction|is)$)/i
const addressAttributes = /^(?:href|src|poster|cite)$/i

/** Builds the nodes of an item's body; `interaction` gives what stands for each interaction. */
export function contentNodes(
  nodes: readonly DeliveryNode[],
  interaction: (given: DeliveryInteraction) => Node,
): Node[] {
  return nodes.flatMap((node): Node[] => {
    if (typeof node === 'string') return [document.createTextNode(node)]
    if ('responseIdentifier' in node) return [interaction(node)]
    if (refusedTags.test(node.tag)) return []
    const element = createElement(node)
    element.append(...contentNodes(node.children, interaction))
    return [element]
  })
}

function createElement({ kind, tag, attributes }: DeliveryElement): Element {
  const element =
    kind === 'math' ? document.createElementNS(mathNamespace, tag) : document.createElement(tag)
  for (const [name, value] of Object.entries(attributes)) {
    if (isAllowed(name, value)) element.setAttribute(name, value)
  }
  // Items say what to play, never how: without controls nobody could.
  if (element instanceof HTMLMediaElement) element.controls = true
  return element
}

function isAllowed(name: string, value: string): boolean {
  if (refusedAttributes.test(name)) return false
  return !addressAttributes.test(name) || isWebAddress(value)
}

function isWebAddress(address: string): boolean {
  try {
    return /^https?:$/.test(new URL(address, location.origin).protocol)
  } catch {
    return false
  }
}
