import type { KindTemplate, NewConnector } from './template.ts'

/** Search and get. */
export function contentTemplate({ name }: NewConnector): KindTemplate {
  return {
    summary: `Finds material of ${name} and says how it may be used.`,
    imports: `import { Found, Item, Status } from './schema.ts'`,
    capabilities: `    content: {
      async search({ http }, { text, limit, cursor }) {
        const { items, next } = await http.get('search', Found, {
          query: { q: text, limit, cursor },
        })
        return { items, ...(next && { cursor: next }) }
      },
      get: ({ http }, id) => http.get(\`items/\${encodeURIComponent(id)}\`, Item),
    },`,
    sources: {
      'schema.ts': `import { z } from 'zod'
import type { ContentItem } from '../../connector-kit/index.ts'

export const Status = z.object({ version: z.string() })

export const Item = z
  .object({
    id: z.string().min(1),
    title: z.string().min(1),
    url: z.url({ protocol: /^https?$/ }),
    description: z.string().nullish(),
  })
  .transform(
    ({ id, title, url, description }): ContentItem => ({
      id,
      title,
      url,
      ...(description && { description }),
    }),
  )

export const Found = z.object({ items: z.array(Item), next: z.string().nullish() })
`,
    },
    answers: {
      '/search': {
        items: [{ id: 'f1', title: 'Fractions', url: 'https://vendor.example/f1' }],
        next: 'page-2',
      },
      '/items/f1': {
        id: 'f1',
        title: 'Fractions',
        url: 'https://vendor.example/f1',
        description: 'Parts of a whole',
      },
    },
    cases: `describe('content', () => {
  it('finds material and says where to go on', async () => {
    const found = await connector.capabilities.content?.search(open().ctx, {
      text: 'fractions',
      limit: 10,
    })

    expect(found?.items.map(({ title }) => title)).toEqual(['Fractions'])
    expect(found?.cursor).toBe('page-2')
  })

  it('gives one of them with its description', async () => {
    const item = await connector.capabilities.content?.get(open().ctx, 'f1')

    expect(item?.description).toBe('Parts of a whole')
  })
})
`,
    guideRows: `| Result of a search | Material with title, address and description |`,
  }
}
