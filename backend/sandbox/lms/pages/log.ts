import { type Html, html } from '../html.ts'
import type { LoggedRequest } from '../request-log.ts'
import { icon } from './icons.ts'
import { layout } from './layout.ts'
import { href, type Visit } from './visit.ts'

/** The protocol at work: the last hundred requests between tools, browsers and this LMS. */
export function logPage(visit: Visit): Html {
  const entries = visit.lms.requests.list()
  return layout(visit, {
    title: 'Request log',
    section: 'log',
    main: html`<h1>Request log</h1>
<p class="lead">The last hundred steps of the LTI protocol, newest first. Access tokens and signatures are left out.</p>
<p class="small live" data-live="log"><span role="status" data-live-status>The list is kept fresh.</span> <a href="${href(visit, '/log')}">Refresh</a></p>
<div data-live-part="log">${
      entries.length === 0
        ? html`<div class="empty">${icon('link')}<h2>Nothing yet</h2><p>Open an activity, and its steps appear here.</p></div>`
        : html`<ol class="log">${entries.map(logRow)}</ol>`
    }</div>`,
  })
}

const arrows = {
  tool: 'Tool → LMS',
  browser: 'Browser → LMS',
  lms: 'LMS → tool, through the browser',
} as const satisfies Record<LoggedRequest['from'], string>

function logRow({ at, step, from, method, url, status, details }: LoggedRequest): Html {
  const time = new Date(at)
  return html`<li class="log-entry"><details>
<summary>${icon('chevron')}<time datetime="${time.toISOString()}">${time.toISOString().slice(11, 19)}</time>
<span class="log-step">${step}</span>
<span class="small">${arrows[from]}</span>
${status === undefined ? '' : html`<span class="chip ${status >= 400 ? 'bad' : 'good'}">${status}</span>`}</summary>
<p class="log-url"><code>${method} ${url}</code></p>
<pre tabindex="0">${JSON.stringify(details, null, 2)}</pre>
</details></li>
`
}
