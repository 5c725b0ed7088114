const form = document.querySelector('form[data-auto-submit]')

// Replay: the first post goes to a hidden frame, the second, with the same token, where one looks.
function submitTwice() {
  const frame = document.createElement('iframe')
  frame.name = 'first-post'
  frame.hidden = true
  document.body.append(frame)
  form.target = frame.name
  form.submit()

  let submitted = false
  const again = () => {
    if (submitted) return
    submitted = true
    form.target = '_self'
    form.submit()
  }
  // The tool may refuse to be framed twice and never load: then time decides.
  frame.addEventListener('load', () => setTimeout(again, 200))
  setTimeout(again, 3000)
}

if (form?.dataset.autoSubmit === 'twice') submitTwice()
else form?.submit()
