import { expect, it } from 'vitest'
import { blocksToText, textToBlocks } from './resource-form.ts'

it('reads headings, paragraphs and both kinds of list from plain text', () => {
  const text = '# Why\n\nBecause it\nhelps.\n\n- one\n- two\n\n1. first\n2. second'

  const blocks = textToBlocks(text)

  expect(blocks).toEqual([
    { type: 'heading', text: 'Why' },
    { type: 'paragraph', text: 'Because it helps.' },
    { type: 'list', ordered: false, entries: ['one', 'two'] },
    { type: 'list', ordered: true, entries: ['first', 'second'] },
  ])
  expect(textToBlocks(blocksToText(blocks))).toEqual(blocks)
})
