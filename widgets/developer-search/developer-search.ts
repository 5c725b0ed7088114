import MiniSearch from 'minisearch'

interface Entry {
  readonly kind: string
  readonly title: string
  readonly url: string
  readonly text: string
}

/** The results of one kind, best first. */
export interface Found {
  readonly kind: string
  readonly entries: readonly Entry[]
}

export type Search = (query: string) => Found[]

const shownOfEach = 6

/** Titles of errors and rights are single words, which would put them before what explains them. */
const weights: Record<string, number> = { Guides: 4, 'API reference': 2 }

/** Fetches what can be found and answers the function that finds it, kinds in the order of their best result. */
export async function loadSearch(): Promise<Search> {
  const response = await fetch('/developers/search.json')
  if (!response.ok) throw new Error('the search index did not load')
  const entries: Entry[] = await response.json()
  const index = new MiniSearch<Entry & { id: number }>({
    fields: ['title', 'text'],
    searchOptions: {
      boost: { title: 4 },
      prefix: true,
      // Short words that are nearly right are mostly other words.
      fuzzy: (term) => (term.length > 4 ? 0.2 : false),
      combineWith: 'AND',
      boostDocument: (id: number) => weights[entries[id]?.kind ?? ''] ?? 1,
    },
  })
  index.addAll(entries.map((entry, id) => ({ ...entry, id })))
  return (query) => {
    const groups = new Map<string, Entry[]>()
    for (const { id } of index.search(query)) {
      const entry = entries[id]
      if (!entry) continue
      const group = groups.get(entry.kind) ?? []
      if (group.length < shownOfEach) group.push(entry)
      groups.set(entry.kind, group)
    }
    return [...groups].map(([kind, found]) => ({ kind, entries: found }))
  }
}
