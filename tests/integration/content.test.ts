import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { systemContext } from '../../backend/core/tenancy.ts'
import { createContentModule, ensureResource } from '../../backend/modules/content/index.ts'
import { AppError } from '../../shared/errors.ts'
import {
  type AuthServer,
  addSchools,
  addStaff,
  password,
  type School,
  serveAuth,
} from '../support/auth-server.ts'
import { useTestDatabase } from '../support/database.ts'
import { createStaffBrowser, type StaffBrowser } from '../support/staff-browser.ts'

useTestDatabase()
let server: AuthServer
let school: School
let teacher: StaffBrowser

beforeAll(async () => {
  server = await serveAuth((settings) => {
    const content = createContentModule({
      brandingOf: async () => ({ name: '', logoUrl: null, stylesheetUrl: null }),
      settings,
      now: () => server.clock.now,
      async describeItem(_ctx, id) {
        if (id !== 'item_1') throw new AppError('not_found', `The item ${id} does not exist`)
        return { title: 'Adding “halves” & quarters' }
      },
    })
    return { modules: [content], bearer: content.bearerAuthenticators }
  })
  school = await addSchools()
  await addStaff(school.schoolId, 'teacher@school.example', 'teacher')
  await addStaff(school.otherId, 'teacher@other.example', 'teacher')
})
afterAll(() => server.close())
beforeEach(async () => {
  teacher = createStaffBrowser(server.url)
  await teacher.signIn('teacher@school.example', password)
})

const minimal = {
  name: 'Working memory: classroom strategies',
  learningResourceType: 'guidance',
  license: { name: 'CC BY 4.0', url: 'https://creativecommons.org/licenses/by/4.0/' },
  attribution: 'EdPsych Connect demo library',
}

async function add(resource: object = {}) {
  const body = { ...minimal, ...resource }
  const answer = await teacher.call('POST /api/v1/resources', { body })
  expect(answer.status).toBe(201)
  return answer.body
}

describe('the resource library', () => {
  it('keeps a resource with its licence, and fills what was left out', async () => {
    const added = await add({
      about: ['SEND'],
      content: [
        { type: 'heading', text: 'Why' },
        { type: 'list', ordered: true, entries: ['one', 'two'] },
      ],
    })

    const { body, headers } = await teacher.call(`GET /api/v1/resources/${added.id}`)

    expect(body).toEqual(added)
    expect(headers.get('etag')).toBeTruthy()
    expect(body).toMatchObject({
      description: '',
      inLanguage: 'en-GB',
      url: null,
      license: minimal.license,
      launchUrl: `${server.url}/lti/resources/${added.id}`,
      shareUrl: `${server.url}/r/${added.id}`,
    })
  })

  it('changes only the fields that are given', async () => {
    const added = await add({ description: 'Keep me', about: ['SEND'] })
    server.clock.advance(1000)

    const { body } = await teacher.call(`PATCH /api/v1/resources/${added.id}`, {
      body: { name: 'A new title' },
    })

    expect(body).toMatchObject({ name: 'A new title', description: 'Keep me', about: ['SEND'] })
    expect(body.createdAt).toBe(added.createdAt)
  })

  it('refuses a change or a deletion of another version than the one that was read', async () => {
    const added = await add()
    const path = `/api/v1/resources/${added.id}`
    const etag = (await teacher.call(`GET ${path}`)).headers.get('etag') ?? ''
    const ifMatch = { headers: { 'if-match': etag } }

    const first = await teacher.call(`PATCH ${path}`, { body: { name: 'First' }, ...ifMatch })
    const second = await teacher.call(`PATCH ${path}`, { body: { name: 'Second' }, ...ifMatch })
    const removal = await teacher.call(`DELETE ${path}`, ifMatch)

    expect(first.status).toBe(200)
    expect(second.body.code).toBe('precondition_failed')
    expect(removal.status).toBe(412)
    expect((await teacher.call(`GET ${path}`)).body.name).toBe('First')
    const current = { headers: { 'if-match': first.headers.get('etag') ?? '' } }
    expect((await teacher.call(`DELETE ${path}`, current)).status).toBe(204)
    expect((await teacher.call(`GET ${path}`)).status).toBe(404)
  })

  it('loses no field when many change it at once', async () => {
    const added = await add()
    const path = `PATCH /api/v1/resources/${added.id}`

    const answers = await Promise.all([
      teacher.call(path, { body: { name: 'Together' } }),
      teacher.call(path, { body: { description: 'at once' } }),
      teacher.call(path, { body: { educationalLevel: 'Key stage 2' } }),
    ])

    expect(answers.map(({ status }) => status)).toEqual([200, 200, 200])
    expect((await teacher.call(`GET /api/v1/resources/${added.id}`)).body).toMatchObject({
      name: 'Together',
      description: 'at once',
      educationalLevel: 'Key stage 2',
    })
  })

  it('is searched by all words, in any order and case, never by pattern', async () => {
    const { id } = await add({ name: 'Phonics (phase 3) – café', about: ['Reading'] })
    const search = async (q: string) => {
      const { body } = await teacher.call(`GET /api/v1/resources?q=${encodeURIComponent(q)}`)
      return body.data.map((resource: { id: string }) => resource.id)
    }

    expect(await search('reading PHONICS')).toEqual([id])
    expect(await search('cafe')).toEqual([id])
    expect(await search('(phase 3)')).toEqual([id])
    expect(await search('phonics chemistry')).toEqual([])
    expect(await search('.*')).toEqual([])
  })

  it('gives each resource once, page by page', async () => {
    for (let n = 0; n < 5; n++) await add({ name: `Paged ${n}` })
    const seen: string[] = []
    let path = 'GET /api/v1/resources?q=paged&limit=2'
    for (;;) {
      const { body, headers } = await teacher.call(path)
      seen.push(...body.data.map(({ name }: { name: string }) => name))
      if (body.nextCursor === null) break
      const next = /<([^>]+)>; rel="next"/.exec(headers.get('link') ?? '')?.[1] ?? ''
      path = `GET ${next}`
    }

    expect(seen).toEqual(['Paged 4', 'Paged 3', 'Paged 2', 'Paged 1', 'Paged 0'])
  })

  it('of another school does not exist here', async () => {
    const { id } = await add()
    const stranger = createStaffBrowser(server.url)
    await stranger.signIn('teacher@other.example', password)

    expect((await stranger.call(`GET /api/v1/resources/${id}`)).status).toBe(404)
    expect((await stranger.call(`DELETE /api/v1/resources/${id}`)).status).toBe(404)
    const change = { body: { name: 'Mine' } }
    expect((await stranger.call(`PATCH /api/v1/resources/${id}`, change)).status).toBe(404)
    const embed = { body: { kind: 'resource', targetId: id } }
    expect((await stranger.call('POST /api/v1/embeds', embed)).status).toBe(404)
    expect((await stranger.call('GET /api/v1/resources')).body.data).toEqual([])
  })

  it('takes a seeded resource once and leaves later edits alone', async () => {
    const ctx = systemContext(school.schoolId, 'test')
    const id = 'res_demo0000000000000000000001'
    const seed = { ...minimal, learningResourceType: 'guidance' } as const
    const added = await Promise.all([1, 2, 3].map(() => ensureResource(ctx, id, seed)))
    await teacher.call(`PATCH /api/v1/resources/${id}`, { body: { name: 'Edited' } })

    expect(added.filter(Boolean)).toHaveLength(1)
    expect(await ensureResource(ctx, id, seed)).toBe(false)
    expect((await teacher.call(`GET /api/v1/resources/${id}`)).body.name).toBe('Edited')
  })
})

async function embed(body: object) {
  const answer = await teacher.call('POST /api/v1/embeds', { body })
  expect(answer.status).toBe(201)
  return answer.body
}

async function visit(embedId: string, headers: Record<string, string> = {}) {
  const response = await fetch(`${server.url}/embed/session`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...headers },
    body: JSON.stringify({ embedId }),
  })
  return { status: response.status, body: (await response.json()) as Record<string, never> }
}

describe('an embed', () => {
  it('is a snippet to paste and a page that any site may frame', async () => {
    const { id } = await add({ name: 'A <b>title</b>' })
    const made = await embed({ kind: 'resource', targetId: id })

    const page = await fetch(made.pageUrl)
    const text = await page.text()

    expect(made.id).toMatch(/^emb_/)
    expect(made.snippet).toContain(`<edpsych-embed src="${made.pageUrl}">`)
    expect(made.snippet).toContain('A &lt;b&gt;title&lt;/b&gt;</a>')
    expect(page.status).toBe(200)
    expect(page.headers.get('content-security-policy')).toContain('frame-ancestors *;')
    expect(text).toContain(`data-embed-id="${made.id}"`)
    expect(text).toContain('type="application/json+oembed"')
    expect(text).not.toContain('<b>title')
    expect((await teacher.call(`GET /api/v1/embeds?targetId=${id}`)).body.data).toEqual([made])
  })

  it('can be kept to the sites that are named', async () => {
    const made = await embed({
      kind: 'item',
      targetId: 'item_1',
      allowedOrigins: ['https://school.example/a/page', 'https://school.example'],
    })

    const page = await fetch(made.pageUrl)

    expect(made.allowedOrigins).toEqual(['https://school.example'])
    expect(page.headers.get('content-security-policy')).toContain(
      "frame-ancestors 'self' https://school.example;",
    )
    expect(await page.text()).toContain('Adding “halves” &amp; quarters')
  })

  it.each(['https://a.example,https://b', "https://a'self'", 'https://a;script-src'])(
    'are not kept to %s, which would write into the policy of the page',
    async (origin) => {
      const { status, body } = await teacher.call('POST /api/v1/embeds', {
        body: { kind: 'item', targetId: 'item_1', allowedOrigins: [origin] },
      })

      expect(status).toBe(400)
      expect(body.errors[0].pointer).toBe('#/allowedOrigins/0')
    },
  )

  it('opens one object for an anonymous visitor, and nothing else', async () => {
    const { id } = await add()
    const other = await add()
    const made = await embed({ kind: 'resource', targetId: id })

    const { status, body } = await visit(made.id, { origin: server.url })

    expect(status).toBe(200)
    expect(body).toMatchObject({
      launch: { messageType: 'EdPsychEmbed', target: { kind: 'resource', id } },
    })
    const read = (path: string) =>
      fetch(`${server.url}${path}`, { headers: { authorization: `Bearer ${body['token']}` } })
    expect((await read(`/api/v1/resources/${id}`)).status).toBe(200)
    expect((await read(`/api/v1/resources/${other.id}`)).status).toBe(404)
    const list = (await (await read('/api/v1/resources')).json()) as { data: { id: string }[] }
    expect(list.data.map((resource) => resource.id)).toEqual([id])
    expect((await read('/api/v1/embeds')).status).toBe(403)
    server.clock.advance(2 * 60 * 60_000)
    expect((await read(`/api/v1/resources/${id}`)).status).toBe(401)
  })

  it('gives each visitor an identity of their own', async () => {
    const { id } = await add()
    const made = await embed({ kind: 'resource', targetId: id })

    const [one, two] = await Promise.all([visit(made.id), visit(made.id)])

    expect(one.body['token']).not.toBe(two.body['token'])
    expect(one.body['launch']).not.toEqual(two.body['launch'])
  })

  it('is opened from its own page only', async () => {
    const { id } = await add()
    const made = await embed({ kind: 'resource', targetId: id })

    expect((await visit(made.id, { origin: 'https://evil.example' })).status).toBe(403)
    expect((await visit('emb_unknown')).status).toBe(404)
  })

  it('ends for everybody when it is withdrawn', async () => {
    const { id } = await add()
    const made = await embed({ kind: 'resource', targetId: id })
    const { body } = await visit(made.id)

    expect((await teacher.call(`DELETE /api/v1/embeds/${made.id}`)).status).toBe(204)

    const headers = { authorization: `Bearer ${body['token']}` }
    expect((await fetch(`${server.url}/api/v1/resources/${id}`, { headers })).status).toBe(401)
    expect((await visit(made.id)).status).toBe(404)
    const page = await fetch(made.pageUrl)
    expect(page.status).toBe(410)
    expect(await page.text()).toContain('withdrawn')
    expect((await teacher.call(`GET /api/v1/embeds/${made.id}`)).status).toBe(404)
    expect((await teacher.call(`DELETE /api/v1/embeds/${made.id}`)).status).toBe(404)
  })

  it('ends when what it shows is deleted', async () => {
    const { id } = await add()
    const made = await embed({ kind: 'resource', targetId: id })

    await teacher.call(`DELETE /api/v1/resources/${id}`)

    expect((await fetch(made.pageUrl)).status).toBe(410)
  })
})

describe('a share address', () => {
  it('leads everybody to one page, made when it is first needed', async () => {
    const { shareUrl, id } = await add()
    const open = () => fetch(shareUrl, { redirect: 'manual' })

    const answers = await Promise.all([open(), open(), open(), open()])

    const targets = new Set(answers.map(({ headers }) => headers.get('location')))
    expect(answers.map(({ status }) => status)).toEqual([302, 302, 302, 302])
    expect(targets.size).toBe(1)
    expect((await fetch(shareUrl)).status).toBe(200)
    const { body } = await teacher.call(`GET /api/v1/embeds?targetId=${id}`)
    expect(body.data).toHaveLength(1)
  })

  it('stops when its embed is withdrawn, until an open one is made again', async () => {
    const { shareUrl, id } = await add()
    await fetch(shareUrl)
    const { body } = await teacher.call(`GET /api/v1/embeds?targetId=${id}`)
    await teacher.call(`DELETE /api/v1/embeds/${body.data[0].id}`)
    expect((await fetch(shareUrl)).status).toBe(404)

    await embed({ kind: 'resource', targetId: id })

    expect((await fetch(shareUrl)).status).toBe(200)
  })

  it('of nothing is a page that says so', async () => {
    const page = await fetch(`${server.url}/r/res_nothing`)

    expect(page.status).toBe(404)
    expect(page.headers.get('content-type')).toContain('text/html')
  })
})

describe('oEmbed', () => {
  const ask = (query: Record<string, string>) =>
    fetch(`${server.url}/oembed?${new URLSearchParams(query)}`)

  it('describes an embed and a share address as a rich frame', async () => {
    const { id, shareUrl } = await add({ name: 'Quote " and <tag>' })
    const { pageUrl } = await embed({ kind: 'resource', targetId: id })

    for (const url of [pageUrl, shareUrl]) {
      const answer = await ask({ url, format: 'json', maxwidth: '400', maxheight: '9999' })
      const body = (await answer.json()) as Record<string, unknown>

      expect(answer.headers.get('access-control-allow-origin')).toBe('*')
      expect(body).toMatchObject({ version: '1.0', type: 'rich', width: 400, height: 480 })
      expect(body['html']).toMatch(/^<iframe src="[^"]+" title="Quote &quot; and &lt;tag&gt;"/)
    }
  })

  it('refuses other sites, other formats and nonsense', async () => {
    expect((await ask({ url: 'https://evil.example/embed/v1/view/emb_1' })).status).toBe(404)
    expect((await ask({ url: `${server.url}/embed/v1/view/emb_1` })).status).toBe(404)
    expect((await ask({ url: `${server.url}/r/res_1`, format: 'xml' })).status).toBe(501)
    expect((await ask({ url: 'nonsense' })).status).toBe(400)
    expect((await ask({})).status).toBe(400)
  })
})
