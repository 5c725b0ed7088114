import { type Entry, openPromise, type ZipFile } from 'yauzl'
import { AppError } from '../../../shared/errors.ts'
import {
  archiveFormat,
  archiveVersion,
  entryName,
  Manifest,
  manifestName,
} from './archive-format.ts'

const largestManifest = 16 * 1024 * 1024
/** A 16 MB document in extended JSON. */
const longestLine = 160 * 1024 * 1024
const newline = 0x0a

/** An export that is open for reading. */
export interface Archive {
  readonly manifest: Manifest
  /** The bytes of a collection's lines, without their ends. */
  linesOf(collection: string): AsyncGenerator<Buffer>
  close(): void
}

interface ZipEntries {
  readonly file: string
  readonly zip: ZipFile
  readonly entries: ReadonlyMap<string, Entry>
}

/** Opens an export and checks that it is one and lists exactly the files it holds. */
export async function openArchive(file: string): Promise<Archive> {
  const zip = await openZip(file)
  try {
    const opened: ZipEntries = { file, zip, entries: await listEntries(file, zip) }
    const manifest = await readManifest(opened)
    refuseOtherFiles(opened, manifest)
    return {
      manifest,
      linesOf: (collection) => lines(file, contentOf(opened, entryName(collection))),
      close: () => zip.close(),
    }
  } catch (error) {
    zip.close()
    throw error
  }
}

export function damaged(file: string, what: string, cause?: unknown): AppError {
  return new AppError(
    'invalid_archive',
    `${file} is damaged (${what}): nothing was imported; use another copy or export again`,
    { cause },
  )
}

function foreign(file: string, what: string): AppError {
  return new AppError('invalid_archive', `${file} is not an export of this program (${what})`)
}

async function openZip(file: string): Promise<ZipFile> {
  try {
    return await openPromise(file, { autoClose: false, lazyEntries: true })
  } catch (error) {
    if (error instanceof Error && 'syscall' in error && 'code' in error) {
      throw new AppError('invalid_request', `${file} cannot be read (${error.code})`, {
        cause: error,
      })
    }
    throw damaged(file, 'it is no zip file or its end is missing', error)
  }
}

async function listEntries(file: string, zip: ZipFile): Promise<Map<string, Entry>> {
  const entries = new Map<string, Entry>()
  try {
    for await (const entry of zip.eachEntry()) entries.set(entry.fileName, entry)
  } catch (error) {
    throw damaged(file, 'its list of files cannot be read', error)
  }
  return entries
}

async function readManifest(opened: ZipEntries): Promise<Manifest> {
  const { file, entries } = opened
  const entry = entries.get(manifestName)
  if (!entry) throw foreign(file, `it has no ${manifestName}`)
  if (entry.uncompressedSize > largestManifest) throw foreign(file, 'its manifest is too large')
  const chunks: Buffer[] = []
  for await (const chunk of contentOf(opened, manifestName)) chunks.push(chunk)
  const { format, version, content } = parseManifest(Buffer.concat(chunks).toString())
  if (format !== archiveFormat) throw foreign(file, 'its manifest is of another kind')
  if (typeof version === 'number' && version > archiveVersion) {
    throw new AppError(
      'invalid_archive',
      `${file} was exported by a newer version (format ${version}): import it with that version`,
    )
  }
  const manifest = Manifest.safeParse(content)
  if (manifest.success) return manifest.data
  const where = manifest.error.issues[0]?.path.join('.') ?? ''
  throw damaged(file, `its manifest is not valid at ${where}`, manifest.error)
}

function parseManifest(text: string): { format?: unknown; version?: unknown; content?: unknown } {
  try {
    const content: unknown = JSON.parse(text)
    return typeof content === 'object' ? { ...content, content } : {}
  } catch {
    return {} // then it is not ours, which is what the caller says
  }
}

function refuseOtherFiles({ file, entries }: ZipEntries, { collections }: Manifest): void {
  const expected = new Set([manifestName, ...collections.map(({ name }) => entryName(name))])
  for (const name of expected) {
    if (!entries.has(name)) throw damaged(file, `${name} is missing`)
  }
  for (const name of entries.keys()) {
    if (!expected.has(name)) throw damaged(file, `${name} is not in its manifest`)
  }
}

async function* contentOf(opened: ZipEntries, name: string): AsyncGenerator<Buffer> {
  const entry = opened.entries.get(name)
  if (!entry) throw damaged(opened.file, `${name} is missing`)
  try {
    const stream = await opened.zip.openReadStreamPromise(entry)
    for await (const chunk of stream) yield chunk
  } catch (error) {
    throw damaged(opened.file, `${name} cannot be unpacked`, error)
  }
}

/** `readline` would also cut at U+2028, which JSON texts may contain. */
async function* lines(file: string, content: AsyncIterable<Buffer>): AsyncGenerator<Buffer> {
  let pending: Buffer[] = []
  let length = 0
  for await (const chunk of content) {
    let start = 0
    for (let end = chunk.indexOf(newline); end !== -1; end = chunk.indexOf(newline, start)) {
      yield Buffer.concat([...pending, chunk.subarray(start, end)])
      pending = []
      length = 0
      start = end + 1
    }
    pending.push(chunk.subarray(start))
    length += chunk.length - start
    if (length > longestLine) throw damaged(file, 'a line is longer than any document')
  }
  if (length > 0) yield Buffer.concat(pending)
}
