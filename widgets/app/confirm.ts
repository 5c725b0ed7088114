/** Asks before a destructive act, saying what it will do; resolves true only on the named button. */
export function confirmAct(question: {
  title: string
  text: string
  button: string
}): Promise<boolean> {
  const dialog = document.createElement('dialog')
  dialog.className = 'confirm'
  dialog.setAttribute('aria-labelledby', 'confirm-title')
  const form = document.createElement('form')
  form.method = 'dialog'
  const title = document.createElement('h2')
  title.id = 'confirm-title'
  title.textContent = question.title
  const text = document.createElement('p')
  text.textContent = question.text
  const actions = document.createElement('p')
  actions.className = 'actions'
  actions.append(button('Keep it', 'no', 'secondary'), button(question.button, 'yes', 'danger'))
  form.append(title, text, actions)
  dialog.append(form)
  document.body.append(dialog)
  dialog.showModal()
  return new Promise((resolve) => {
    dialog.addEventListener('close', () => {
      dialog.remove()
      resolve(dialog.returnValue === 'yes')
    })
  })
}

function button(label: string, value: string, kind: string): HTMLButtonElement {
  const element = document.createElement('button')
  element.className = `button ${kind}`
  element.value = value
  element.textContent = label
  return element
}
