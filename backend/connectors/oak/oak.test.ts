import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { fakeVendor, openConnector } from '../../../tests/support/connector-context.ts'
import { connector } from './index.ts'

const file = new URL('fixtures/answers.json', import.meta.url)
// Our own file, by the end of the path.
const answers = JSON.parse(readFileSync(file, 'utf8')) as Record<string, unknown>

function open(status = 200, json?: unknown) {
  const vendor = fakeVendor(({ url }) => ({ status, json: json ?? answers[url.pathname] ?? {} }))
  const opened = openConnector(connector, {
    config: { url: 'https://oak.example' },
    credentials: { apiKey: 'the-test-key' },
    send: vendor.send,
  })
  return { ...opened, seen: vendor.seen }
}

const search = (text: string, cursor?: string) =>
  connector.capabilities.content?.search(open().ctx, { text, limit: 1, ...(cursor && { cursor }) })

describe('health', () => {
  it('says how many requests are left', async () => {
    await expect(connector.health(open().ctx)).resolves.toEqual({
      detail: '953 of 1000 requests left in this hour',
    })
  })

  it('asks for new credentials where they are refused', async () => {
    const failure = connector.health(open(401).ctx)

    await expect(failure).rejects.toMatchObject({ kind: 'reauthorise', code: 'unauthorised' })
    await expect(failure).rejects.not.toThrow('the-test-key')
  })
})

describe('content', () => {
  it('finds lessons with licence and attribution, and goes on', async () => {
    const first = await search('pie')
    const second = await search('pie', first?.cursor)

    expect(first?.items).toEqual([
      {
        id: 'sharing-a-pie',
        title: 'Sharing a pie',
        url: 'https://lessons.example/sharing-a-pie',
        subjects: ['maths'],
        educationalLevel: 'ks2',
        kind: 'lesson',
        license: expect.objectContaining({ name: 'Open Government Licence v3.0' }),
        attribution: 'Oak National Academy',
      },
    ])
    expect(second?.items.map(({ id }) => id)).toEqual(['halves'])
    expect(second?.cursor).toBeUndefined()
  })

  it('asks nothing where nothing is searched for', async () => {
    await expect(search(' ')).resolves.toEqual({ items: [] })
  })

  it('gives a lesson with its outcome and the guidance on its content', async () => {
    const item = await connector.capabilities.content?.get(open().ctx, 'sharing-a-pie')

    expect(item?.description).toBe('I can share fairly. · A knife is used.')
  })

  it('says that others hold rights, instead of blaming the request', async () => {
    const blocked = open(400, { message: 'Content is blocked for copyright reasons' })

    const failure = connector.capabilities.content?.get(blocked.ctx, 'x')

    await expect(failure).rejects.toThrow('Others hold rights')
    await expect(failure).rejects.toMatchObject({ kind: 'reject', code: 'refused' })
  })
})
