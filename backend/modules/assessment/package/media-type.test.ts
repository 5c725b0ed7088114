import { describe, expect, it } from 'vitest'
import { media } from '../../../../tests/support/zip.ts'
import { isSvg, mediaType } from './media-type.ts'

const bytes = (text: string) => Buffer.from(text, 'latin1')

describe('mediaType', () => {
  it.each<[Buffer, string | null]>([
    [media.png, 'image/png'],
    [bytes('\xff\xd8\xff\xe0 JFIF'), 'image/jpeg'],
    [bytes('GIF89a....'), 'image/gif'],
    [bytes('RIFF\x10\0\0\0WEBPVP8 '), 'image/webp'],
    [media.wav, 'audio/wav'],
    [bytes('ID3\x04'), 'audio/mpeg'],
    [bytes('\xff\xfb\x90\x44'), 'audio/mpeg'],
    [bytes('OggS\0'), 'audio/ogg'],
    [bytes('\0\0\0\x20ftypM4A '), 'audio/mp4'],
    [bytes('\0\0\0\x20ftypisom'), 'video/mp4'],
    [bytes('\x1a\x45\xdf\xa3'), 'video/webm'],
    [media.vtt, 'text/vtt'],
    [bytes('<svg xmlns="http://www.w3.org/2000/svg"/>'), null],
    [bytes('<!doctype html><script>'), null],
    [bytes('RIFF\x10\0\0\0AVI '), null],
    [bytes('%PDF-1.7'), null],
    [bytes(''), null],
  ])('tells %s by its first bytes', (file, expected) => {
    expect(mediaType(file)).toBe(expected)
  })

  it('knows SVG behind its declaration and comments', () => {
    expect(isSvg(bytes('<?xml version="1.0"?><!-- x --><svg:svg xmlns:svg="x">'))).toBe(true)
    expect(isSvg(bytes('<html>svg</html>'))).toBe(false)
  })
})
