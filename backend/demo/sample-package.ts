import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { buffer } from 'node:stream/consumers'
import { ZipFile } from 'yazl'

/** The folder of one of our own QTI 3 packages, as a zip. */
export async function packFolder(folder: string): Promise<Buffer> {
  const zip = new ZipFile()
  const names = await readdir(folder, { recursive: true, withFileTypes: true })
  for (const entry of names.filter((name) => name.isFile())) {
    const path = join(entry.parentPath, entry.name)
    const inZip = path.slice(folder.length).replaceAll('\\', '/').replace(/^\//, '')
    // A fixed time makes equal content equal bytes.
    zip.addBuffer(await readFile(path), inZip, { mtime: new Date('2026-01-01T00:00:00Z') })
  }
  zip.end()
  return buffer(zip.outputStream)
}
