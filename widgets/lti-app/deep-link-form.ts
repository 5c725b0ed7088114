/** LTI-DL 2.0 §4.5: the browser itself brings the signed answer to the platform, as a form. */
export function postDeepLink({ returnUrl, jwt }: { returnUrl: string; jwt: string }): void {
  const form = document.createElement('form')
  form.method = 'post'
  form.action = returnUrl
  form.hidden = true
  const field = document.createElement('input')
  field.type = 'hidden'
  field.name = 'JWT'
  field.value = jwt
  form.append(field)
  document.body.append(form)
  form.submit()
}
