import { isTestKey, keepTestKey, readTestKey, type TestKey } from './test-key.ts'

const names = ['key', 'receiver', 'item'] as const

let current = readTestKey()

/** The key that calls from this page carry; null while the reader has none. */
export function currentKey(): string | null {
  return current?.key ?? null
}

/** Puts the reader's own values into every example of the page, or the placeholders back. */
function fillExamples(): void {
  for (const name of names) {
    for (const place of document.querySelectorAll<HTMLElement>(`[data-fill="${name}"]`)) {
      place.dataset['placeholder'] ??= place.textContent
      place.textContent = current?.[name] ?? place.dataset['placeholder']
      place.classList.toggle('filled', current?.[name] !== undefined)
    }
  }
}

/** What a browser that is signed in must send along; nothing where nobody is. */
async function csrfHeaders(): Promise<Record<string, string>> {
  const response = await fetch('/api/v1/session', { headers: { accept: 'application/json' } })
  if (!response.ok) return {}
  const { csrfToken }: { csrfToken?: unknown } = await response.json()
  return typeof csrfToken === 'string' ? { 'x-edpsych-csrf': csrfToken } : {}
}

async function createSandbox(): Promise<TestKey> {
  const response = await fetch('/api/v1/sandboxes', {
    method: 'POST',
    headers: {
      'content-type': 'application/json',
      accept: 'application/json',
      ...(await csrfHeaders()),
    },
    body: '{}',
  })
  const made: Record<string, unknown> = await response.json()
  const key = made['apiKey']
  if (!response.ok || !isTestKey(key)) {
    throw new Error(String(made['detail'] ?? `The server answered ${response.status}.`))
  }
  const receiver = made['inspectorUrl']
  const item = await firstItem(key)
  return {
    key,
    ...(typeof receiver === 'string' ? { receiver } : {}),
    ...(item ? { item } : {}),
  }
}

/** An item to embed; the example keeps its placeholder where there is none. */
async function firstItem(key: string): Promise<string | null> {
  const response = await fetch('/api/v1/items?limit=1', {
    headers: { authorization: `Bearer ${key}`, accept: 'application/json' },
    credentials: 'omit',
  })
  if (!response.ok) return null
  const list: { data?: { id?: unknown }[] } = await response.json()
  const id = list.data?.[0]?.id
  return typeof id === 'string' ? id : null
}

/** Shows the panel of the test key and keeps the examples in step with it. */
export function startKeyPanel(): void {
  const panel = document.querySelector<HTMLElement>('[data-key-panel]')
  const form = panel?.querySelector('form')
  const input = panel?.querySelector('input')
  const status = panel?.querySelector<HTMLElement>('[data-key-status]')
  const create = panel?.querySelector<HTMLButtonElement>('[data-create-sandbox]')
  const forget = panel?.querySelector<HTMLButtonElement>('[data-forget-key]')
  if (!(panel && form && input && status && create && forget)) return

  const show = (message: string): void => {
    input.value = current?.key ?? ''
    forget.hidden = current === null
    create.hidden = current !== null
    status.textContent = message
    fillExamples()
  }
  const use = (kept: TestKey | null, message: string): void => {
    current = kept
    keepTestKey(kept)
    show(message)
  }

  form.addEventListener('submit', (event) => {
    event.preventDefault()
    const key = input.value.trim()
    if (isTestKey(key)) use({ key }, 'The key is in the examples now.')
    else status.textContent = 'Only test keys are used here: they begin with edp_test_.'
  })
  create.addEventListener('click', () => {
    create.disabled = true
    status.textContent = 'Making a synthetic school …'
    createSandbox()
      .then((made) => use(made, 'Your sandbox is ready. Its key is in every example.'))
      .catch((error: unknown) => {
        status.textContent = error instanceof Error ? error.message : String(error)
      })
      .finally(() => {
        create.disabled = false
      })
  })
  forget.addEventListener('click', () => {
    use(null, 'The key is forgotten in this tab.')
    input.focus()
  })
  panel.hidden = false
  show(current ? 'The key of your sandbox is in the examples.' : '')
}
