import type { Browser } from 'webextension-polyfill'
import polyfill from 'webextension-polyfill'

/** What Chrome has and the polyfill's types do not know. */
interface ChromeOnly {
  readonly sidePanel?: {
    open(options: { tabId: number }): Promise<void>
    setPanelBehavior(behavior: { openPanelOnActionClick: boolean }): Promise<void>
  }
}

interface ChromeStorageArea {
  setAccessLevel?(options: { accessLevel: 'TRUSTED_CONTEXTS' }): Promise<void>
}

/** The browser's extension API with promises, the same in Chrome and Firefox. */
export const browser: Browser = polyfill

/** Chrome's side panel; undefined in Firefox, which has a sidebar instead. */
export function sidePanel(): ChromeOnly['sidePanel'] {
  // The polyfill hands namespaces it does not know through unchanged.
  return (browser as Browser & ChromeOnly).sidePanel
}

/** Keeps stored data out of the reach of content scripts, where the browser can. */
export async function hideStorageFromPages(): Promise<void> {
  // Chrome only: Firefox offers no access levels for `storage.local`.
  const local = browser.storage.local as ChromeStorageArea
  await local.setAccessLevel?.({ accessLevel: 'TRUSTED_CONTEXTS' })
}
