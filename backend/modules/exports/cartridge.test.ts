import { describe, expect, it } from 'vitest'
import { type Cartridge, cartridgeFiles, clean } from './cartridge.ts'

const cartridge: Cartridge = {
  identifier: 'ccx_1',
  title: 'Autumn & <winter>',
  parts: [
    { title: 'Read', target: { kind: 'page', page: '<p>x</p>' } },
    {
      title: 'Path',
      entries: [
        { title: 'Line "1"', target: { kind: 'weblink', url: 'https://a.example/?x=1&y=2' } },
        {
          title: 'Quiz',
          target: { kind: 'lti', url: 'https://connect.example/lti/items/i1', description: 'D' },
        },
      ],
    },
  ],
}

const files = new Map(cartridgeFiles(cartridge).map(({ path, text }) => [path, text]))

describe('a common cartridge', () => {
  it('has a manifest first, and a file for each entry', () => {
    expect([...files.keys()]).toEqual([
      'imsmanifest.xml',
      'content/r1.html',
      'content/r2.xml',
      'content/r3.xml',
    ])
  })

  it('has one root without a title, folders without a resource, and leaves with one', () => {
    const text = files.get('imsmanifest.xml') ?? ''

    expect(text).toContain('<schemaversion>1.3.0</schemaversion>')
    expect(text).toContain(
      '<item identifier="root"><item identifier="i1" identifierref="r1"><title>Read</title></item><item identifier="f1"><title>Path</title><item identifier="i2" identifierref="r2">',
    )
    expect(text).toContain('Autumn &amp; &lt;winter&gt;')
  })

  it('gives each resource the type of CC 1.3, and only web content an address', () => {
    const text = files.get('imsmanifest.xml') ?? ''

    expect(text).toContain(
      '<resource identifier="r1" type="webcontent" href="content/r1.html"><file href="content/r1.html"/></resource>',
    )
    expect(text).toContain(
      '<resource identifier="r2" type="imswl_xmlv1p3"><file href="content/r2.xml"/></resource>',
    )
    expect(text).toContain('type="imsbasiclti_xmlv1p3"')
  })

  it('escapes addresses and titles', () => {
    expect(files.get('content/r2.xml')).toContain('href="https://a.example/?x=1&amp;y=2"')
    expect(files.get('content/r2.xml')).toContain('Line &quot;1&quot;')
  })

  it('names the launch address, secure where it is', () => {
    const text = files.get('content/r3.xml') ?? ''

    expect(text).toContain(
      '<blti:launch_url>https://connect.example/lti/items/i1</blti:launch_url>',
    )
    expect(text).toContain('<blti:secure_launch_url>')
  })

  it('leaves out what XML forbids', () => {
    expect(clean('a\u0000b\u000bc\td\ud800')).toBe('abc\td')
  })
})
