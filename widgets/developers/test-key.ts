/** What the reader's sandbox puts into the examples. */
export interface TestKey {
  readonly key: string
  readonly receiver?: string
  readonly item?: string
}

const storageName = 'edpsych-test-key'

/** Only this tab remembers the key, and only until it is closed. */
export function readTestKey(): TestKey | null {
  try {
    const text = sessionStorage.getItem(storageName)
    // Written by `keepTestKey` alone; the form of the key is checked below.
    const kept = text ? (JSON.parse(text) as TestKey) : null
    return kept && isTestKey(kept.key) ? kept : null
  } catch {
    // Storage may be forbidden, or hold what another version wrote.
    return null
  }
}

export function keepTestKey(kept: TestKey | null): void {
  try {
    if (kept) sessionStorage.setItem(storageName, JSON.stringify(kept))
    else sessionStorage.removeItem(storageName)
  } catch {
    // Without storage the key lasts as long as the page.
  }
}

export function isTestKey(text: unknown): text is string {
  return typeof text === 'string' && /^edp_test_[0-9A-Za-z]{10,100}$/.test(text)
}
