import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { daysUntilExpiry } from '../../backend/pages/security-text.ts'
import { errors } from '../../shared/errors.ts'
import { eventCatalogue } from '../../shared/events.ts'
import { scopes } from '../../shared/scopes.ts'
import { startTestApp, type TestApp } from '../support/app.ts'

let app: TestApp
/** Every page below `/developers` that a link leads to, by its path. */
let pages: Map<string, string>
const answers = new Map<string, number>()

function linksOf(html: string): string[] {
  return [...html.matchAll(/<a [^>]*href="([^"]*)"/g)].map(([, href = '']) =>
    href.replaceAll('&amp;', '&'),
  )
}

function idsOf(html: string): string[] {
  return [...html.matchAll(/\sid="([^"]*)"/g)].map(([, id = '']) => id)
}

async function crawl(): Promise<void> {
  const waiting = ['/developers']
  for (let path = waiting.shift(); path !== undefined; path = waiting.shift()) {
    if (answers.has(path)) continue
    const response = await fetch(`${app.url}${path}`, { headers: { accept: 'text/html' } })
    answers.set(path, response.status)
    const text = await response.text()
    if (!path.startsWith('/developers') || !response.ok) continue
    if (/^\/developers\/(search|console)/.test(path)) continue
    pages.set(path, text)
    for (const href of linksOf(text)) {
      if (/^\/(?!\/)/.test(href)) waiting.push(href.replace(/#.*/, ''))
    }
  }
}

beforeAll(async () => {
  app = await startTestApp()
  pages = new Map()
  await crawl()
})
afterAll(() => app.stop())

describe('the pages', () => {
  it('are all reached by links, and every link leads somewhere', () => {
    const broken = [...answers].filter(([, status]) => status !== 200)
    expect(broken).toEqual([])
    expect(pages.size).toBeGreaterThan(Object.keys(errors).length + 20)
  })

  it('hold every place that a link names within them', () => {
    const ids = new Map([...pages].map(([path, html]) => [path, new Set(idsOf(html))]))
    const missing = [...pages].flatMap(([path, html]) =>
      linksOf(html)
        .filter((href) => href.includes('#'))
        .map((href) => new URL(href, `http://h${path}`))
        .filter(({ pathname, hash, host }) => {
          const there = ids.get(pathname)
          return (
            host === 'h' && there !== undefined && !there.has(decodeURIComponent(hash.slice(1)))
          )
        })
        .map(({ pathname, hash }) => `${path} → ${pathname}${hash}`),
    )
    expect([...new Set(missing)]).toEqual([])
  })

  it('have one main heading, no id twice and no heading twice', () => {
    const findings: string[] = []
    for (const [path, html] of pages) {
      const ids = idsOf(html)
      if (new Set(ids).size !== ids.length) findings.push(`${path}: an id twice`)
      if (html.match(/<h1[ >]/g)?.length !== 1) findings.push(`${path}: not one h1`)
      const headings = [...html.matchAll(/<h2[^>]*>(.*?)<\/h2>/g)].map(([, text]) => text)
      if (new Set(headings).size !== headings.length) findings.push(`${path}: a heading twice`)
    }
    expect(findings).toEqual([])
  })

  it('keep to a strict policy: nothing inline, nothing from elsewhere', async () => {
    const response = await fetch(`${app.url}/developers`)
    const policy = response.headers.get('content-security-policy') ?? ''
    expect(policy).toContain("default-src 'none'")
    expect(policy).toContain("script-src 'self'")
    expect(policy).not.toContain('unsafe')
    for (const [path, html] of pages) {
      expect(html, path).not.toMatch(
        /<[^>]+\son\w+=|<[^>]+\sstyle=|<style|<script(?![^>]*\ssrc="\/)/,
      )
      expect(html, path).not.toMatch(/(?:\ssrc|<link[^>]+href)="(?:https?:)?\/\//)
    }
  })

  it('answer 304 to who has them, packed or not, and weigh at most 100 kB', async () => {
    const heavy: string[] = []
    for (const path of pages.keys()) {
      const plain = await fetch(`${app.url}${path}`, { headers: { 'accept-encoding': 'identity' } })
      const tag = plain.headers.get('etag') ?? ''
      expect(tag).toMatch(/^"[\w-]{22}"$/)
      const again = await fetch(`${app.url}${path}`, {
        headers: { 'accept-encoding': 'identity', 'if-none-match': tag },
      })
      expect(again.status).toBe(304)
      await plain.body?.cancel()
      const packed = await fetch(`${app.url}${path}`, { method: 'HEAD' })
      if (Number(packed.headers.get('content-length')) > 100_000) heavy.push(path)
      expect(packed.headers.get('content-encoding')).toBe('gzip')
      expect(packed.headers.get('etag')).toBe(tag.replace(/"$/, '-gz"'))
    }
    expect(heavy).toEqual([])
  })
})

describe('what is listed', () => {
  it('has a page for every error code, and the type of a problem leads there', async () => {
    for (const code of Object.keys(errors)) {
      expect(pages.get(`/developers/errors/${code}`), code).toContain('What to do')
    }
    const refusal = await fetch(`${app.url}/api/v1/items`)
    const { type, code }: { type: string; code: string } = JSON.parse(await refusal.text())
    expect(type).toBe(`${app.url}/developers/errors/${code}`)
    expect(await (await fetch(type)).text()).toContain(`<code>${code}</code>`)
  })

  it('still has the places that older links to errors name', () => {
    const list = pages.get('/developers/errors') ?? ''
    for (const code of Object.keys(errors)) expect(idsOf(list)).toContain(code)
  })

  it('names every event type with an example, and every right', () => {
    const events = pages.get('/developers/events') ?? ''
    for (const type of Object.keys(eventCatalogue)) expect(events).toContain(`<code>${type}</code>`)
    const rights = pages.get('/developers/scopes') ?? ''
    for (const name of Object.keys(scopes)) expect(idsOf(rights)).toContain(name)
  })

  it('describes every operation of the published document, with its snippets', async () => {
    const response = await fetch(`${app.url}/api/v1/openapi.json`)
    const { paths }: { paths: Record<string, Record<string, { operationId?: string }>> } =
      JSON.parse(await response.text())
    const reference = [...pages].filter(([path]) => path.startsWith('/developers/reference/'))
    const ids = new Set(reference.flatMap(([, html]) => idsOf(html)))
    for (const [path, methods] of Object.entries(paths)) {
      for (const { operationId } of Object.values(methods)) {
        if (operationId) expect(ids, path).toContain(operationId)
      }
    }
    const html = pages.get('/developers/reference') ?? ''
    expect(html).toContain('/api/v1/items')
  })
})

describe('the search without scripts', () => {
  const search = async (query: string): Promise<string> => {
    const response = await fetch(`${app.url}/developers/search?q=${encodeURIComponent(query)}`)
    expect(response.status).toBe(200)
    return await response.text()
  }

  it('finds guides, operations, events, errors and rights, each under its heading', async () => {
    expect(linksOf(await search('pagination'))).toContain('/developers/guides/pagination')
    expect(linksOf(await search('lti_nonce_reused'))).toContain(
      '/developers/errors/lti_nonce_reused',
    )
    expect(linksOf(await search('attempt.submitted'))).toContain(
      '/developers/events#attempt-submitted',
    )
    const items = await search('items')
    expect(items).toContain('<h2 id="api-reference">')
    expect(linksOf(items)).toContain('/developers/scopes#items.read')
  })

  it('says that nothing was found, and shows what was typed as text', async () => {
    const html = await search('"><script>alert(1)</script> zzqx')
    expect(html).toContain('Nothing was found')
    expect(html).not.toContain('<script>alert')
  })

  it('takes no parameter, an empty one and a repeated one', async () => {
    for (const query of ['', '?q=', '?q=a&q=b', `?q=${'x'.repeat(5000)}`]) {
      expect((await fetch(`${app.url}/developers/search${query}`)).status).toBe(200)
    }
  })

  it('offers the same as an index for scripts', async () => {
    const response = await fetch(`${app.url}/developers/search.json`)
    const entries: { url: string; title: string; kind: string; text: string }[] = JSON.parse(
      await response.text(),
    )
    const unknown = entries.filter(({ url }) => !pages.has(url.replace(/#.*/, '')))
    expect(unknown).toEqual([])
    expect(new Set(entries.map(({ kind }) => kind)).size).toBe(5)
  })
})

describe('what is not there', () => {
  it('answers a page that says so', async () => {
    const response = await fetch(`${app.url}/developers/no-such-page`, {
      headers: { accept: 'text/html' },
    })
    expect(response.status).toBe(404)
    expect(await response.text()).toContain('This page does not exist')
  })

  it('forgives a slash at the end', async () => {
    expect((await fetch(`${app.url}/developers/errors/`)).status).toBe(200)
  })
})

describe('security.txt', () => {
  it('names a contact and has at least 30 days left', async () => {
    const response = await fetch(`${app.url}/.well-known/security.txt`)
    const text = await response.text()
    expect(response.headers.get('content-type')).toBe('text/plain; charset=utf-8')
    expect(text).toMatch(/^Contact: mailto:security@localhost$/m)
    expect(text).toContain(`Canonical: ${app.url}/.well-known/security.txt`)
    expect(daysUntilExpiry(text, new Date())).toBeGreaterThan(30)
    expect(daysUntilExpiry(text, new Date())).toBeLessThan(366)
    const [, policy = ''] = /^Policy: (.*)$/m.exec(text) ?? []
    expect((await fetch(policy)).status).toBe(200)
  })
})
