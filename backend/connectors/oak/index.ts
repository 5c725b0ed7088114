import { z } from 'zod'
import { ConnectorError, defineConnector, type VendorAnswer } from '../../connector-kit/index.ts'
import { Blocked, Found, RateLimit, Summary } from './schema.ts'

export const connector = defineConnector({
  id: 'oak',
  name: 'Oak National Academy',
  kind: 'content',
  summary: 'Finds lessons of Oak National Academy for the curriculum of England.',
  config: z.object({
    url: z.url().default('https://open-api.thenational.academy/api/v0').meta({
      title: 'API address',
      description: 'Leave it as it is, unless Oak announces another one.',
    }),
  }),
  credentials: z.object({
    apiKey: z.string().trim().min(1).max(500).meta({
      title: 'API key',
      description: 'Oak sends it by e-mail after the request form of its open API.',
      secret: true,
    }),
  }),
  base: ({ config, credentials }) => ({
    url: config.url,
    headers: { authorization: `Bearer ${credentials.apiKey}` },
  }),
  looksWrong: blocked,
  capabilities: {
    content: {
      async search({ http }, { text, limit, cursor }) {
        // Oak refuses a search for nothing.
        if (text.trim() === '') return { items: [] }
        const lessons = await http.get('search/lessons', Found, { query: { q: text } })
        // The best matches come in one answer; the pages are ours.
        const start = Number(cursor ?? 0)
        const end = start + limit
        const items = lessons.slice(start, end)
        return { items, ...(end < lessons.length && { cursor: String(end) }) }
      },
      async get({ http }, id) {
        const lesson = await http.get(`lessons/${encodeURIComponent(id)}/summary`, Summary)
        return { id, ...lesson }
      },
    },
  },
  async health({ http }) {
    const { limit, remaining } = await http.get('rate-limit', RateLimit)
    return { detail: `${remaining} of ${limit} requests left in this hour` }
  },
  synthetic: {
    search: {
      title: 'Search for fractions',
      async run({ http }) {
        const lessons = await http.get('search/lessons', Found, { query: { q: 'fractions' } })
        return `${lessons.length} lessons found`
      },
    },
  },
  setup: 'docs/connectors/oak.md',
})

/** Oak says 400 also where the rights of others keep a lesson out of the API. */
function blocked({ status, json }: VendorAnswer): ConnectorError | undefined {
  if (status !== 400 || !Blocked.safeParse(json).success) return undefined
  return new ConnectorError(
    'reject',
    'Others hold rights in this lesson, so Oak does not give it away. Open it on the pages of Oak, or choose another.',
    { status },
  )
}
