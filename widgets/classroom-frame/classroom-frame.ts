/** What the page says it is for. */
type Task =
  | { readonly mode: 'frame' }
  | { readonly mode: 'hand-over'; readonly location: string }
  | { readonly mode: 'done'; readonly origin: string }

const subject = 'edpsych.classroom.opened'
const opens = /^\/lti\/app#code=[\w-]+$/

function readTask(): Task {
  return JSON.parse(document.getElementById('lti-state')?.textContent ?? 'null')
}

/** In Classroom's frame: signs in by a window of its own, since a frame may keep nothing. */
function waitForSignIn(): void {
  const link = document.getElementById('sign-in')
  if (!(link instanceof HTMLAnchorElement)) return
  let popup: Window | null = null
  window.addEventListener('message', ({ origin, source, data }: MessageEvent) => {
    if (origin !== location.origin || source !== popup || data?.subject !== subject) return
    if (typeof data.location === 'string' && opens.test(data.location)) {
      location.replace(data.location)
    }
  })
  link.addEventListener('click', (event) => {
    popup = window.open(link.href, '_blank', 'popup,width=520,height=680')
    if (popup === null) return
    event.preventDefault()
    const progress = document.getElementById('progress')
    if (progress) progress.textContent = 'Waiting for the sign-in in the other window.'
  })
}

/** In that window: the frame takes over; without it the activity opens here. */
function handOver(where: string): void {
  const { opener } = window
  if (opener === null) {
    location.replace(where)
    return
  }
  opener.postMessage({ subject, location: where }, location.origin)
  window.close()
}

/** Classroom closes the frame in which something was chosen (add-on iframes, `closeIframe`). */
function closeFrame(origin: string): void {
  if (window.parent !== window) {
    window.parent.postMessage({ type: 'Classroom', action: 'closeIframe' }, origin)
  }
}

const task = readTask()
if (task.mode === 'frame') waitForSignIn()
else if (task.mode === 'hand-over') handOver(task.location)
else closeFrame(task.origin)
