import { createHash } from 'node:crypto'
import type { Response } from 'express'
import type { AppError } from '../../../shared/errors.ts'
import { type Html, html, jsonScript } from '../../core/html.ts'
import { frameSources } from './frame-ancestors.ts'
import { type LtiCode, refusals } from './refusals.ts'

/** These pages must stand alone in a frame of any LMS, also when nothing else of the site can be loaded. */
const style = `:root{color-scheme:light dark;--ink:#1c2430;--paper:#fff;--soft:#f3f5f8;--line:#d5dbe3;--accent:#1f5fbf}
@media (prefers-color-scheme:dark){:root{--ink:#e8ecf2;--paper:#151a21;--soft:#1f2630;--line:#3a4452;--accent:#8db8ff}}
body{margin:0;font:1rem/1.6 system-ui,sans-serif;color:var(--ink);background:var(--paper)}
main{max-width:40rem;margin:0 auto;padding:clamp(1rem,5vw,3rem)}
h1{font-size:1.5rem;line-height:1.25;margin:0 0 .75rem}
h2{font-size:1rem;margin:1.75rem 0 .25rem}
p{margin:.25rem 0 .75rem}
dl{margin:1.75rem 0 0;padding:1rem;background:var(--soft);border:1px solid var(--line);border-radius:.5rem}
dt{font-weight:600}dd{margin:0 0 .75rem;overflow-wrap:anywhere}dd:last-child{margin:0}
code{font:.9em ui-monospace,monospace}
a{color:var(--accent)}
.button{display:inline-block;padding:.6rem 1.1rem;border:0;border-radius:.4rem;background:var(--accent);color:var(--paper);font:inherit;font-weight:600;text-decoration:none;cursor:pointer}
a:focus-visible,button:focus-visible,input:focus-visible{outline:3px solid var(--accent);outline-offset:3px}
[hidden]{display:none}`
const styleHash = `'sha256-${createHash('sha256').update(style).digest('base64')}'`

export interface Page {
  readonly status: number
  readonly title: string
  readonly main: Html
  /** Origins that may frame it; anyone where none is known. */
  readonly frameOrigins: readonly string[]
  readonly script?: { readonly src: string; readonly data: unknown }
  /** Forms of the page may be sent to this server. */
  readonly hasForm?: true
}

export function sendPage(res: Response, page: Page): void {
  res.setHeader(
    'content-security-policy',
    [
      "default-src 'none'",
      "script-src 'self'",
      `style-src ${styleHash}`,
      "connect-src 'self'",
      `form-action ${page.hasForm ? "'self'" : "'none'"}`,
      "base-uri 'none'",
      `frame-ancestors ${frameSources(page.frameOrigins)}`,
      "require-trusted-types-for 'script'",
      "trusted-types 'none'",
    ].join('; '),
  )
  res.setHeader('cache-control', 'no-store')
  res.setHeader('referrer-policy', 'no-referrer')
  res.setHeader('x-content-type-options', 'nosniff')
  res.status(page.status).type('html').send(document(page).markup)
}

function document({ title, main, script }: Page): Html {
  return html`<!doctype html>
<html lang="en-GB">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${title} – EdPsych Connect</title>
<style>${{ markup: style }}</style>
</head>
<body>
<main>
${main}
</main>
${
  script &&
  html`${jsonScript('lti-state', script.data)}
<script type="module" src="${script.src}"></script>`
}
</body>
</html>
`
}

export interface RefusalFacts {
  readonly error: AppError & { readonly code: LtiCode }
  readonly requestId: string
  readonly frameOrigins: readonly string[]
  /** What the platform itself said, where that is known to be of this browser's own launch. */
  readonly platformSays?: string | null
}

/** For the teacher first, then what the administrator needs, then the reference. */
export function sendRefusalPage(res: Response, facts: RefusalFacts): void {
  const { error, requestId, platformSays } = facts
  const { happened, advice } = refusals[error.code]
  const title = error.code.startsWith('lti_registration_')
    ? 'The LMS could not be connected'
    : 'The activity could not be opened'
  sendPage(res, {
    status: error.status,
    title,
    frameOrigins: facts.frameOrigins,
    main: html`<h1>${title}</h1>
<p>${happened}</p>
<h2>What you can do</h2>
<p>${advice}</p>
<dl>
<dt>For the administrator</dt>
<dd>${error.message}${platformSays && html`<br>The LMS wrote: “${platformSays}”`}</dd>
<dt>Code</dt>
<dd><code>${error.code}</code></dd>
<dt>Reference</dt>
<dd><code>${requestId}</code></dd>
</dl>`,
  })
}

/** What somebody sees who opens an address of the tool without an LMS. */
export function sendFrontPage(res: Response, toolUrl: string): void {
  sendPage(res, {
    status: 200,
    title: 'Open this from your LMS',
    frameOrigins: [],
    main: html`<h1>Open this from your LMS</h1>
<p>This is the address of a learning tool. It opens from a course page in Moodle, Canvas, Blackboard or another LMS, which then says who you are and what to show.</p>
<h2>For administrators</h2>
<p>Register the tool in the LMS as LTI 1.3 (LTI Advantage) with these addresses.</p>
<dl>
${[
  ['Tool URL, and content selection URL', toolUrl],
  ['Initiate login URL', `${toolUrl}/login`],
  ['Redirection URI', `${toolUrl}/launch`],
  ['Public keyset URL', `${toolUrl}/jwks`],
].map(
  ([name, url]) => html`<dt>${name}</dt>
<dd><code>${url}</code></dd>
`,
)}</dl>`,
  })
}

export interface PlatformStorage {
  /** The frame that keeps data for tools (LTI Client Side postMessages); null: the page asks for it. */
  readonly target: string | null
  /** Where such messages may go: the origin of the platform's authentication endpoint. */
  readonly origin: string
}

/** Stores the binding where the frame's browser keeps it, then goes on to the platform. */
export function sendStorePage(
  res: Response,
  facts: {
    readonly key: string
    readonly secret: string
    readonly next: string
    readonly storage: PlatformStorage
    readonly frameOrigins: readonly string[]
    readonly assetsUrl: string
  },
): void {
  const { key, secret, next, storage } = facts
  sendPage(res, {
    status: 200,
    title: 'Opening the activity',
    frameOrigins: facts.frameOrigins,
    script: { src: facts.assetsUrl, data: { mode: 'store', key, secret, next, storage } },
    main: html`<h1>Opening the activity</h1>
<p role="status">One moment: your LMS is being asked who you are.</p>
<noscript><p><a class="button" href="${next}">Continue</a></p></noscript>`,
  })
}

/** Lets the page show what was stored at login; where nothing survived, a window of its own always works. */
export function sendConfirmPage(
  res: Response,
  facts: {
    readonly key: string
    readonly state: string
    /** Null: the hints that the platform wants back are not known any more. */
    readonly newWindowUrl: string | null
    readonly storage: PlatformStorage
    readonly frameOrigins: readonly string[]
    readonly assetsUrl: string
  },
): void {
  const { key, state, newWindowUrl, storage } = facts
  const newWindow = html`<p>This browser does not let the activity keep data inside the course page. It works in a window of its own, and your result still reaches the course.</p>
${
  newWindowUrl === null
    ? html`<p>Go back to the course page and open the activity from there in a new window or tab.</p>`
    : html`<p><a class="button" href="${newWindowUrl}" target="_blank" rel="noopener">Open in a new window</a></p>`
}`
  sendPage(res, {
    status: 200,
    title: 'Opening the activity',
    frameOrigins: facts.frameOrigins,
    script: { src: facts.assetsUrl, data: { mode: 'prove', key, state, storage } },
    main: html`<h1>Opening the activity</h1>
<p role="status" id="lti-progress">One moment: checking that this browser began the launch.</p>
<section id="lti-fallback" hidden tabindex="-1">${newWindow}</section>
<noscript>${newWindow}</noscript>`,
  })
}
