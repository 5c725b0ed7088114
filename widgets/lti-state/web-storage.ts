const oldestMs = 15 * 60_000
const prefix = 'edp_lti_'

/** Keeps a secret where the frame's own partition of storage is open; false where it is closed. */
export function keepInWebStorage(key: string, secret: string, now = Date.now()): boolean {
  const kept = storages().map((storage) => keep(storage, key, JSON.stringify({ secret, at: now })))
  for (const storage of storages()) sweep(storage, now)
  return kept.includes(true)
}

/** The secret that was kept under this key, taken out of storage. */
export function takeFromWebStorage(key: string): string | null {
  let found: string | null = null
  for (const storage of storages()) {
    found ??= secretOf(storage.getItem(key))
    storage.removeItem(key)
  }
  return found
}

/** Reading the property alone throws where a browser blocks storage in frames. */
function storages(): Storage[] {
  const open: Storage[] = []
  for (const name of ['sessionStorage', 'localStorage'] as const) {
    try {
      open.push(window[name])
    } catch {
      // Blocked: the other layers are for this.
    }
  }
  return open
}

function keep(storage: Storage, key: string, value: string): boolean {
  try {
    storage.setItem(key, value)
    return true
  } catch {
    // Full, or open for reading only.
    return false
  }
}

/** Logins that never came back must not pile up. */
function sweep(storage: Storage, now: number): void {
  for (const key of Object.keys(storage)) {
    if (!key.startsWith(prefix)) continue
    const at = entryOf(storage.getItem(key))?.at
    if (typeof at !== 'number' || now - at > oldestMs) storage.removeItem(key)
  }
}

function secretOf(text: string | null): string | null {
  const secret = entryOf(text)?.secret
  return typeof secret === 'string' ? secret : null
}

function entryOf(text: string | null): { secret?: unknown; at?: unknown } | null {
  try {
    const entry: unknown = JSON.parse(text ?? 'null')
    return typeof entry === 'object' ? entry : null
  } catch {
    // Not written by this page.
    return null
  }
}
