import type { Response } from 'express'
import { type Html, html, markup } from '../lms/html.ts'
import { type DialKey, type Dials, dialDescriptions } from './dials.ts'
import type { LoggedRequest } from './request-log.ts'
import type { Vendor, VendorDefinition } from './vendor.ts'

/** Sends a page that runs no script and loads nothing of others. */
export function sendPage(res: Response, page: Html, formAction = "'self'"): void {
  res.set({
    'Content-Security-Policy': `default-src 'none'; style-src 'self'; form-action ${formAction}; base-uri 'none'; frame-ancestors 'none'`,
    'Cache-Control': 'no-store',
    'Referrer-Policy': 'no-referrer',
    'X-Content-Type-Options': 'nosniff',
  })
  res.type('html').send(markup(page))
}

/** A whole page of the simulators; `root` is where all of them live. */
export function layout(root: string, title: string, main: Html): Html {
  const path = new URL(root).pathname
  return html`<!DOCTYPE html>
<html lang="en-GB">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${title} · Simulated vendors</title>
<link rel="stylesheet" href="${path}/assets/vendors.css">
</head>
<body>
<header><p><a href="${path}/">Simulated vendors</a></p></header>
<main>
${main}
</main>
<footer><p>None of these schools, people and credentials exist. The names of products belong to their owners, who have nothing to do with this simulation.</p></footer>
</body>
</html>`
}

/** All simulators with a sentence each. */
export function indexPage(root: string, vendors: readonly VendorDefinition[]): Html {
  const path = new URL(root).pathname
  return layout(
    root,
    'Vendors',
    html`<h1>Simulated vendors</h1>
<p>Systems to connect while trying things out. Each speaks the protocol of the real product and fails when you ask it to.</p>
<ul class="vendors">${vendors.map(
      ({ id, name, summary }) =>
        html`<li><h2><a href="${path}/${id}/">${name}</a></h2><p>${summary}</p></li>`,
    )}</ul>`,
  )
}

/** What to paste, the dials, and what the vendor was asked. */
export function vendorPage(vendor: Vendor, definition: VendorDefinition): Html {
  const base = new URL(vendor.baseUrl).pathname
  return layout(
    vendor.baseUrl.replace(/\/[^/]+$/, ''),
    definition.name,
    html`<h1>${definition.name} <span class="badge">simulated</span></h1>
<p>${definition.summary}</p>
<section id="connect" aria-labelledby="connect-title"><h2 id="connect-title">To connect it</h2>
<dl>${definition
      .paste(vendor)
      .map(({ label, value }) => html`<dt>${label}</dt><dd><code>${value}</code></dd>`)}</dl>
<form method="post" action="${base}/credentials/rotate"><button aria-describedby="rotate-hint">Make new credentials</button>
<p class="hint" id="rotate-hint">The old ones stop working at once, and so does everything granted with them.</p></form>
</section>
<section id="dials" aria-labelledby="dials-title"><h2 id="dials-title">Dials</h2>
<form method="post" action="${base}/dials">
${definition.dials.map((key) => dialRow(key, vendor.state.dials))}
<p><button>Apply</button> <button name="clear" value="1">Everything off</button></p>
</form>
<p class="hint">For programs: <code>GET</code> and <code>PUT ${vendor.baseUrl}/dials</code>, for example <code>{"down": true}</code> or <code>{"down": 3}</code> for the next three requests.</p>
</section>
<section aria-labelledby="log-title"><h2 id="log-title">Requests received</h2>
${requestTable(vendor)}
<p class="hint">For programs: <code>GET ${vendor.baseUrl}/requests</code>.</p>
</section>
<form method="post" action="${base}/reset"><button aria-describedby="reset-hint">Reset</button>
<p class="hint" id="reset-hint">First credentials, no grants, dials off, empty log.</p></form>`,
  )
}

function dialRow(key: DialKey, dials: Dials): Html {
  const { kind, label, explanation } = dialDescriptions[key]
  const value = dials[key]
  const hint = html`<p class="hint" id="${key}-hint">${explanation}</p>`
  if (kind === 'number') {
    return html`<div class="dial"><label>${label} <input type="number" name="${key}" value="${Number(value)}" aria-describedby="${key}-hint"></label>${hint}</div>`
  }
  return html`<div class="dial"><label><input type="checkbox" name="${key}" aria-describedby="${key}-hint" ${value === false ? '' : html`checked`}> ${label}</label>
${kind === 'lasting' ? html`<label class="times">for the next <input type="number" min="1" name="${key}Times" value="${typeof value === 'number' ? value : ''}"> requests</label>` : ''}${hint}</div>`
}

function requestTable(vendor: Vendor): Html {
  const requests = vendor.requests.list().slice(0, 50)
  if (requests.length === 0) return html`<p>None yet.</p>`
  return html`<p>${vendor.requests.count()} in all; the newest first.</p>
<div class="scroll" tabindex="0" role="region" aria-labelledby="log-title"><table>
<thead><tr><th scope="col">Time</th><th scope="col">Request</th><th scope="col">Answer</th><th scope="col">Took</th><th scope="col">Dial</th></tr></thead>
<tbody>${requests.map(requestRow)}</tbody></table></div>`
}

function requestRow({ at, method, path, status, durationMs, dial }: LoggedRequest): Html {
  return html`<tr><td><time datetime="${at}">${at.slice(11, 19)}</time></td><td><code>${method} ${path}</code></td><td>${status === 0 ? 'dropped' : status}</td><td>${durationMs} ms</td><td>${dial ?? ''}</td></tr>`
}
