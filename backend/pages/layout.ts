import type { Response } from 'express'
import { setPagePolicy } from '../core/headers.ts'
import { type Html, html } from '../core/html.ts'

interface Page {
  readonly title: string
  readonly main: Html
  readonly scripts?: readonly string[]
  readonly description?: string
  /** The address in the site navigation that this page is. */
  readonly current?: string
  readonly status?: number
  /** Added to the main part, for pages with a layout of their own. */
  readonly className?: string
  /** Where “Skip to content” leads, for pages with a navigation inside their main part. */
  readonly contentId?: string
  /** Pages that are applications bring their own header. */
  readonly bare?: boolean
}

const navigation = [
  ['/admin', 'Administration'],
  ['/sandbox', 'Sandbox'],
  ['/developers', 'Developers'],
  ['/status', 'Status'],
  ['/privacy', 'Privacy'],
] as const

function siteHeader(current: string | undefined): Html {
  return html`<header class="site-header">
      <a class="site-brand" href="/"><img src="/assets/logo.svg" alt="" width="32" height="32" />EdPsych Connect</a>
      <nav aria-label="Main">
        <ul class="site-nav">
          ${navigation.map(
            ([href, label]) =>
              html`<li><a href="${href}"${href === current ? html` aria-current="page"` : ''}>${label}</a></li>`,
          )}
        </ul>
      </nav>
    </header>`
}

/** The document of a page of ours, with the site's header and footer unless it is an application. */
export function document(page: Page): string {
  const body = page.bare
    ? page.main
    : html`<a class="skip-link" href="#${page.contentId ?? 'main'}">Skip to content</a>
        ${siteHeader(page.current)}
        <main id="main" class="site-main${page.className ? ` ${page.className}` : ''}" tabindex="-1">${page.main}</main>
        <footer class="site-footer">
          <p>EdPsych Connect. <a href="/privacy">Privacy and transparency</a> · <a href="/status">Status</a> · <a href="/.well-known/security.txt">Report a security problem</a></p>
        </footer>`
  return html`<!doctype html>
<html lang="en-GB">
  <head>
    <meta charset="utf-8" />
    <meta name="viewport" content="width=device-width, initial-scale=1" />
    <meta name="color-scheme" content="light dark" />
    ${page.description ? html`<meta name="description" content="${page.description}" />` : ''}
    <title>${page.title} – EdPsych Connect</title>
    <link rel="icon" href="/assets/logo.svg" type="image/svg+xml" />
    <link rel="stylesheet" href="/assets/site.css" />
    ${(page.scripts ?? []).map((src) => html`<script type="module" src="${src}"></script>`)}
  </head>
  <body>${body}</body>
</html>
`.markup
}

export function sendPage(res: Response, page: Page): void {
  if (!res.hasHeader('content-security-policy')) setPagePolicy(res)
  res
    .status(page.status ?? 200)
    .setHeader('cache-control', 'no-cache')
    .type('html')
    .send(document(page))
}
