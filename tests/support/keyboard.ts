import type { ElementHandle, Page } from 'playwright'

const deepest = `(() => {
  let element = document.activeElement
  while (element?.shadowRoot?.activeElement) element = element.shadowRoot.activeElement
  return element ?? document.body
})()`

// Only as much of the accessible name as these pages use.
const nameOf = `(element) => {
  const labels = [...(element.labels ?? [])].map(({ textContent }) => textContent).join(' ')
  const text = element.getAttribute('aria-label') || labels || element.title || element.textContent
  return element.localName + ': ' + text.trim().replace(/\\s+/g, ' ')
}`

/** The element with the keyboard's focus as `tag: name`, looked for inside frames and open shadow roots. */
export async function focused(page: Page): Promise<string> {
  let frame = page.mainFrame()
  for (;;) {
    // The expression answers an element in every document.
    const element = (await frame.evaluateHandle(deepest)) as ElementHandle
    const inner = await element.contentFrame()
    if (!inner) return frame.evaluate(`(${nameOf})(${deepest})`)
    frame = inner
  }
}

/** Presses Tab, as a person would, until what is wanted has the focus. */
export async function tabTo(page: Page, wanted: RegExp, key = 'Tab'): Promise<void> {
  const passed: string[] = []
  for (let presses = 0; presses < 60; presses += 1) {
    await page.keyboard.press(key)
    const name = await focused(page)
    // The body, which has the focus between the last and the first element, has all the text there is.
    if (!name.startsWith('body: ') && wanted.test(name)) return
    passed.push(name)
  }
  throw new Error(`${key} never reached ${wanted}; it passed ${passed.join(' | ')}`)
}
