import './platform-messages.js'

const $ = (selector, root = document) => root.querySelector(selector)
const all = (selector, root = document) => [...root.querySelectorAll(selector)]

// Moodle's frame: as high as what is left of the viewport, recomputed with the window.
const bottomMargin = 15
const leastHeight = 320

function stretchFrames() {
  for (const frame of all('iframe[data-tool-frame="viewport"]')) {
    const top = frame.getBoundingClientRect().top + scrollY
    const height = Math.max(innerHeight - top - bottomMargin, leastHeight)
    if (!frame.closest('dialog')) frame.style.height = `${height}px`
  }
}

function openChooser(link) {
  const dialog = $('#chooser')
  const template = link.parentElement.querySelector('template')
  $('h2', dialog).textContent = link.dataset.dialog
  $('[data-frame-slot]', dialog).replaceChildren(template.content.cloneNode(true))
  dialog.showModal()
  dialog.addEventListener(
    'close',
    () => {
      $('[data-frame-slot]', dialog).replaceChildren()
      link.focus()
    },
    { once: true },
  )
}

// The page that a tool's choice ends on runs in the frame; the course page takes over from there.
function reportChoice(link) {
  if (parent !== window)
    parent.postMessage({ type: 'lms.chosen', href: link.href }, location.origin)
}

addEventListener('message', (event) => {
  if (event.origin !== location.origin || event.data?.type !== 'lms.chosen') return
  const target = new URL(event.data.href, location.href)
  if (target.origin === location.origin) location.assign(target)
})

// LTI Dynamic Registration §3.6: the tool says that its registration is over.
addEventListener('message', (event) => {
  const frame = $('iframe[data-registration]')
  if (!frame || event.source !== frame.contentWindow) return
  if (event.data?.subject === 'org.imsglobal.lti.close') $('[data-registration-done]').click()
})

async function copy(button) {
  await navigator.clipboard.writeText(button.dataset.copy)
  button.textContent = 'Copied'
  setTimeout(() => {
    button.textContent = 'Copy'
  }, 2000)
}

const refreshEveryMs = 2000

async function refresh(name) {
  const part = $(`[data-live-part="${name}"]`)
  // An entry somebody reads, or a table somebody scrolls with the keyboard, stays as it is.
  if (document.hidden || $('details[open]', part)) return
  const answer = await fetch(location.href, { headers: { accept: 'text/html' } })
  if (!answer.ok) return
  const fresh = new DOMParser().parseFromString(await answer.text(), 'text/html')
  const next = $(`[data-live-part="${name}"]`, fresh)
  if (!next || next.innerHTML === part.innerHTML) return
  const focused = part.contains(document.activeElement)
  part.replaceChildren(...next.childNodes)
  if (focused) $('[tabindex="0"]', part)?.focus({ preventScroll: true })
  const time = new Date().toLocaleTimeString('en-GB')
  $(`[data-live="${name}"] [data-live-status]`).textContent = `Updated at ${time}.`
}

function keepFresh(name) {
  setInterval(() => {
    // The LMS may be restarting; the next round will tell.
    refresh(name).catch(() => undefined)
  }, refreshEveryMs)
}

function closeMenu(menu, event) {
  const escaped = event.key === 'Escape' && menu.open
  if (escaped) $('summary', menu).focus()
  if (escaped || (event.type === 'click' && !menu.contains(event.target))) menu.open = false
}

for (const button of all('[data-copy]')) {
  button.hidden = !navigator.clipboard
  button.addEventListener('click', () => void copy(button))
}
for (const link of all('[data-dialog]')) {
  link.addEventListener('click', (event) => {
    event.preventDefault()
    openChooser(link)
  })
}
for (const button of all('[data-close-dialog]')) {
  button.addEventListener('click', () => button.closest('dialog').close())
}
for (const form of all('form[data-confirm]')) {
  form.addEventListener('submit', (event) => {
    if (!confirm(form.dataset.confirm)) event.preventDefault()
  })
}
for (const link of all('[data-chosen="close"]')) reportChoice(link)
for (const { dataset } of all('[data-live]')) keepFresh(dataset.live)
for (const menu of all('details[data-menu]')) {
  addEventListener('click', (event) => closeMenu(menu, event))
  addEventListener('keydown', (event) => closeMenu(menu, event))
}
stretchFrames()
addEventListener('resize', stretchFrames)
