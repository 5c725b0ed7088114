import type { DeliveryElement } from '../delivery.ts'
import { assetAttributes } from './allowed-html.ts'
import { type Content, isMarkup, type Markup } from './content.ts'

export type Delivered<Extra> = string | Extra | DeliveryElement<Delivered<Extra>>

/** Copies content for delivery: assets get their addresses, everything extra its delivered form. */
export function deliverContent<From extends { readonly kind: string }, To>(
  nodes: readonly Content<From>[],
  assetUrl: (path: string) => string,
  deliverExtra: (extra: From) => To,
): Delivered<To>[] {
  return nodes.map((node) => {
    if (typeof node === 'string') return node
    if (!isMarkup(node)) return deliverExtra(node)
    return {
      kind: node.kind,
      tag: node.tag,
      attributes: withAddresses(node, assetUrl),
      children: deliverContent(node.children, assetUrl, deliverExtra),
    }
  })
}

function withAddresses<From>(
  { kind, tag, attributes }: Markup<From>,
  assetUrl: (path: string) => string,
): Readonly<Record<string, string>> {
  const names = kind === 'html' ? assetAttributes[tag] : undefined
  if (!names) return attributes
  return Object.fromEntries(
    Object.entries(attributes).map(([name, value]) => [
      name,
      names.includes(name) ? assetUrl(value) : value,
    ]),
  )
}
