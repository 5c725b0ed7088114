import { type FrameOptions, openFrame } from './frame.ts'

export { defineEmbedElement, EmbedElement } from './embed-element.ts'
export type { FrameOptions } from './frame.ts'
export type { EmbedProblem } from './messages.ts'

export interface Mounted {
  /** Removes the content and everything that listened for it. */
  unmount(): void
}

/**
 * Shows an embed inside an element of the page.
 *
 * @example
 * const shown = mount('#lesson', { src: 'https://connect.example/embed/v1/view/emb_1', title: 'Fractions' })
 * shown.unmount()
 */
export function mount(target: Element | string, options: FrameOptions): Mounted {
  const element = typeof target === 'string' ? document.querySelector(target) : target
  if (!element) throw new TypeError(`mount: the page has no element ${String(target)}`)
  const frame = openFrame(element, options)
  return { unmount: () => frame.close() }
}
