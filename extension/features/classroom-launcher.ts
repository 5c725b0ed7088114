import { html, nothing, render, svg } from 'lit/html.js'
import { browser } from '../browser.ts'
import { defineFeature } from '../feature.ts'
import { readClassPage } from '../sites/google-classroom.ts'
import launcherCss from './classroom-launcher.css?inline'

const hostTag = 'edpsych-launcher'
const mostRemounts = 50

/**
 * A button at the edge of a class page that opens the side panel beside it. It hangs on `body`
 * and on nothing of Classroom's own: the view of the class opened before stays in the document,
 * ids repeat and class names change with every release.
 */
export const classroomLauncher = defineFeature({
  id: 'classroom-launcher',
  matches: (address) => readClassPage(address) !== undefined,
  init({ client, signal }) {
    removeLeftovers()
    const host = document.createElement(hostTag)
    // Closed: the page must not reach the button. Tests need to look inside.
    const root = host.attachShadow({ mode: import.meta.env.MODE === 'test' ? 'open' : 'closed' })
    const sheet = new CSSStyleSheet()
    sheet.replaceSync(launcherCss)
    root.adoptedStyleSheets = [sheet]

    const show = (failed: boolean) => render(launcher(open, failed), root)
    const open = () => {
      void client({ type: 'open-panel' }).then((answer) => show(!answer.ok))
    }
    show(false)
    keepMounted(host, signal)
  },
})

function launcher(open: () => void, failed: boolean) {
  return html`<aside aria-label="EdPsych Connect" lang="en-GB">
    <p role="status" dir="ltr" ?data-says=${failed}>
      ${failed ? 'EdPsych Connect was updated. Reload this page to use it.' : nothing}
    </p>
    <button
      type="button"
      aria-label="EdPsych: find a resource for this class"
      title="Find an EdPsych resource for this class"
      @click=${open}
    >
      ${mark}<span>EdPsych</span>
    </button>
  </aside>`
}

const mark = svg`<svg viewBox="0 0 24 24" aria-hidden="true" focusable="false">
  <circle cx="9" cy="9" r="6.5" fill="#fff" />
  <circle cx="15" cy="15" r="6.5" fill="#f0a63c" />
  <path d="M15 8.5A6.5 6.5 0 0 1 9 15.5 6.5 6.5 0 0 1 15 8.5z" fill="#37309b" />
</svg>`

/** Puts the host back whenever Classroom renders it away, until `signal` ends. */
function keepMounted(host: HTMLElement, signal: AbortSignal): void {
  let mounts = 0
  const observer = new MutationObserver(() => {
    if (host.isConnected) return
    if (isOrphaned()) observer.disconnect()
    else requestAnimationFrame(mount)
  })
  const mount = () => {
    // A page that removes it every time is stronger; a loop would only slow it down.
    if (signal.aborted || host.isConnected || mounts > mostRemounts) return
    mounts += 1
    document.body.append(host)
    observer.disconnect()
    observer.observe(document.documentElement, { childList: true })
    observer.observe(document.body, { childList: true })
  }
  signal.addEventListener('abort', () => {
    observer.disconnect()
    host.remove()
  })
  mount()
}

/** The button of an earlier version of the extension, which was updated while the page was open. */
function removeLeftovers(): void {
  for (const old of document.querySelectorAll(hostTag)) old.remove()
}

/** After an update the old script keeps running without an extension behind it. */
function isOrphaned(): boolean {
  return !browser.runtime?.id
}
