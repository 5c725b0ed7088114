/**
 * Asks the signed-in person for the password again. `give` answers a sentence where it was refused.
 * Resolves false where the person would rather not.
 */
export function proveSignIn(
  give: (password: string) => Promise<string | undefined>,
): Promise<boolean> {
  const { dialog, form, field, problem } = buildDialog()
  document.body.append(dialog)
  dialog.showModal()
  field.focus()
  return new Promise((resolve) => {
    form.addEventListener('submit', (event) => {
      event.preventDefault()
      void tryPassword()
    })
    dialog.addEventListener('close', () => {
      dialog.remove()
      resolve(dialog.returnValue === 'yes')
    })

    async function tryPassword(): Promise<void> {
      problem.hidden = true
      const refusal = await give(field.value)
      if (refusal === undefined) {
        dialog.close('yes')
        return
      }
      problem.textContent = refusal
      problem.hidden = false
      field.value = ''
      field.focus()
    }
  })
}

function buildDialog() {
  const dialog = document.createElement('dialog')
  dialog.className = 'confirm'
  dialog.setAttribute('aria-labelledby', 'prove-title')
  const form = document.createElement('form')
  form.method = 'dialog'
  const title = document.createElement('h2')
  title.id = 'prove-title'
  title.textContent = 'Is it still you?'
  const text = document.createElement('p')
  text.textContent =
    'What you are about to do is sensitive, and you signed in a while ago. Give your password again; what you entered is kept.'
  const label = document.createElement('label')
  label.textContent = 'Password'
  const field = document.createElement('input')
  field.type = 'password'
  field.autocomplete = 'current-password'
  field.required = true
  field.id = 'prove-password'
  label.htmlFor = field.id
  const problem = document.createElement('p')
  problem.className = 'notice danger'
  problem.setAttribute('role', 'alert')
  problem.hidden = true
  const actions = document.createElement('p')
  actions.className = 'actions'
  const cancel = button('Cancel', 'secondary')
  // Enter in the field presses the first button that submits.
  cancel.type = 'button'
  cancel.addEventListener('click', () => dialog.close('no'))
  actions.append(cancel, button('Go on'))
  form.append(title, text, problem, label, field, actions)
  dialog.append(form)
  return { dialog, form, field, problem }
}

function button(label: string, kind = ''): HTMLButtonElement {
  const element = document.createElement('button')
  element.className = `button ${kind}`.trim()
  element.textContent = label
  return element
}
