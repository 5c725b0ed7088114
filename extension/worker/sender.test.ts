import { describe, expect, it } from 'vitest'
import { originOf } from './sender.ts'

const self = { id: 'abc', origin: 'chrome-extension://abc' }
const classroom = {
  id: 'abc',
  origin: 'https://classroom.google.com',
  url: 'https://classroom.google.com/c/x',
  frameId: 0,
}

describe('originOf', () => {
  it('knows a page of the extension', () => {
    const sender = { id: 'abc', origin: self.origin, url: `${self.origin}/options/index.html` }
    expect(originOf(sender, self)).toBe('extension-page')
  })

  it('knows a Firefox page by its address', () => {
    const firefox = { id: 'edpsych@x', origin: 'moz-extension://1b2c' }
    const sender = { id: 'edpsych@x', url: 'moz-extension://1b2c/sidepanel/index.html' }
    expect(originOf(sender, firefox)).toBe('extension-page')
  })

  it('knows the content script in the top frame of Classroom', () => {
    expect(originOf(classroom, self)).toBe('classroom')
  })

  it.each([
    ['another extension', { ...classroom, id: 'other' }],
    ['no extension at all', { ...classroom, id: undefined }],
    ['another site', { ...classroom, origin: 'https://example.org' }],
    ['a look-alike of Classroom', { ...classroom, origin: 'https://classroom.google.com.example' }],
    ['a frame inside Classroom', { ...classroom, frameId: 3 }],
    ['a page without an address', { id: 'abc' }],
  ])('does not listen to %s', (_, sender) => {
    expect(originOf(sender, self)).toBeUndefined()
  })
})
