import { type Html, html } from '../../core/html.ts'
import { document } from '../layout.ts'
import type { Heading } from './markdown.ts'

export interface DeveloperPage {
  readonly path: string
  readonly title: string
  readonly description?: string
  readonly main: Html
  /** The page's own table of contents. */
  readonly headings?: readonly Heading[]
  /** Pages between `/developers` and this one. */
  readonly parents?: readonly Link[]
  /** Needs the width for two columns of its own. */
  readonly wide?: boolean
  /** Holds snippets into which a key can be filled. */
  readonly usesKey?: boolean
}

export interface Link {
  readonly href: string
  readonly label: string
}

export interface NavigationGroup {
  readonly title: string
  readonly links: readonly Link[]
}

function crumbs({ path, title, parents = [] }: DeveloperPage): Html | '' {
  if (path === '/developers') return ''
  const links = [{ href: '/developers', label: 'Developers' }, ...parents]
  return html`<nav class="crumbs" aria-label="Breadcrumbs"><ol>${links.map(
    ({ href, label }) => html`<li><a href="${href}">${label}</a></li>`,
  )}<li><span aria-current="page">${title}</span></li></ol></nav>`
}

function navigation(groups: readonly NavigationGroup[], path: string): Html {
  return html`${groups.map(
    ({ title, links }) =>
      html`<p class="dev-nav-title">${title}</p><ul>${links.map(
        ({ href, label }) =>
          html`<li><a href="${href}"${href === path ? html` aria-current="page"` : ''}>${label}</a></li>`,
      )}</ul>`,
  )}`
}

function contents(headings: readonly Heading[]): Html {
  return html`<ul>${headings.map(
    ({ id, text, level }) =>
      html`<li${level > 2 ? html` class="deep"` : ''}><a href="#${id}">${text}</a></li>`,
  )}</ul>`
}

/** The place of the reader's test key. Filled by a script; without one, nobody misses it. */
export const keyPanel = html`<section class="key-panel" data-key-panel hidden aria-label="Key in the examples">
    <form><div class="field"><label for="test-key">Your test key</label><input id="test-key" name="key" autocomplete="off" spellcheck="false" placeholder="edp_test_…" /></div><button class="button secondary" type="submit">Use</button><button class="button" type="button" data-create-sandbox>Create a sandbox</button><button class="button link" type="button" data-forget-key hidden>Forget the key</button></form>
    <p class="small" role="status" data-key-status></p></section>`

export function searchForm(query = ''): Html {
  return html`<form class="dev-search" role="search" action="/developers/search" method="get" data-search><label class="visually-hidden" for="dev-search">Search the documentation</label><input id="dev-search" name="q" type="search" value="${query}" placeholder="Search" autocomplete="off" maxlength="200" /><button class="button secondary" type="submit">Search</button></form>`
}

/** The document of a page below `/developers`: search, navigation, breadcrumbs, the page, its contents. */
export function renderPage(
  page: DeveloperPage,
  groups: readonly NavigationGroup[],
  query?: string,
): string {
  const headings = (page.headings ?? []).filter(({ level }) => level <= 3)
  const hasContents = !page.wide && headings.length > 1
  return document({
    title: page.path === '/developers' ? page.title : `${page.title} – Developers`,
    ...(page.description ? { description: page.description } : {}),
    current: '/developers',
    className: 'dev-main',
    contentId: 'page',
    scripts: ['/assets/developers.js'],
    main: html`<div class="dev-bar">${searchForm(query)}<details class="dev-menu"><summary>Contents: ${page.title}</summary><nav aria-label="Developer documentation">${navigation(groups, page.path)}</nav></details></div>
      <div class="dev-layout${page.wide ? ' wide' : ''}">
        <nav class="dev-nav" aria-label="Developer documentation">${navigation(groups, page.path)}</nav>
        <article class="dev-page" id="page" tabindex="-1">${crumbs(page)}<h1>${page.title}</h1>${page.usesKey ? keyPanel : ''}${
          hasContents
            ? html`<details class="dev-contents-small"><summary>On this page</summary><nav aria-label="On this page">${contents(headings)}</nav></details>`
            : ''
        }${page.main}</article>
        ${hasContents ? html`<nav class="dev-contents" aria-labelledby="contents-title"><p class="dev-nav-title" id="contents-title">On this page</p>${contents(headings)}</nav>` : ''}
      </div>`,
  })
}
