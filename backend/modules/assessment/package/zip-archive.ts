import { crc32 } from 'node:zlib'
import yauzl from 'yauzl'
import { AppError } from '../../../../shared/errors.ts'
import { packageLimits } from './limits.ts'

export interface ZipArchive {
  /** The files, by path; folders are not listed. */
  readonly entries: ReadonlyMap<string, ZipEntry>
  readonly close: () => void
}

export interface ZipEntry {
  readonly path: string
  readonly bytes: number
  /** Inflates the file, checking its size and checksum. */
  readonly read: () => Promise<Buffer>
}

/**
 * Opens a package and judges its table of contents before anything is inflated. A package that
 * breaks a rule is refused whole (`package_refused`).
 */
export async function openZip(file: Buffer | string, fileName: string): Promise<ZipArchive> {
  const options = { lazyEntries: true, autoClose: false }
  const zip = await refusing(fileName, () =>
    typeof file === 'string'
      ? yauzl.openPromise(file, options)
      : yauzl.fromBufferPromise(file, options),
  )
  try {
    if (zip.entryCount > packageLimits.entries) {
      refusePackage(fileName, `it has more than ${packageLimits.entries} entries`)
    }
    const found = await refusing(fileName, () => listEntries(zip, fileName))
    refuseOverlap(found, fileName)
    const entries = new Map(
      found
        .filter(({ fileName: path }) => !path.endsWith('/'))
        .map((entry) => [plainPath(entry.fileName), toEntry(zip, entry)] as const),
    )
    return { entries, close: () => zip.close() }
  } catch (error) {
    zip.close()
    throw error
  }
}

export function refusePackage(fileName: string, reason: string, cause?: unknown): never {
  throw new AppError(
    'package_refused',
    `The package ${fileName.slice(0, 200)} is refused: ${reason}`,
    {
      cause,
    },
  )
}

async function listEntries(zip: yauzl.ZipFile, fileName: string): Promise<yauzl.Entry[]> {
  const found: yauzl.Entry[] = []
  const names = new Map<string, string>()
  let total = 0
  let compressed = 0
  for await (const entry of zip.eachEntry()) {
    if (found.length >= packageLimits.entries) {
      refusePackage(fileName, `it has more than ${packageLimits.entries} entries`)
    }
    refuseEntry(entry, fileName)
    const key = plainPath(entry.fileName).normalize('NFC').toLowerCase()
    const other = names.get(key)
    if (other !== undefined) {
      refusePackage(fileName, `two entries are called ${shown(other)}, apart from case at most`)
    }
    names.set(key, entry.fileName)
    total += entry.uncompressedSize
    compressed += entry.compressedSize
    if (total > packageLimits.totalBytes) {
      refusePackage(fileName, 'it unpacks to more than 250 MB')
    }
    found.push(entry)
  }
  if (isBomb(total, compressed)) {
    refusePackage(fileName, `it unpacks to more than ${packageLimits.ratio} times its size`)
  }
  return found
}

function refuseEntry(entry: yauzl.Entry, fileName: string): void {
  const { fileName: path } = entry
  const name = shown(path)
  if (
    path.length > packageLimits.nameCharacters ||
    /\p{Cc}/u.test(path) ||
    plainPath(path) === ''
  ) {
    refusePackage(fileName, `the entry name ${name} is not acceptable`)
  }
  if (entry.isEncrypted()) refusePackage(fileName, `${name} is encrypted`)
  if (isSpecial(entry))
    refusePackage(fileName, `${name} is a symbolic link or another special file`)
  if (entry.uncompressedSize > packageLimits.entryBytes) {
    refusePackage(fileName, `${name} unpacks to more than 50 MB`)
  }
  if (isBomb(entry.uncompressedSize, entry.compressedSize)) {
    refusePackage(fileName, `${name} unpacks to more than ${packageLimits.ratio} times its size`)
  }
}

function isBomb(bytes: number, compressed: number): boolean {
  return bytes > packageLimits.ratioFromBytes && bytes > compressed * packageLimits.ratio
}

/** The upper half of the attributes is the Unix mode, zero where the archiver knew none. */
function isSpecial({ externalFileAttributes }: yauzl.Entry): boolean {
  const type = (externalFileAttributes >>> 16) & 0o170000
  return type !== 0 && type !== 0o100000 && type !== 0o040000
}

/** Entries that share bytes are how a small archive unpacks to petabytes without a high ratio. */
function refuseOverlap(entries: readonly yauzl.Entry[], fileName: string): void {
  const localHeader = 30
  let end = 0
  for (const entry of entries.toSorted(byOffset)) {
    if (entry.relativeOffsetOfLocalHeader < end) refusePackage(fileName, 'its entries overlap')
    end = entry.relativeOffsetOfLocalHeader + localHeader + entry.compressedSize
  }
}

function byOffset(a: yauzl.Entry, b: yauzl.Entry): number {
  return a.relativeOffsetOfLocalHeader - b.relativeOffsetOfLocalHeader
}

function plainPath(path: string): string {
  return path
    .split('/')
    .filter((part) => part !== '' && part !== '.')
    .join('/')
}

function toEntry(zip: yauzl.ZipFile, entry: yauzl.Entry): ZipEntry {
  return {
    path: plainPath(entry.fileName),
    bytes: entry.uncompressedSize,
    async read() {
      const chunks: Buffer[] = []
      try {
        for await (const chunk of await zip.openReadStreamPromise(entry)) chunks.push(chunk)
      } catch (error) {
        throw new AppError('item_refused', 'damaged: it cannot be unpacked', { cause: error })
      }
      const bytes = Buffer.concat(chunks)
      if (crc32(bytes) !== entry.crc32) {
        throw new AppError('item_refused', 'damaged: its checksum does not match')
      }
      return bytes
    },
  }
}

/** The zip reader names what it refuses (absolute and outside paths among it) in plain errors. */
async function refusing<T>(fileName: string, run: () => Promise<T>): Promise<T> {
  try {
    return await run()
  } catch (error) {
    if (error instanceof AppError || !(error instanceof Error)) throw error
    return refusePackage(fileName, error.message.slice(0, 300), error)
  }
}

function shown(path: string): string {
  return JSON.stringify(path.slice(0, 100))
}
