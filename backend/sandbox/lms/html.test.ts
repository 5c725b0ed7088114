import { describe, expect, it } from 'vitest'
import { html, markup } from './html.ts'

describe('html', () => {
  it('escapes texts and numbers, in content as in attributes', () => {
    const title = `<b title='x'>"&"</b>`

    const made = html`<p title="${title}">${title}, ${3}</p>`

    const escaped = '&lt;b title=&#39;x&#39;&gt;&quot;&amp;&quot;&lt;/b&gt;'
    expect(markup(made)).toBe(`<p title="${escaped}">${escaped}, 3</p>`)
  })

  it('keeps markup that it made, also in lists, and leaves out what is not there', () => {
    const rows = ['a', '<'].map((text) => html`<li>${text}</li>`)

    const made = html`<ul>${rows}${undefined}${null}${false}</ul>`

    expect(markup(made)).toBe('<ul><li>a</li><li>&lt;</li></ul>')
  })
})
