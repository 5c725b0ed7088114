import { browser, sidePanel } from '../browser.ts'

/** Opens the side panel beside a tab; where the browser refuses, the same page in a tab of its own. */
export async function openPanel(tab: {
  readonly id: number
  readonly index: number
}): Promise<{ opened: 'panel' | 'tab' }> {
  // Nothing may be awaited before: Chrome counts the click of the content script only until then.
  const opening = sidePanel()?.open({ tabId: tab.id })
  try {
    if (opening) {
      await opening
      return { opened: 'panel' }
    }
  } catch {
    // No user gesture, or a window kind that has no side panel.
  }
  // Firefox opens its sidebar from its own buttons only, never for a message of a page.
  const page = browser.runtime.getURL('sidepanel/index.html')
  const [open] = await browser.tabs.query({ url: `${page}?tab=${tab.id}` })
  if (open?.id !== undefined) await browser.tabs.update(open.id, { active: true })
  else {
    const url = `${page}?tab=${tab.id}`
    await browser.tabs.create({ url, index: tab.index + 1, openerTabId: tab.id })
  }
  return { opened: 'tab' }
}
