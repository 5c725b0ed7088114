import { ApiError, createClient } from '../../shared/api/client.ts'

const api = createClient({ baseUrl: location.origin })

const form = document.querySelector<HTMLFormElement>('#sign-in')
const message = document.querySelector<HTMLElement>('#sign-in-message')

/** Only an address of this site's administration may follow a sign-in. */
export function nextAddress(search: string): string {
  const next = new URLSearchParams(search).get('next') ?? ''
  return /^\/(admin|developers|oauth\/interaction)(\/[\w/-]*)?(\?[\w=&%.+~-]*)?$/.test(next)
    ? next
    : '/admin'
}

async function signIn(form: HTMLFormElement, message: HTMLElement): Promise<void> {
  const data = new FormData(form)
  const button = form.querySelector('button')
  if (button) button.disabled = true
  message.textContent = ''
  try {
    await api('POST /api/v1/session', {
      body: { email: String(data.get('email')), password: String(data.get('password')) },
    })
    location.assign(nextAddress(location.search))
  } catch (error) {
    message.textContent =
      error instanceof ApiError
        ? error.message
        : 'The server cannot be reached. Check your connection and try again.'
    message.className = 'notice error'
    form.querySelector<HTMLInputElement>('input[name=password]')?.focus()
    if (button) button.disabled = false
  }
}

const email = document.querySelector<HTMLInputElement>('#email')
const choices = document.querySelector<HTMLElement>('#sign-in-providers')
let asked = ''

/** Offers the accounts of the organisation whose proven domain the address belongs to. */
async function offerProviders(address: string, place: HTMLElement): Promise<void> {
  const domain = address.slice(address.lastIndexOf('@') + 1).toLowerCase()
  if (!address.includes('@') || !domain.includes('.') || domain === asked) return
  asked = domain
  try {
    const { providers } = await api('POST /api/v1/session/discovery', { body: { email: address } })
    if (domain !== asked) return
    place.replaceChildren(...providers.map((provider) => linkTo(provider)))
    place.hidden = providers.length === 0
  } catch {
    // Without an answer the password still works.
    asked = ''
  }
}

function linkTo({ name, url }: { readonly name: string; readonly url: string }): HTMLElement {
  const link = document.createElement('a')
  link.className = 'button'
  link.href = `${url}?next=${encodeURIComponent(nextAddress(location.search))}`
  link.textContent = `Sign in with ${name}`
  const paragraph = document.createElement('p')
  paragraph.append(link)
  return paragraph
}

if (email && choices) {
  for (const kind of ['change', 'blur']) {
    email.addEventListener(kind, () => void offerProviders(email.value.trim(), choices))
  }
  // The browser may have filled it in.
  void offerProviders(email.value.trim(), choices)
}

form?.addEventListener('submit', (event) => {
  event.preventDefault()
  if (message) void signIn(form, message)
})
