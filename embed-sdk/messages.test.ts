import { expect, it } from 'vitest'
import { parseMessage } from './messages.ts'

const ours = { ns: 'edpsych', v: 1 }

it('takes the messages of the frame', () => {
  expect(parseMessage({ ...ours, type: 'ready', extra: 1 })).toEqual({ ...ours, type: 'ready' })
  expect(parseMessage({ ...ours, type: 'gone' })).toEqual({ ...ours, type: 'gone' })
  expect(parseMessage({ ...ours, type: 'resize', height: 412.5 })).toEqual({
    ...ours,
    type: 'resize',
    height: 412.5,
  })
})

it.each([
  ['another sender', { ns: 'other', v: 1, type: 'ready' }],
  ['another version', { ns: 'edpsych', v: 2, type: 'ready' }],
  ['an unknown type', { ...ours, type: 'navigate', url: 'https://evil.example' }],
  ['a height in words', { ...ours, type: 'resize', height: '400' }],
  ['an endless height', { ...ours, type: 'resize', height: Number.POSITIVE_INFINITY }],
  ['text', 'ready'],
  ['nothing', null],
])('leaves %s alone', (_, data) => {
  expect(parseMessage(data)).toBeUndefined()
})
