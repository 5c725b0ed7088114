import { errorGuide } from '../../../shared/error-guide.ts'
import type { EventDescription } from '../../../shared/events.ts'
import { scopes } from '../../../shared/scopes.ts'
import { html } from '../../core/html.ts'
import type { ApiDocument } from './api-document.ts'
import type { Guide } from './content.ts'
import { addressOfOperation } from './error-pages.ts'
import { idOfEvent } from './event-page.ts'
import type { DeveloperPage } from './page.ts'

export const searchKinds = ['Guides', 'API reference', 'Events', 'Errors', 'Rights'] as const

export interface SearchEntry {
  readonly kind: (typeof searchKinds)[number]
  readonly title: string
  readonly url: string
  /** What is searched besides the title, and shown under it. */
  readonly text: string
}

export interface Searchable {
  readonly api: ApiDocument
  readonly guides: readonly Guide[]
  readonly events: Readonly<Record<string, EventDescription>>
}

/** One entry for each thing that somebody may look for. */
export function searchIndex({ api, guides, events }: Searchable): SearchEntry[] {
  return [
    ...guides.flatMap(({ path, title, summary, text, headings }) => [
      { kind: 'Guides' as const, title, url: path, text: `${summary} ${text}`.slice(0, 1200) },
      ...headings
        .filter(({ level }) => level <= 3)
        .map((heading) => ({
          kind: 'Guides' as const,
          title: heading.text,
          url: `${path}#${heading.id}`,
          text: title,
        })),
    ]),
    ...api.operations.map((operation) => ({
      kind: 'API reference' as const,
      title: operation.summary,
      url: addressOfOperation(api, operation),
      text: `${operation.method} ${operation.path} ${operation.description}`.trim(),
    })),
    ...Object.entries(events).map(([type, { title, description }]) => ({
      kind: 'Events' as const,
      title,
      url: `/developers/events#${idOfEvent(type)}`,
      text: `${type} ${description}`,
    })),
    ...Object.entries(errorGuide).map(([code, { meaning }]) => ({
      kind: 'Errors' as const,
      title: code,
      url: `/developers/errors/${code}`,
      text: meaning.replaceAll('`', ''),
    })),
    ...Object.entries(scopes).map(([name, sentence]) => ({
      kind: 'Rights' as const,
      title: name,
      url: `/developers/scopes#${name}`,
      text: sentence,
    })),
  ]
}

function wordsOf(text: string): string[] {
  return text.toLowerCase().match(/[\p{L}\p{N}]+/gu) ?? []
}

/** Entries that hold every word, or a word beginning with it; titles weigh more than text. */
export function findEntries(index: readonly SearchEntry[], query: string): SearchEntry[] {
  const wanted = [...new Set(wordsOf(query.slice(0, 200)))]
  if (wanted.length === 0) return []
  const found: { entry: SearchEntry; score: number }[] = []
  for (const entry of index) {
    const title = wordsOf(entry.title)
    const text = wordsOf(entry.text)
    const scores = wanted.map((word) => scoreOf(word, title) * 4 + scoreOf(word, text))
    if (scores.includes(0)) continue
    const score = scores.reduce((sum, value) => sum + value, 0)
    found.push({ entry, score: score / Math.sqrt(title.length + 1) })
  }
  return found.sort((a, b) => b.score - a.score).map(({ entry }) => entry)
}

function scoreOf(word: string, words: readonly string[]): number {
  if (words.includes(word)) return 3
  return words.some((other) => other.startsWith(word)) ? 1 : 0
}

const shownOfEach = 20

/** The results as a page, for readers without scripts and for addresses that can be sent on. */
export function searchPage(index: readonly SearchEntry[], query: string): DeveloperPage {
  const found = findEntries(index, query)
  return {
    path: '/developers/search',
    title: 'Search',
    main:
      query.trim() === ''
        ? html`<p class="lead">Type what you are looking for: a word, an operation, an event, an error code.</p>`
        : html`<p class="lead">${found.length === 0 ? `Nothing was found for “${query}”. Try fewer or shorter words.` : `${found.length} ${found.length === 1 ? 'result' : 'results'} for “${query}”`}</p>
      ${searchKinds.map((kind) => {
        const entries = found.filter((entry) => entry.kind === kind).slice(0, shownOfEach)
        if (entries.length === 0) return ''
        const id = kind.toLowerCase().replaceAll(' ', '-')
        return html`<section aria-labelledby="${id}"><h2 id="${id}">${kind}</h2><ul class="results">${entries.map(
          ({ title, url, text }) =>
            html`<li><a href="${url}">${title}</a><p>${text.length > 160 ? `${text.slice(0, 160)} …` : text}</p></li>`,
        )}</ul></section>`
      })}`,
  }
}
