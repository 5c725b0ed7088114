import { expect, it } from 'vitest'
import { html, jsonScript } from './html.ts'

it('escapes every value that is not markup already', () => {
  const name = '<img src=x onerror="alert(1)">'

  expect(html`<p title="${name}">${name} ${html`<b>${"it's"}</b>`}</p>`.markup).toBe(
    '<p title="&lt;img src=x onerror=&quot;alert(1)&quot;&gt;">&lt;img src=x onerror=&quot;alert(1)&quot;&gt; <b>it&#39;s</b></p>',
  )
})

it('leaves out null, undefined and false and joins lists', () => {
  expect(html`${null}${undefined}${false}${['a', html`<i>b</i>`, 0]}`.markup).toBe('a<i>b</i>0')
})

it('writes data that cannot close its script element', () => {
  const { markup } = jsonScript('data', { text: '</script><script>alert(1)</script>' })

  expect(markup.match(/<\/script>/g)).toHaveLength(1)
  expect(JSON.parse(markup.replace(/^<script[^>]*>|<\/script>$/g, ''))).toEqual({
    text: '</script><script>alert(1)</script>',
  })
})
