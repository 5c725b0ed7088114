import { describe, expect, it } from 'vitest'
import { choicesXml, itemXml } from '../../../tests/support/item-xml.ts'
import { AppError } from '../../errors.ts'
import type { BodyNode } from '../item.ts'
import { readItem } from '../read-item.ts'

function read(xml: string, file = 'items/one.xml') {
  return readItem(itemXml({ body: `${xml}${choicesXml(['A', 'B'])}` }), { file })
}

function contentOf(xml: string): readonly BodyNode[] {
  return read(xml).body.slice(0, -1)
}

function refusalOf(xml: string): string {
  try {
    read(xml)
  } catch (error) {
    if (error instanceof AppError && error.code === 'item_refused') return error.message
    throw error
  }
  throw new Error('it was read')
}

const html = (tag: string, children: unknown[] = [], attributes: object = {}) => ({
  kind: 'html',
  tag,
  attributes,
  children,
})
const math = (tag: string, children: unknown[] = [], attributes: object = {}) => ({
  kind: 'math',
  tag,
  attributes,
  children,
})

describe('content', () => {
  it('is rebuilt from allowed elements, with white space as it is shown', () => {
    expect(contentOf('<p>One\n   <strong>two</strong> <em>three</em></p>\n\n')).toEqual([
      html('p', ['One ', html('strong', ['two']), ' ', html('em', ['three'])]),
    ])
    expect(contentOf('<ul>\n <li>a</li>\n</ul><pre>x\n  y</pre>')).toEqual([
      html('ul', [html('li', ['a'])]),
      html('pre', ['x\n  y']),
    ])
  })

  it('keeps no attribute that could hold an answer', () => {
    const xml =
      '<p id="answer" title="answer" class="answer qti-italic" data-x="answer" name="answer" xml:lang="fr" dir="ltr" aria-label="a note" tabindex="3">x</p>'

    expect(contentOf(xml)).toEqual([
      html('p', ['x'], { lang: 'fr', dir: 'ltr', 'aria-label': 'a note', class: 'qti-italic' }),
    ])
  })

  it('keeps the structure of tables', () => {
    const xml = '<table><tr><th scope="col" width="3">n</th><td colspan="2">1</td></tr></table>'

    expect(contentOf(xml)).toEqual([
      html('table', [
        html('tr', [html('th', ['n'], { scope: 'col' }), html('td', ['1'], { colspan: '2' })]),
      ]),
    ])
  })

  it('names the files it shows by their paths in the package', () => {
    const item = read(
      '<p><img src="../media/a%20b.png?x=1" alt="A"/><img src="./c.png" alt=""/></p>',
    )

    expect(item.assets).toEqual(['media/a b.png', 'items/c.png'])
    expect(item.body[0]).toEqual(
      html('p', [
        html('img', [], { src: 'media/a b.png', alt: 'A' }),
        html('img', [], { src: 'items/c.png', alt: '' }),
      ]),
    )
  })

  it('plays sound and film with controls and never by itself', () => {
    expect(
      contentOf('<video src="v.mp4" autoplay="autoplay" loop="loop" poster="p.png"/>'),
    ).toEqual([html('video', [], { src: 'items/v.mp4', poster: 'items/p.png', controls: '' })])
  })

  it('shows a picture object as a picture with its text', () => {
    expect(
      contentOf('<object data="a.png" type="image/png" width="5">A <b>cat</b></object>'),
    ).toEqual([html('img', [], { width: '5', src: 'items/a.png', alt: 'A cat' })])
  })

  it('shows the plain image of a picture element', () => {
    expect(
      contentOf('<picture><source srcset="b.webp"/><img src="a.png" alt="A"/></picture>'),
    ).toEqual([html('img', [], { src: 'items/a.png', alt: 'A' })])
  })

  it('opens links in a window of their own', () => {
    expect(contentOf('<p><a href="https://example.org/">x</a></p>')).toEqual([
      html('p', [
        html('a', ['x'], {
          href: 'https://example.org/',
          target: '_blank',
          rel: 'noopener noreferrer',
        }),
      ]),
    ])
  })

  it('keeps presentation MathML and draws mfenced as the row it stands for', () => {
    const xml =
      '<math xmlns="http://www.w3.org/1998/Math/MathML" display="inline" xref="x"><semantics><mfenced><mi>x</mi><mn> 2 </mn></mfenced><annotation>answer</annotation></semantics></math>'

    expect(contentOf(`<p>${xml}</p>`)).toEqual([
      html('p', [
        math(
          'math',
          [
            math('semantics', [
              math('mrow', [
                math('mo', ['('], { fence: 'true' }),
                math('mrow', [
                  math('mi', ['x']),
                  math('mo', [','], { separator: 'true' }),
                  math('mn', ['2']),
                ]),
                math('mo', [')'], { fence: 'true' }),
              ]),
            ]),
          ],
          { display: 'inline' },
        ),
      ]),
    ])
  })

  it('shows a rubric to candidates and leaves out any other', () => {
    const xml =
      '<qti-rubric-block view="candidate tutor"><qti-content-body><p>Read.</p></qti-content-body></qti-rubric-block><qti-rubric-block view="author"><p>secret</p></qti-rubric-block>'

    expect(contentOf(xml)).toEqual([html('div', [html('p', ['Read.'])])])
  })
})

describe('content is refused', () => {
  it.each([
    ['a script', '<script>alert(1)</script>', 'script in content: a script element'],
    [
      'a script in SVG',
      '<svg xmlns="http://www.w3.org/2000/svg"><script/></svg>',
      'script in content',
    ],
    [
      'a script within hidden feedback',
      '<qti-feedback-block outcome-identifier="SCORE" identifier="1"><script/></qti-feedback-block>',
      'script in content',
    ],
    ['a handler', '<p onclick="x()">x</p>', 'script in content: the attribute onclick'],
    [
      'a handler in capitals',
      '<img ONERROR="x()" src="a.png"/>',
      'script in content: the attribute ONERROR',
    ],
    [
      'a script URL',
      '<a href="javascript:alert(1)">x</a>',
      'script in content: a script URL in href',
    ],
    [
      'a script URL in disguise',
      '<a href=" &#x6A;ava&#10;Script&#9;:alert(1)">x</a>',
      'script in content',
    ],
    ['a page in a URL', '<a href="data:text/html,x">x</a>', 'script in content'],
    [
      'foreignObject',
      '<svg xmlns="http://www.w3.org/2000/svg"><foreignObject/></svg>',
      'script in content',
    ],
    ['a frame', '<iframe src="https://example.org"/>', 'script in content: a iframe element'],
    ['SVG', '<svg xmlns="http://www.w3.org/2000/svg"/>', 'unsupported element svg'],
    ['a form', '<form><input/></form>', 'unsupported element form'],
    [
      'a file from elsewhere',
      '<include xmlns="http://www.w3.org/2001/XInclude" href="/etc/passwd"/>',
      'unsupported element include',
    ],
    [
      'a picture from the web',
      '<img src="https://example.org/a.png" alt=""/>',
      'is not a file of the package',
    ],
    [
      'a picture from the same scheme',
      '<img src="//example.org/a.png" alt=""/>',
      'is not a file of the package',
    ],
    [
      'a picture of the machine',
      '<img src="file:///etc/passwd" alt=""/>',
      'is not a file of the package',
    ],
    ['a picture outside the package', '<img src="../../a.png" alt=""/>', 'outside the package'],
    ['a picture outside in disguise', '<img src="..%2f..%2fa.png" alt=""/>', 'outside the package'],
    ['an absolute path', '<img src="/a.png" alt=""/>', 'is not a relative path'],
    ['a Windows path', '<img src="a\\b.png" alt=""/>', 'is not a relative path'],
    ['no path', '<img alt=""/>', 'an img without src'],
    ['a broken escape', '<img src="%zz.png" alt=""/>', 'not correctly escaped'],
    ['a link into the package', '<a href="key.pdf">x</a>', 'is not a web address'],
    [
      'an SVG object',
      '<object type="image/svg+xml" data="a.svg"/>',
      'unsupported object of type image/svg+xml',
    ],
    ['an untyped object', '<object data="a.swf"/>', 'unsupported object of type (none)'],
    [
      'active MathML',
      '<math xmlns="http://www.w3.org/1998/Math/MathML"><maction/></math>',
      'unsupported MathML element maction',
    ],
    [
      'markup in a MathML word',
      '<math xmlns="http://www.w3.org/1998/Math/MathML"><mtext><b>x</b></mtext></math>',
      'unsupported element b',
    ],
  ])('for %s', (_what, xml, reason) => {
    expect(refusalOf(xml)).toContain(reason)
  })

  it('but not for a text that speaks of scripts', () => {
    const xml =
      '<p><img src="a.png" alt="A play: the script; online: no"/>JavaScript: a language</p>'

    expect(() => read(xml)).not.toThrow()
  })
})
