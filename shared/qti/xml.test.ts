import { describe, expect, it } from 'vitest'
import { AppError } from '../errors.ts'
import { parseXml } from './xml.ts'
import { childElements, textOf } from './xml-element.ts'

function refusalOf(text: string): string {
  try {
    parseXml(text)
  } catch (error) {
    if (error instanceof AppError && error.code === 'item_refused') return error.message
    throw error
  }
  throw new Error('it was read')
}

describe('parseXml', () => {
  it('keeps text and elements in order, with CDATA as text and comments left out', () => {
    const root = parseXml('<a>one <b>two</b><!-- x --><![CDATA[ <three>]]></a>')

    expect(root.children.map((child) => (typeof child === 'string' ? child : child.name))).toEqual([
      'one ',
      'b',
      ' <three>',
    ])
    expect(textOf(root)).toBe('one two <three>')
  })

  it('names elements by namespace and attributes by local name', () => {
    const root = parseXml('<q:a xmlns:q="urn:q" xmlns="urn:other" xml:lang="cy" x="1"><b/></q:a>')

    expect([root.name, root.namespace]).toEqual(['a', 'urn:q'])
    expect(Object.fromEntries(root.attributes)).toEqual({ 'xml:lang': 'cy', x: '1' })
    expect(childElements(root)[0]?.namespace).toBe('urn:other')
  })

  it('remembers where an element begins', () => {
    const root = parseXml('<a>\n  <b/>\n  <c/></a>')

    expect(childElements(root).map(({ line }) => line)).toEqual([2, 3])
  })

  it('does not mistake an attribute for a property of objects', () => {
    const root = parseXml('<a __proto__="x" constructor="y"/>')

    expect(root.attributes.get('__proto__')).toBe('x')
    expect(root.attributes.get('toString')).toBeUndefined()
  })

  it.each([
    ['a DOCTYPE', '<!DOCTYPE a><a/>', /DOCTYPE/],
    [
      'an external entity',
      '<!DOCTYPE a [<!ENTITY x SYSTEM "file:///etc/passwd">]><a>&x;</a>',
      /DOCTYPE/,
    ],
    [
      'entities that grow without end',
      '<!DOCTYPE a [<!ENTITY b "bb"><!ENTITY c "&b;&b;">]><a>&c;</a>',
      /DOCTYPE/,
    ],
    ['an entity without a DOCTYPE', '<a>&nbsp;</a>', /undefined entity/],
    ['a style sheet', '<?xml-stylesheet href="http://example.org/x.css"?><a/>', /xml-stylesheet/],
    ['a tag that is not closed', '<a><b></a>', /not well-formed XML.*line 1, column \d+/],
    ['two roots', '<a/><b/>', /not well-formed/],
    ['an undeclared prefix', '<x:a/>', /not well-formed/],
    ['the same attribute twice', '<a x="1" x="2"/>', /not well-formed/],
    ['nothing', '', /not well-formed|no element/],
    ['text alone', 'hello', /not well-formed/],
  ])('refuses %s with the reason', (_what, text, reason) => {
    expect(refusalOf(text)).toMatch(reason)
  })

  it('says in which line and column a mistake lies', () => {
    expect(refusalOf('<a>\n<b>\n</c></a>')).toMatch(/line 3, column \d/)
  })

  it('lets other processing instructions pass, for nothing is loaded', () => {
    expect(parseXml('<?xml-model href="http://example.org/x.rnc"?><a/>').name).toBe('a')
  })

  it('refuses 10 MB of nesting at once and without filling the memory', () => {
    const text = '<a>'.repeat(3_400_000)
    const started = performance.now()
    const heap = process.memoryUsage().heapUsed

    expect(refusalOf(text)).toMatch(/nested more than 100 deep/)

    expect(performance.now() - started).toBeLessThan(20_000)
    expect(process.memoryUsage().heapUsed - heap).toBeLessThan(100 * 1024 * 1024)
  })

  it('refuses 10 MB of attributes of one element at the first too many', () => {
    const text = `<a ${Array.from({ length: 900_000 }, (_, n) => `a${n}=""`).join(' ')}/>`
    const started = performance.now()

    expect(refusalOf(text)).toMatch(
      /more than 100 attributes on one element \(line 1, column \d{3,4}\)/,
    )

    expect(performance.now() - started).toBeLessThan(1000)
  })

  it.each([
    ['elements', `<a>${'<b/>'.repeat(30_000)}</a>`, /more than 20000 elements/],
    [
      'attributes',
      `<a ${Array.from({ length: 200 }, (_, n) => `x${n}="1"`).join(' ')}/>`,
      /attributes/,
    ],
    ['characters', `<a>${'x'.repeat(10 * 1024 * 1024)}</a>`, /characters/],
  ])('refuses too many %s', (_what, text, reason) => {
    expect(refusalOf(text)).toMatch(reason)
  })
})
