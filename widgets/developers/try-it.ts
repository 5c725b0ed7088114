import { addCopyButtons } from './copy-buttons.ts'
import { currentKey } from './key-panel.ts'

interface Call {
  readonly method: string
  readonly path: string
  readonly headers: Record<string, string>
  readonly body?: BodyInit
}

const noKey = 'This call needs a test key: create a sandbox or enter a key at the top of the page.'

/** The call that the form describes; null where a key is missing. */
function callOf(place: HTMLElement, form: HTMLFormElement): Call | null {
  const { method = 'GET', path = '/' } = place.dataset
  const headers: Record<string, string> = { accept: 'application/json' }
  const key = currentKey()
  if (key) headers['authorization'] = `Bearer ${key}`
  else if (place.dataset['public'] === undefined) return null
  const body = bodyOf(form, headers)
  return {
    method,
    path: addressOf(path, form, headers),
    headers,
    ...(body === undefined ? {} : { body }),
  }
}

function addressOf(path: string, form: HTMLFormElement, headers: Record<string, string>): string {
  let address = path
  const query = new URLSearchParams()
  for (const input of form.querySelectorAll<HTMLInputElement>('[data-where]')) {
    const value = input.value.trim()
    if (value === '') continue
    const { where } = input.dataset
    if (where === 'path') address = address.replace(`{${input.name}}`, encodeURIComponent(value))
    else if (where === 'query') query.append(input.name, value)
    else headers[input.name] = value
  }
  return query.size > 0 ? `${address}?${query}` : address
}

function bodyOf(form: HTMLFormElement, headers: Record<string, string>): BodyInit | undefined {
  const field = form.querySelector<HTMLTextAreaElement | HTMLInputElement>('[name="body"]')
  if (!field || field.dataset['where']) return undefined
  headers['content-type'] = field.dataset['type'] ?? ''
  return field instanceof HTMLTextAreaElement ? field.value : field.files?.[0]
}

function element(name: string, text: string, className = ''): HTMLElement {
  const made = document.createElement(name)
  made.textContent = text
  made.className = className
  return made
}

function block(label: string, text: string): HTMLElement {
  const figure = element('figure', '', 'code')
  figure.dataset['copy'] = ''
  const pre = document.createElement('pre')
  pre.tabIndex = 0
  pre.append(element('code', text))
  figure.append(element('figcaption', label), pre)
  return figure
}

function pretty(text: string): string {
  try {
    return JSON.stringify(JSON.parse(text), null, 2)
  } catch {
    return text
  }
}

async function send(call: Call, answer: HTMLElement): Promise<string> {
  const began = performance.now()
  const response = await fetch(call.path, {
    method: call.method,
    headers: call.headers,
    // The key alone is tried, never the session of whoever reads.
    credentials: 'omit',
    redirect: 'manual',
    ...(call.body === undefined ? {} : { body: call.body }),
  })
  const text = await response.text()
  const duration = Math.round(performance.now() - began)
  const headers = [...response.headers].map(([name, value]) => `${name}: ${value}`).join('\n')
  answer.replaceChildren(
    ...(text === '' ? [] : [block('Body', pretty(text))]),
    block('Headers', headers),
  )
  addCopyButtons(answer)
  return `${response.status} ${response.statusText} in ${duration} ms`
}

/** Makes the forms of the reference work: each sends its call to this server and shows the answer. */
export function startTryIt(): void {
  for (const place of document.querySelectorAll<HTMLElement>('[data-try]')) {
    const form = place.querySelector('form')
    const status = place.querySelector<HTMLElement>('[data-try-status]')
    const answer = place.querySelector<HTMLElement>('[data-try-answer]')
    if (!(form && status && answer)) continue
    place.hidden = false
    form.addEventListener('submit', (event) => {
      event.preventDefault()
      const call = callOf(place, form)
      answer.replaceChildren()
      if (!call) {
        status.textContent = noKey
        return
      }
      status.textContent = 'Sending …'
      send(call, answer)
        .then((line) => {
          status.replaceChildren(element('strong', line))
        })
        .catch(() => {
          status.textContent = 'The server could not be reached.'
        })
    })
  }
}
