/** Gives every block of code a button that copies it. */
export function addCopyButtons(root: ParentNode): void {
  for (const figure of root.querySelectorAll<HTMLElement>('[data-copy]')) {
    const caption = figure.querySelector('figcaption')
    const code = figure.querySelector('code')
    if (!caption || !code || caption.querySelector('button')) continue
    const label = caption.textContent
    const button = document.createElement('button')
    button.type = 'button'
    button.className = 'button link'
    button.textContent = 'Copy'
    button.setAttribute('aria-label', `Copy: ${label}`)
    button.addEventListener('click', () => {
      copyText(code.textContent)
        .then(() => say(button, 'Copied'))
        .catch(() => say(button, 'Not allowed'))
    })
    caption.append(button)
  }
}

async function copyText(text: string): Promise<void> {
  await navigator.clipboard.writeText(text)
}

const live = document.createElement('p')
live.className = 'visually-hidden'
live.setAttribute('role', 'status')

function say(button: HTMLElement, word: string): void {
  if (!live.isConnected) document.body.append(live)
  button.textContent = word
  live.textContent = word
  setTimeout(() => {
    button.textContent = 'Copy'
    live.textContent = ''
  }, 2000)
}
