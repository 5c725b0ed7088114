import { type EmbedProblem, parseMessage, problemTexts } from './messages.ts'

export interface FrameOptions {
  /** Address of the embed's page: `PUBLIC_URL/embed/v1/view/emb_…`. */
  readonly src: string
  /** What the frame holds, for people who hear the page instead of seeing it. */
  readonly title: string
  /** `light` or `dark`; follows the reader's system where absent. */
  readonly theme?: string | null | undefined
  /** BCP 47 tag of the language to show it in. */
  readonly locale?: string | null | undefined
  /** The only origin that may be framed; any where absent. */
  readonly origin?: string | undefined
  onReady?(): void
  onResize?(height: number): void
  onProblem?(problem: EmbedProblem): void
}

export interface OpenFrame {
  close(): void
}

const firstHeight = 320
const leastHeight = 60
const greatestHeight = 10_000
const silenceMs = 8_000

/** Shows an embed inside `target`; where it cannot be shown, says why beside a plain link. */
export function openFrame(target: Node, options: FrameOptions): OpenFrame {
  const url = addressOf(options)
  if (!url) {
    options.onProblem?.('address')
    return { close() {} }
  }
  const frame = createFrame(url, options.title)
  const notice = document.createElement('p')
  const stop = new AbortController()
  const { signal } = stop
  let silence: ReturnType<typeof setTimeout> | undefined

  const leave = (): void => {
    clearTimeout(silence)
    stop.abort()
    frame.remove()
  }
  const fail = (problem: Exclude<EmbedProblem, 'address'>): void => {
    leave()
    const link = document.createElement('a')
    link.href = url.href
    link.textContent = options.title
    notice.append(`${problemTexts[problem]} `, link)
    target.appendChild(notice)
    options.onProblem?.(problem)
  }

  addEventListener(
    'message',
    ({ source, origin, data }) => {
      if (source !== frame.contentWindow || origin !== url.origin) return
      const message = parseMessage(data)
      if (!message) return
      clearTimeout(silence)
      if (message.type === 'gone') fail('gone')
      else if (message.type === 'ready') options.onReady?.()
      else options.onResize?.(resize(frame, message.height))
    },
    { signal },
  )
  document.addEventListener(
    'securitypolicyviolation',
    ({ blockedURI, effectiveDirective }) => {
      if (/^(frame|child|default)-src$/.test(effectiveDirective) && isAt(blockedURI, url)) {
        fail('blocked')
      }
    },
    { signal },
  )
  // A refused or failed frame fires `load` like a good one, but then says nothing.
  frame.addEventListener('load', () => {
    clearTimeout(silence)
    silence = setTimeout(() => fail(navigator.onLine ? 'silent' : 'offline'), silenceMs)
  })
  target.appendChild(frame)
  return {
    close() {
      leave()
      notice.remove()
    },
  }
}

function addressOf({ src, origin, theme, locale }: FrameOptions): URL | undefined {
  let url: URL
  try {
    url = new URL(src, document.baseURI)
  } catch {
    return undefined
  }
  const isOurs = /^https?:$/.test(url.protocol) && url.pathname.startsWith('/embed/v1/view/')
  if (!isOurs || (origin && origin !== url.origin)) return undefined
  const settings = new URLSearchParams()
  if (theme) settings.set('theme', theme)
  if (locale) settings.set('lang', locale)
  url.hash = settings.toString()
  return url
}

function createFrame(url: URL, title: string): HTMLIFrameElement {
  const frame = document.createElement('iframe')
  frame.title = title
  frame.loading = 'lazy'
  frame.allow = 'fullscreen'
  frame.referrerPolicy = 'strict-origin-when-cross-origin'
  frame.setAttribute('sandbox', 'allow-scripts allow-same-origin allow-forms allow-popups')
  // Through CSSOM: a style attribute would need 'unsafe-inline' in the page's policy.
  Object.assign(frame.style, { display: 'block', width: '100%', border: '0' })
  frame.style.height = `${firstHeight}px`
  frame.src = url.href
  return frame
}

function resize(frame: HTMLIFrameElement, wanted: number): number {
  const height = Math.min(Math.max(Math.ceil(wanted), leastHeight), greatestHeight)
  frame.style.height = `${height}px`
  return height
}

/** A report names the address, or only its origin where the frame was redirected. */
function isAt(blocked: string, url: URL): boolean {
  try {
    return new URL(blocked).origin === url.origin
  } catch {
    return false
  }
}
