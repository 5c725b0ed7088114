import { browser } from '../browser.ts'
import { type ClassPageReply, classPageQuestion } from '../messages.ts'
import type { ClassPage } from '../sites/google-classroom.ts'

/** The class page in the tab beside the panel, asked of that tab's content script; null where there is none. */
export async function readOpenClass(): Promise<ClassPage | null> {
  const tabId = launchedFrom() ?? (await activeTab())
  if (tabId === undefined) return null
  try {
    // Only our own content script is at the other end.
    return (await browser.tabs.sendMessage(tabId, classPageQuestion)) as ClassPageReply
  } catch {
    // No content script there: another site, or Classroom was opened before the extension came.
    return null
  }
}

/** Calls back when another page may have come to stand beside the panel. */
export function onTabChange(callback: () => void, signal: AbortSignal): void {
  const { onActivated, onUpdated } = browser.tabs
  const onUpdate = (_id: number, _change: object, { active }: { active: boolean }) => {
    if (active) callback()
  }
  onActivated.addListener(callback)
  onUpdated.addListener(onUpdate)
  signal.addEventListener('abort', () => {
    onActivated.removeListener(callback)
    onUpdated.removeListener(onUpdate)
  })
}

/** The panel as a tab of its own carries the tab it was opened from in its address. */
function launchedFrom(): number | undefined {
  const tab = new URLSearchParams(location.search).get('tab')
  return tab && /^\d+$/.test(tab) ? Number(tab) : undefined
}

async function activeTab(): Promise<number | undefined> {
  const [tab] = await browser.tabs.query({ active: true, currentWindow: true })
  return tab?.id
}
