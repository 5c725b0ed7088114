import { userEvent } from 'vitest/browser'

/** The element that has the focus, through open shadow roots. */
export function focused(): Element | null {
  let element = document.activeElement
  while (element?.shadowRoot?.activeElement) element = element.shadowRoot.activeElement
  return element
}

/** Presses keys one after the other, by name: `Tab`, `Space`, `Enter`, `ArrowDown`, … */
export async function press(...keys: string[]): Promise<void> {
  for (const key of keys) await userEvent.keyboard(key === 'Space' ? ' ' : `{${key}}`)
}

/** Presses Tab until the focused element's text or label contains `name`. */
export async function tabTo(name: string): Promise<Element> {
  for (let tries = 0; tries < 60; tries += 1) {
    await press('Tab')
    const element = focused()
    if (element && nameOf(element).includes(name)) return element
  }
  throw new Error(`Tab never reached “${name}”`)
}

function nameOf(element: Element): string {
  const label = element instanceof HTMLInputElement ? element.labels?.[0]?.textContent : undefined
  return [element.getAttribute('aria-label'), label, element.textContent].join(' ')
}
