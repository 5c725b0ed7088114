import { describe, expect, it } from 'vitest'
import { embedFrame, embedSnippet } from './snippet.ts'

const publicUrl = 'https://connect.example'

describe('snippets', () => {
  it('are a loader and a plain link that works without it', () => {
    expect(embedSnippet(publicUrl, 'emb_1', 'Fractions')).toBe(
      '<script async src="https://connect.example/embed/v1/loader.js"></script>\n' +
        '<edpsych-embed src="https://connect.example/embed/v1/view/emb_1"><a href="https://connect.example/embed/v1/view/emb_1">Fractions</a></edpsych-embed>',
    )
  })

  it('cannot be broken out of by a title', () => {
    const title = '</a><script>alert(1)</script>"\''

    expect(embedSnippet(publicUrl, 'emb_1', title)).not.toContain('<script>alert')
    expect(embedFrame(publicUrl, 'emb_1', { title, width: 1, height: 1 })).toContain(
      'title="&lt;/a&gt;&lt;script&gt;alert(1)&lt;/script&gt;&quot;&#39;"',
    )
  })
})
