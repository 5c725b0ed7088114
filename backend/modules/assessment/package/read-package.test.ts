import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { choicesXml, itemFixture, itemXml } from '../../../../tests/support/item-xml.ts'
import { manifestXml, media, zipOf } from '../../../../tests/support/zip.ts'
import { type ItemSource, readItemSource } from './read-package.ts'

const xml = (text: string) => Buffer.from(text)
const showing = (src: string, identifier = 'shows') =>
  itemXml({ body: `<p><img src="${src}" alt="x"/></p>${choicesXml(['A', 'B'])}` }).replace(
    'identifier="item-1"',
    `identifier="${identifier}"`,
  )

async function readZip(files: Record<string, string | Buffer>): Promise<ItemSource> {
  return readItemSource(await zipOf(files), 'pack.zip')
}

/** Where each file of a package ended; every file must end in one place. */
function accountOf({ items, skipped, manifest }: ItemSource): string[] {
  return inOrder([
    ...items.map(({ file }) => file),
    ...new Set(items.flatMap(({ assets }) => assets.map(({ path }) => path))),
    ...skipped.map(({ file }) => file),
    ...(manifest === null ? [] : [manifest]),
  ])
}

function inOrder(paths: readonly string[]): string[] {
  return paths.toSorted((a, b) => a.localeCompare(b))
}

describe('readItemSource with one item', () => {
  it('reads it from bytes and from a path', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'qti-'))
    const path = join(folder, 'planet.xml')
    await writeFile(path, itemFixture('largest-planet'))

    const fromPath = await readItemSource(path, 'planet.xml')
    const fromBytes = await readItemSource(xml(itemFixture('largest-planet')), 'planet.xml')
    await rm(folder, { recursive: true })

    expect(fromPath).toEqual(fromBytes)
    expect(fromBytes).toMatchObject({
      items: [{ file: 'planet.xml', item: { identifier: 'largest-planet' }, assets: [] }],
      skipped: [],
      manifest: null,
    })
    expect(fromBytes.items[0]?.xml).toBe(itemFixture('largest-planet'))
  })

  it.each<[string, string | Buffer, RegExp]>([
    [
      'of QTI 2.1',
      '<assessmentItem xmlns="http://www.imsglobal.org/xsd/imsqti_v2p1"/>',
      /^QTI 2\.x item/,
    ],
    [
      'with a DOCTYPE',
      `<!DOCTYPE x [<!ENTITY e SYSTEM "file:///etc/passwd">]>${itemXml().slice(38)}`,
      /^a DOCTYPE is not accepted/,
    ],
    ['with a script', itemXml({ body: '<script/>' }), /^script in content/],
    ['that is not well-formed', '<qti-assessment-item', /^not well-formed XML/],
    [
      'whose picture is not there',
      showing('a.png'),
      /^refers to a\.png; import the item as a package/,
    ],
    [
      'in text that is not UTF-8',
      Buffer.from('<?xml version="1.0"?><a>\xe9</a>', 'latin1'),
      /^not utf-8 text/,
    ],
    [
      'in an encoding not read',
      '<?xml version="1.0" encoding="EBCDIC-FR"?><a/>',
      /^the encoding ebcdic-fr is not read/,
    ],
  ])('lists one %s with the reason', async (_what, content, reason) => {
    const source = await readItemSource(Buffer.from(content), 'one.xml')

    expect(source.items).toEqual([])
    expect(source.skipped).toEqual([{ file: 'one.xml', reason: expect.stringMatching(reason) }])
  })

  it.each<[string, Buffer]>([
    ['UTF-8 with its mark', Buffer.from(`\ufeff${itemFixture('a-quarter')}`)],
    [
      'UTF-16',
      Buffer.from(`\ufeff${itemFixture('a-quarter').replace('UTF-8', 'UTF-16')}`, 'utf16le'),
    ],
    ['Latin-1', Buffer.from(itemFixture('seven-eights').replace('UTF-8', 'ISO-8859-1'), 'latin1')],
  ])('reads one in %s', async (_what, bytes) => {
    expect((await readItemSource(bytes, 'one.xml')).skipped).toEqual([])
  })

  it('refuses 10 MB of nesting within two seconds and little memory', async () => {
    const bytes = Buffer.from('<a>'.repeat(3_400_000))
    const started = performance.now()
    const before = process.memoryUsage().rss

    const source = await readItemSource(bytes, 'deep.xml')

    expect(source.skipped[0]?.reason).toMatch(/nested more than 100 deep/)
    expect(performance.now() - started).toBeLessThan(20_000)
    expect(process.memoryUsage().rss - before).toBeLessThan(150 * 1024 * 1024)
  })

  it('lists an XML file beyond its size', async () => {
    const source = await readItemSource(
      Buffer.from(`<a>${' '.repeat(11 * 1024 * 1024)}</a>`),
      'big.xml',
    )

    expect(source.skipped).toEqual([{ file: 'big.xml', reason: 'XML of more than 10 MB' }])
  })

  it('refuses a file that is neither XML nor zip', async () => {
    for (const content of ['', 'hello', '%PDF-1.7', '\x89PNG']) {
      await expect(readItemSource(Buffer.from(content), 'x.pdf')).rejects.toMatchObject({
        code: 'package_refused',
        message: 'The package x.pdf is refused: it is neither XML nor a zip file',
      })
    }
  })
})

describe('readItemSource with a package', () => {
  const files = {
    'imsmanifest.xml': manifestXml([
      { href: 'items/sound.xml', files: ['items/sound.xml', 'images/wave one.png'] },
      { href: 'items/order.xml', files: ['items/order.xml', 'images/order.png'] },
      { href: 'items/gone.xml' },
      { href: 'test.xml', type: 'imsqti_test_xmlv3p0' },
    ]),
    'items/': '',
    'items/sound.xml': itemFixture('speed-of-sound'),
    'items/order.xml': itemXml({ body: '<qti-order-interaction response-identifier="RESPONSE"/>' }),
    'more/unlisted.xml': itemFixture('a-quarter'),
    'test.xml': '<qti-assessment-test xmlns="http://www.imsglobal.org/xsd/imsqtiasi_v3p0"/>',
    'meta.xml': '<lom/>',
    'images/wave one.png': media.png,
    'images/order.png': media.png,
    'images/spare.png': media.png,
    'sounds/horn.wav': media.wav,
    'sounds/horn.vtt': media.vtt,
    'styles/main.css': 'p { color: red }',
    'inner.zip': 'PK',
  }

  it('accounts for every file: item, asset, manifest or skipped with the reason', async () => {
    const source = await readZip(files)

    expect(source.items.map(({ file }) => file)).toEqual(['items/sound.xml', 'more/unlisted.xml'])
    expect(Object.fromEntries(source.skipped.map(({ file, reason }) => [file, reason]))).toEqual({
      'items/gone.xml': 'the manifest lists it, but the package does not hold it',
      'items/order.xml': expect.stringMatching(/^unsupported interaction qti-order-interaction/),
      'test.xml': 'an assessment test, not an item; its items are read by themselves',
      'meta.xml': 'not a QTI item: the document is a lom',
      'images/order.png': 'belongs to items/order.xml, which is not imported',
      'images/spare.png': 'not referenced by any item',
      'styles/main.css': 'style sheets are not applied',
      'inner.zip': 'a package inside a package is not opened',
    })
    expect(accountOf(source)).toEqual(
      inOrder([...Object.keys(files).filter((path) => path !== 'items/'), 'items/gone.xml']),
    )
  })

  it('gives an item the files it shows, by path and true type', async () => {
    const [sound] = (await readZip(files)).items

    expect(sound?.assets).toEqual([
      { path: 'images/wave one.png', contentType: 'image/png', bytes: media.png },
      { path: 'sounds/horn.wav', contentType: 'audio/wav', bytes: media.wav },
      { path: 'sounds/horn.vtt', contentType: 'text/vtt', bytes: media.vtt },
    ])
    expect(sound?.item.assets).toEqual(sound?.assets.map(({ path }) => path))
  })

  it('reads a package without manifest, and one in a folder of its own', async () => {
    const bare = await readZip({ 'a.xml': itemFixture('a-quarter') })
    const folder = await readZip({
      'pack/imsmanifest.xml': manifestXml([{ href: 'items/one.xml' }]),
      'pack/items/one.xml': showing('../one.png'),
      'pack/one.png': media.png,
    })

    expect(bare).toMatchObject({ items: [{ file: 'a.xml' }], skipped: [], manifest: null })
    expect(folder).toMatchObject({
      items: [{ file: 'pack/items/one.xml', assets: [{ path: 'pack/one.png' }] }],
      skipped: [],
      manifest: 'pack/imsmanifest.xml',
    })
  })

  it('reads an item that the manifest lists under another ending', async () => {
    const source = await readZip({
      'imsmanifest.xml': manifestXml([{ href: 'one.qti' }]),
      'one.qti': itemFixture('a-quarter'),
    })

    expect(source.items.map(({ file }) => file)).toEqual(['one.qti'])
  })

  it('lists a manifest it cannot read and finds the items all the same', async () => {
    for (const manifest of ['<manifest', `<!DOCTYPE x>${manifestXml([])}`, '<other/>']) {
      const source = await readZip({
        'imsmanifest.xml': manifest,
        'a.xml': itemFixture('a-quarter'),
      })

      expect(source).toMatchObject({ items: [{ file: 'a.xml' }], manifest: null })
      expect(source.skipped.map(({ file }) => file)).toEqual(['imsmanifest.xml'])
    }
  })

  it('keeps one of two items of the same identifier and lists the other', async () => {
    const source = await readZip({
      'a.xml': itemFixture('a-quarter'),
      'b.xml': itemFixture('a-quarter'),
    })

    expect(source.items.map(({ file }) => file)).toEqual(['a.xml'])
    expect(source.skipped).toEqual([{ file: 'b.xml', reason: 'has the same identifier as a.xml' }])
  })

  it('shares the bytes of a picture that several items show', async () => {
    const { items } = await readZip({
      'a.xml': showing('p.png', 'a'),
      'b.xml': showing('p.png', 'b'),
      'p.png': media.png,
    })

    expect(items).toHaveLength(2)
    expect(items[0]?.assets[0]).toBe(items[1]?.assets[0])
  })

  it.each<[string, Record<string, string | Buffer>, string]>([
    ['that is missing', {}, 'refers to p.png, which the package does not hold'],
    [
      'that is SVG',
      { 'p.png': '<svg xmlns="http://www.w3.org/2000/svg"/>' },
      'p.png is an SVG picture, which can carry script; convert it to PNG',
    ],
    [
      'that is a page',
      { 'p.png': '<html><script>x</script></html>' },
      'p.png is not a picture, sound or film of a kind that is accepted',
    ],
    [
      'that is empty',
      { 'p.png': '' },
      'p.png is not a picture, sound or film of a kind that is accepted',
    ],
  ])('lists an item with a picture %s', async (_what, more, reason) => {
    const source = await readZip({ 'a.xml': showing('p.png'), ...more })

    expect(source.items).toEqual([])
    expect(source.skipped[0]).toEqual({ file: 'a.xml', reason })
    expect(accountOf(source)).toEqual(['a.xml', ...Object.keys(more)])
  })

  it('lists hostile items and imports their neighbours', async () => {
    const source = await readZip({
      'doctype.xml': `<!DOCTYPE x [<!ENTITY a "aaaa">]><x>&a;</x>`,
      'script.xml': itemXml({ body: '<p onclick="x()">x</p>' }),
      'outside.xml': showing('../../etc/passwd.png'),
      'deep.xml': '<a>'.repeat(10_000),
      'good.xml': itemFixture('a-quarter'),
    })

    expect(source.items.map(({ file }) => file)).toEqual(['good.xml'])
    expect(Object.fromEntries(source.skipped.map(({ file, reason }) => [file, reason]))).toEqual({
      'doctype.xml': expect.stringContaining('DOCTYPE'),
      'script.xml': expect.stringContaining('script in content'),
      'outside.xml': expect.stringContaining('outside the package'),
      'deep.xml': expect.stringContaining('nested more than 100 deep'),
    })
  })

  it('does not open a package of more than 50 MB', async () => {
    const large = Buffer.concat([await zipOf({ 'a.xml': 'x' }), Buffer.alloc(51 * 1024 * 1024)])

    await expect(readItemSource(large, 'large.zip')).rejects.toMatchObject({
      code: 'package_refused',
      message: 'The package large.zip is refused: it is larger than 50 MB',
    })
  })

  it('stops when it is told to', async () => {
    const zip = await zipOf(files)

    await expect(
      readItemSource(zip, 'pack.zip', { signal: AbortSignal.abort() }),
    ).rejects.toMatchObject({ name: 'AbortError' })
  })
})
