import { findPlatformStorage, type StorageAddress } from './platform-storage.ts'
import { keepInWebStorage, takeFromWebStorage } from './web-storage.ts'

/** Before the platform: keep the secret of the login. After it: show that this browser has it. */
export type StateTask =
  | {
      readonly mode: 'store'
      readonly key: string
      readonly secret: string
      readonly next: string
      readonly storage: StorageAddress
    }
  | {
      readonly mode: 'prove'
      readonly key: string
      readonly state: string
      readonly storage: StorageAddress
    }

/** Where the page goes next; null: this browser kept nothing and a person must choose. */
export async function workOff(task: StateTask): Promise<string | null> {
  if (task.mode === 'store') {
    await store(task)
    return task.next
  }
  const kept = takeFromWebStorage(task.key)
  const secret = kept ?? (await (await findPlatformStorage(task.storage))?.get(task.key)) ?? null
  return secret === null ? null : confirm(task.state, secret)
}

async function store({ key, secret, storage }: StateTask & { mode: 'store' }): Promise<void> {
  const isKept = keepInWebStorage(key, secret)
  // A platform that offers its storage is used in any case; one that does not is asked only in need.
  if (isKept && storage.target === null) return
  await (await findPlatformStorage(storage))?.put(key, secret)
}

async function confirm(state: string, secret: string): Promise<string | null> {
  const answer = await fetch('/lti/launch/confirm', {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ state, secret }),
  })
  if (!answer.ok) return null
  const { location } = (await answer.json()) as { location: string }
  return location
}

async function start(data: string): Promise<void> {
  // Written by our own server into the page that loads this script.
  const next = await workOff(JSON.parse(data) as StateTask).catch(() => null)
  if (next === null) offerNewWindow()
  else window.location.replace(next)
}

function offerNewWindow(): void {
  document.getElementById('lti-progress')?.remove()
  const fallback = document.getElementById('lti-fallback')
  if (!fallback) return
  fallback.hidden = false
  fallback.focus()
}

const data = document.getElementById('lti-state')?.textContent
if (data) void start(data)
