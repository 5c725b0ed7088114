import { AppError } from '../../../../shared/errors.ts'
import { tooLarge, xmlBytes } from './limits.ts'

const latin = new Set(['iso-8859-1', 'latin1', 'us-ascii', 'windows-1252'])

/** The text of an XML file: UTF-8 or UTF-16 by its first bytes, or the encoding it declares. */
export function decodeXml(bytes: Buffer): string {
  if (bytes.length > xmlBytes) {
    throw new AppError('item_refused', tooLarge)
  }
  const encoding = encodingOf(bytes)
  try {
    return new TextDecoder(encoding, { fatal: true }).decode(bytes)
  } catch (error) {
    throw new AppError('item_refused', `not ${encoding} text, as it says it is`, { cause: error })
  }
}

function encodingOf(bytes: Buffer): string {
  if (bytes[0] === 0xff && bytes[1] === 0xfe) return 'utf-16le'
  if (bytes[0] === 0xfe && bytes[1] === 0xff) return 'utf-16be'
  const declaration = bytes.subarray(0, 200).toString('latin1')
  const declared = /^(?:\u00ef\u00bb\u00bf)?<\?xml[^>]*encoding\s*=\s*["']([\w.-]+)["']/.exec(
    declaration,
  )
  const name = declared?.[1]?.toLowerCase() ?? 'utf-8'
  if (name === 'utf-8' || name === 'utf8') return 'utf-8'
  if (latin.has(name)) return 'windows-1252'
  throw new AppError('item_refused', `the encoding ${name.slice(0, 40)} is not read; use UTF-8`)
}
