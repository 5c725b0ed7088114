import { Buffer } from 'node:buffer'
import yazl from 'yazl'

export interface ZipFileOptions {
  readonly mode?: number
  readonly compress?: boolean
}

/** A zip with the given files, in order; a name ending in a slash is a folder. */
export async function zipOf(
  files: Readonly<Record<string, string | Buffer>>,
  options: ZipFileOptions = {},
): Promise<Buffer> {
  const zip = new yazl.ZipFile()
  for (const [name, content] of Object.entries(files)) {
    if (name.endsWith('/')) zip.addEmptyDirectory(name)
    else zip.addBuffer(Buffer.from(content), name, options)
  }
  zip.end()
  const chunks: Buffer[] = []
  for await (const chunk of zip.outputStream) chunks.push(Buffer.from(chunk))
  return Buffer.concat(chunks)
}

/** The zip with every occurrence of some bytes replaced by as many others: what no honest tool writes. */
export function withBytes(zip: Buffer, from: string, to: string): Buffer {
  if (from.length !== to.length) throw new TypeError('the replacement must be as long')
  return Buffer.from(zip.toString('latin1').replaceAll(from, to), 'latin1')
}

/** The zip with a number in its n-th entry of the central directory changed. */
export function withCentralField(
  zip: Buffer,
  entry: number,
  field: { readonly offset: number; readonly bytes: 2 | 4 },
  change: (value: number) => number,
): Buffer {
  const changed = Buffer.from(zip)
  let at = -1
  for (let n = 0; n <= entry; n += 1) at = changed.indexOf('PK\x01\x02', at + 1, 'latin1')
  if (at < 0) throw new TypeError('the zip has no such entry')
  const position = at + field.offset
  const value = changed.readUIntLE(position, field.bytes)
  changed.writeUIntLE(change(value), position, field.bytes)
  return changed
}

/** Offsets within an entry of the central directory. */
export const centralField = {
  flags: { offset: 8, bytes: 2 },
  method: { offset: 10, bytes: 2 },
  crc32: { offset: 16, bytes: 4 },
  uncompressedSize: { offset: 24, bytes: 4 },
  localHeader: { offset: 42, bytes: 4 },
} as const

export interface ManifestEntry {
  readonly href: string
  readonly type?: string
  readonly files?: readonly string[]
}

export function manifestXml(resources: readonly ManifestEntry[]): string {
  const written = resources.map(
    ({ href, type = 'imsqti_item_xmlv3p0', files = [href] }, index) =>
      `<resource identifier="r${index}" type="${type}" href="${href}">${files.map((file) => `<file href="${file}"/>`).join('')}</resource>`,
  )
  return `<?xml version="1.0" encoding="UTF-8"?>
<manifest xmlns="http://www.imsglobal.org/xsd/qti/qtiv3p0/imscp_v1p1" identifier="m"><organizations/><resources>${written.join('')}</resources></manifest>`
}

/** The smallest files that are what they say, by their first bytes. */
export const media = {
  png: Buffer.from(
    'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==',
    'base64',
  ),
  wav: Buffer.from('RIFF\x24\0\0\0WAVEfmt ', 'latin1'),
  vtt: Buffer.from('WEBVTT\n\n00:00.000 --> 00:01.000\nA horn\n'),
} as const
