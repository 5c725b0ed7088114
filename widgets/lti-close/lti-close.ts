/** LTI Dynamic Registration §3.6: tells the LMS around this page that it may close it. */
const closeMessage = { subject: 'org.imsglobal.lti.close' }

/** The window that opened or holds this page; null where it stands alone. */
function platformWindow(here: Pick<Window, 'opener' | 'parent' | 'self'>): Window | null {
  if (here.opener) return here.opener
  return here.parent === here.self ? null : here.parent
}

function start(): void {
  const button = document.getElementById('lti-close')
  if (!button) return
  const platform = platformWindow(window)
  if (platform === null) return
  // The message holds nothing, and the LMS may show this page at an address that only it knows.
  button.addEventListener('click', () => platform.postMessage(closeMessage, '*'))
  // It does nothing without this script, so nobody saw it until now.
  button.hidden = false
  button.focus()
}

start()
