/** Text, markup or something of `Extra`; with nothing extra it is what prompts and choices hold. */
export type Content<Extra = never> = string | Extra | Markup<Extra>

/** One allow-listed element; the assets among its attributes are paths within the package. */
export interface Markup<Extra = never> {
  readonly kind: 'html' | 'math'
  readonly tag: string
  readonly attributes: Readonly<Record<string, string>>
  readonly children: readonly Content<Extra>[]
}

export function isMarkup<Extra extends { readonly kind: string }>(
  node: Extra | Markup<Extra>,
): node is Markup<Extra> {
  return node.kind === 'html' || node.kind === 'math'
}
