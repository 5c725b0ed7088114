import { type Html, html } from '../../core/html.ts'
import type { Branding } from './deps.ts'
import { embedPageUrl } from './snippet.ts'

interface EmbedPage {
  readonly publicUrl: string
  readonly embedId: string
  readonly kind: 'item' | 'resource'
  readonly title: string
  readonly branding: Branding
}

/** The page inside the frame: a shell that finds its embed in `data-embed-id` and opens a visit. */
export function embedPage({ publicUrl, embedId, kind, title, branding }: EmbedPage): string {
  const address = encodeURIComponent(embedPageUrl(publicUrl, embedId))
  return html`<!doctype html>
<html lang="en-GB">
  <head>
    <meta charset="utf-8" />
    <meta name="viewport" content="width=device-width, initial-scale=1" />
    <meta name="color-scheme" content="light dark" />
    <meta name="robots" content="noindex" />
    <title>${title} – EdPsych Connect</title>
    <link rel="alternate" type="application/json+oembed" href="${publicUrl}/oembed?format=json&url=${address}" title="${title}" />
    <link rel="icon" href="/assets/logo.svg" type="image/svg+xml" />
    <link rel="stylesheet" href="/assets/site.css" />
    ${branding.stylesheetUrl ? html`<link rel="stylesheet" href="${branding.stylesheetUrl}" />` : ''}
    <script type="module" src="/assets/embed-frame.js"></script>
  </head>
  <body>
    <main id="embed" data-embed-id="${embedId}" data-kind="${kind}" data-title="${title}">
      ${brand(branding)}
      <div data-content><noscript><p>${title}: this content needs JavaScript.</p></noscript></div>
    </main>
  </body>
</html>
`.markup
}

/** Whose content it is, where the organisation wants to be named. */
function brand({ name, logoUrl }: Branding): Html | '' {
  if (name === '' && logoUrl === null) return ''
  const logo =
    logoUrl &&
    html`<img src="${logoUrl}" alt="${name === '' ? 'Logo of the organisation' : ''}" height="32" />`
  return html`<p class="embed-brand">${logo ?? ''}${name}</p>`
}

/** What a page that still holds the snippet shows; the script tells that page. */
export function goneEmbedPage(reason: 'withdrawn' | 'unknown'): string {
  const text =
    reason === 'withdrawn'
      ? 'Its owner has withdrawn it. Ask the person who put it on this page for another link.'
      : 'This address is wrong or incomplete. Ask the person who put it on this page for another link.'
  return html`<!doctype html>
<html lang="en-GB">
  <head>
    <meta charset="utf-8" />
    <meta name="viewport" content="width=device-width, initial-scale=1" />
    <meta name="color-scheme" content="light dark" />
    <meta name="robots" content="noindex" />
    <title>Not available – EdPsych Connect</title>
    <link rel="stylesheet" href="/assets/site.css" />
    <script type="module" src="/assets/embed-frame.js"></script>
  </head>
  <body>
    <main id="embed" data-state="${reason}">
      <h1>This content is not available</h1>
      <p>${text}</p>
    </main>
  </body>
</html>
`.markup
}
