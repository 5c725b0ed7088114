import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { html } from '../../core/html.ts'
import { type Article, renderArticle } from './markdown.ts'
import type { DeveloperPage } from './page.ts'

/** In the order in which somebody new would read them; others follow by name. */
export const guideOrder = [
  'authentication',
  'pagination',
  'errors',
  'idempotency',
  'rate-limits',
  'webhooks',
  'versions',
  'lti',
  'privacy',
  'sandbox',
  'security',
]

export interface Guide extends Article {
  readonly path: string
}

function rank(name: string): number {
  const index = guideOrder.indexOf(name)
  return index < 0 ? guideOrder.length : index
}

/** The guides that are there: each file of the folder, whichever those are. */
export function readGuides(
  folder: string,
  publicUrl: string,
  address = '/developers/guides',
): Guide[] {
  if (!existsSync(folder)) return []
  return readdirSync(folder)
    .filter((file) => /^[a-z0-9-]+\.md$/.test(file))
    .map((file) => file.slice(0, -3))
    .sort((a, b) => rank(a) - rank(b) || a.localeCompare(b))
    .map((name) => ({
      path: `${address}/${name}`,
      ...renderArticle(
        readFileSync(join(folder, `${name}.md`), 'utf8').replaceAll('{{publicUrl}}', publicUrl),
      ),
    }))
}

export function guidePages(
  guides: readonly Guide[],
  list = {
    path: '/developers/guides',
    title: 'Guides',
    description: 'How to sign in, page, retry, listen, embed and protect.',
  },
): DeveloperPage[] {
  return [
    {
      ...list,
      main: html`<ul class="cards plain">${guides.map(
        ({ path, title, summary }) =>
          html`<li class="card"><h2><a href="${path}">${title}</a></h2><p>${summary}</p></li>`,
      )}</ul>`,
    },
    ...guides.map(({ path, title, summary, main, headings }) => ({
      path,
      title,
      description: summary.slice(0, 160),
      parents: [{ href: list.path, label: list.title }],
      usesKey: main.markup.includes('data-fill'),
      headings,
      main,
    })),
  ]
}

/** What changed, newest first. */
export function changelogPage(file: string): DeveloperPage {
  const article = existsSync(file) ? renderArticle(readFileSync(file, 'utf8')) : undefined
  return {
    path: '/developers/changelog',
    title: 'Changelog',
    description: 'What was added, changed and removed.',
    headings: article?.headings.filter(({ level }) => level === 2) ?? [],
    main: article?.main ?? html`<p>Nothing has been published yet.</p>`,
  }
}
