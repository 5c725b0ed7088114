import { SaxesParser } from 'saxes'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import yauzl from 'yauzl'
import type { CartridgeBody } from '../../shared/api/exports.ts'
import { startTestApp, type TestApp, type TestTenant } from '../support/app.ts'
import { itemFixture, itemFixtures } from '../support/item-xml.ts'

let app: TestApp
let school: TestTenant
let itemId: string
let pageId: string
let linkId: string
let pathId: string

beforeAll(async () => {
  app = await startTestApp()
  school = await app.addTenant('Exporting school')
  const { client } = school
  const report = await client('POST /api/v1/items/import', {
    query: { fileName: 'item.xml' },
    file: new Blob([itemFixture(itemFixtures[0])], { type: 'application/xml' }),
  })
  itemId = report.imported[0]?.id ?? ''
  const common = { learningResourceType: 'guidance', attribution: 'Us & them' } as const
  const page = await client('POST /api/v1/resources', {
    body: {
      ...common,
      name: 'Written <here>',
      license: { name: 'CC BY 4.0', url: 'https://creativecommons.org/licenses/by/4.0/' },
      content: [
        { type: 'heading', text: 'Why & how' },
        { type: 'list', ordered: true, entries: ['<b>one</b>', 'two'] },
      ],
    },
  })
  pageId = page.id
  const link = await client('POST /api/v1/resources', {
    body: {
      ...common,
      name: 'Elsewhere',
      license: { name: 'All rights reserved', url: null },
      url: 'https://maths.example/?a=1&b=2',
    },
  })
  linkId = link.id
  const path = await client('POST /api/v1/learning-paths', {
    body: {
      name: 'A path',
      steps: [
        { kind: 'resource', targetId: pageId },
        { kind: 'item', targetId: itemId },
      ],
    },
  })
  pathId = path.id
})

afterAll(() => app.stop())

const selection = () =>
  ({
    title: 'Autumn term – Year 5',
    choices: [
      { kind: 'path', id: pathId },
      { kind: 'item', id: itemId },
      { kind: 'resource', id: linkId },
    ],
  }) satisfies Partial<CartridgeBody>

const make = (body: Partial<CartridgeBody> = {}) =>
  school.client('POST /api/v1/exports/common-cartridge', { body: { ...selection(), ...body } })

async function unzip(bytes: Buffer): Promise<Map<string, string>> {
  const zip = await new Promise<yauzl.ZipFile>((resolve, reject) => {
    yauzl.fromBuffer(bytes, { lazyEntries: true }, (error, file) =>
      error ? reject(error) : resolve(file),
    )
  })
  const files = new Map<string, string>()
  return new Promise((resolve, reject) => {
    zip.on('error', reject)
    zip.on('end', () => resolve(files))
    zip.on('entry', (entry: yauzl.Entry) => {
      zip.openReadStream(entry, async (error, stream) => {
        if (error) return reject(error)
        const chunks: Buffer[] = []
        for await (const chunk of stream) chunks.push(Buffer.from(chunk))
        files.set(entry.fileName, Buffer.concat(chunks).toString('utf8'))
        zip.readEntry()
      })
    })
    zip.readEntry()
  })
}

async function download(url: string): Promise<Map<string, string>> {
  const answer = await fetch(url)
  expect(answer.status).toBe(200)
  return unzip(Buffer.from(await answer.arrayBuffer()))
}

interface Element {
  readonly name: string
  readonly attributes: Record<string, string>
}

/** Every element of a document that is well formed; throws where it is not. */
function elementsOf(xml: string): Element[] {
  const found: Element[] = []
  const parser = new SaxesParser({ xmlns: true })
  parser.on('opentag', ({ local, attributes }) => {
    const values = Object.entries(attributes).map(([name, { value }]) => [name, value])
    found.push({ name: local, attributes: Object.fromEntries(values) })
  })
  parser.on('error', (error) => {
    throw error
  })
  parser.write(xml).close()
  return found
}

/** Common Cartridge 1.3: identifiers are unique names, every reference is met, every file is there. */
function expectSound(files: Map<string, string>): Element[] {
  const manifest = elementsOf(files.get('imsmanifest.xml') ?? '')
  const ids = manifest.flatMap(({ attributes }) => attributes['identifier'] ?? [])
  expect(new Set(ids).size).toBe(ids.length)
  for (const id of ids) expect(id).toMatch(/^[A-Za-z_][\w.-]*$/)
  const resources = manifest.filter(({ name }) => name === 'resource')
  const resourceIds = resources.map(({ attributes }) => attributes['identifier'])
  const references = manifest.flatMap(({ attributes }) => attributes['identifierref'] ?? [])
  expect(references).toHaveLength(resourceIds.length)
  expect(new Set(references)).toEqual(new Set(resourceIds))
  const hrefs = manifest
    .filter(({ name }) => name === 'file')
    .map(({ attributes }) => attributes['href'] ?? '')
  expect(new Set(files.keys())).toEqual(new Set(['imsmanifest.xml', ...hrefs]))
  for (const href of hrefs) expect(href).toMatch(/^[a-z0-9]+(\/[a-z0-9.]+)*$/)
  for (const { attributes } of resources) {
    expect(['webcontent', 'imswl_xmlv1p3', 'imsbasiclti_xmlv1p3']).toContain(attributes['type'])
    expect(attributes['href'] !== undefined).toBe(attributes['type'] === 'webcontent')
  }
  for (const [path, text] of files) if (path.endsWith('.xml')) elementsOf(text)
  return manifest
}

describe('a common cartridge', () => {
  it('holds the selection soundly: a folder for the path, pages, web links', async () => {
    const made = await make()
    const files = await download(made.downloadUrl)

    const manifest = expectSound(files)

    expect(made).toMatchObject({ fileName: 'autumn-term-year-5.imscc', entries: 4, skipped: [] })
    expect(manifest[0]).toMatchObject({
      name: 'manifest',
      attributes: { xmlns: 'http://www.imsglobal.org/xsd/imsccv1p3/imscp_v1p1' },
    })
    const types = manifest.flatMap(({ name, attributes }) =>
      name === 'resource' ? [attributes['type']] : [],
    )
    expect(types).toEqual(['webcontent', 'imswl_xmlv1p3', 'imswl_xmlv1p3', 'imswl_xmlv1p3'])
    const page = files.get('content/r1.html') ?? ''
    expect(page).toContain('<h2>Why &amp; how</h2>')
    expect(page).toContain('<li>&lt;b&gt;one&lt;/b&gt;</li>')
    expect(page).toContain('rel="license">CC BY 4.0</a>. Us &amp; them')
    expect(elementsOf(files.get('content/r4.xml') ?? '').at(-1)?.attributes).toMatchObject({
      href: 'https://maths.example/?a=1&b=2',
    })
  })

  it('links assessments to public pages that open without an account', async () => {
    const files = await download((await make()).downloadUrl)

    const url = elementsOf(files.get('content/r3.xml') ?? '').at(-1)?.attributes['href'] ?? ''

    expect(url).toMatch(new RegExp(`^${app.url}/embed/v1/view/emb_`))
    expect((await fetch(url)).status).toBe(200)
    const again = await download((await make()).downloadUrl)
    expect(again.get('content/r3.xml')).toBe(files.get('content/r3.xml'))
  })

  it('holds assessments as LTI links where that was asked for', async () => {
    const files = await download((await make({ assessmentsAs: 'lti' })).downloadUrl)

    const manifest = expectSound(files)

    expect(
      manifest.filter(({ attributes }) => attributes['type'] === 'imsbasiclti_xmlv1p3'),
    ).toHaveLength(2)
    expect(files.get('content/r2.xml')).toContain(
      `<blti:launch_url>${app.url}/lti/items/${itemId}</blti:launch_url>`,
    )
  })

  it('says what it left out, and is none where nothing is left', async () => {
    const gone = { kind: 'resource', id: 'res_gone' } as const

    const made = await make({ choices: [gone, { kind: 'resource', id: linkId }] })

    expect(made.entries).toBe(1)
    expect(made.skipped).toEqual([{ ...gone, reason: expect.stringContaining('res_gone') }])
    await expect(make({ choices: [gone] })).rejects.toMatchObject({ code: 'not_found' })
  })

  it('leaves out an assessment whose public page was withdrawn', async () => {
    await make({ choices: [{ kind: 'item', id: itemId }] })
    const { data } = await school.client('GET /api/v1/embeds', { query: { targetId: itemId } })
    for (const { id } of data) await school.client('DELETE /api/v1/embeds/:id', { params: { id } })

    const made = await make()

    expect(made.skipped.map(({ kind, reason }) => [kind, reason])).toEqual([
      ['item', 'Its public page was withdrawn'],
      ['item', 'Its public page was withdrawn'],
    ])
  })

  it('is nobody else’s: not by another school, not by a changed link', async () => {
    const other = await app.addTenant('Another exporting school')
    await expect(
      other.client('POST /api/v1/exports/common-cartridge', { body: selection() }),
    ).rejects.toMatchObject({ code: 'not_found' })
    const { downloadUrl } = await make({ choices: [{ kind: 'resource', id: linkId }] })

    const changed = await fetch(`${downloadUrl.slice(0, -4)}AAAA`)
    const nonsense = await fetch(`${app.url}/downloads/common-cartridge/x`)

    expect([changed.status, nonsense.status]).toEqual([404, 404])
  })

  it('is not larger than a server can bear', async () => {
    const text = 'x'.repeat(5000)
    const content = Array.from({ length: 150 }, () => ({ type: 'paragraph' as const, text }))
    const { client } = school
    const { id } = await client('POST /api/v1/resources', {
      body: {
        name: 'Large',
        learningResourceType: 'article',
        license: { name: 'x', url: null },
        attribution: 'Us',
        content,
      },
    })
    const choices = Array.from({ length: 100 }, () => ({ kind: 'resource' as const, id }))

    await expect(make({ choices })).rejects.toMatchObject({ code: 'payload_too_large' })
  })
})
