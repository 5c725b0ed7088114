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

form?.addEventListener('submit', (event) => {
  event.preventDefault()
  if (message) void signIn(form, message)
})
