import { createHash } from 'node:crypto'
import { createWriteStream } from 'node:fs'
import { rename, rm } from 'node:fs/promises'
import { Readable } from 'node:stream'
import { finished, pipeline } from 'node:stream/promises'
import { ZipFile } from 'yazl'
import { AppError } from '../../../shared/errors.ts'
import {
  archiveFormat,
  archiveVersion,
  entryName,
  type Manifest,
  type ManifestCollection,
  manifestName,
  type Scope,
  toLine,
} from './archive-format.ts'
import { idOf } from './bulk-batch.ts'
import { type NativeCollection, nativeDb } from './native-collection.ts'

export interface ExportOptions {
  /** File to write; it appears when it is complete. */
  readonly out: string
  /** Only what belongs to these tenants; absent: the whole database. */
  readonly tenantIds?: readonly string[]
  /** Field that holds the tenant's id, by collection, where it is not `tenantId`. */
  readonly tenantField?: Readonly<Record<string, string>>
  /** Collections that stay out. */
  readonly except?: readonly string[]
  /** Fields that stay out, by collection. */
  readonly withoutFields?: Readonly<Record<string, readonly string[]>>
}

const defaultTenantField: Readonly<Record<string, string>> = { tenants: '_id' }
const linesPerChunk = 200

/** Writes a zip with one file of extended JSON lines per collection and a manifest of counts and checksums. */
export async function exportDatabase(options: ExportOptions): Promise<Manifest> {
  const draft = `${options.out}.partial`
  const zip = new ZipFile()
  // Personal data: for the user who exports, nobody else.
  const written = pipeline(zip.outputStream, createWriteStream(draft, { mode: 0o600 }))
  const failed = Promise.race([
    written.then(() => new Promise<never>(() => undefined)),
    errorOf(zip),
  ])
  try {
    const manifest = await Promise.race([addCollections(zip, options), failed])
    zip.addBuffer(Buffer.from(`${JSON.stringify(manifest, null, 2)}\n`), manifestName)
    zip.end()
    await Promise.race([written, failed])
    await rename(draft, options.out)
    return manifest
  } catch (error) {
    await rm(draft, { force: true })
    throw isSystemError(error) ? cannotWrite(options.out, error) : error
  }
}

async function addCollections(zip: ZipFile, options: ExportOptions): Promise<Manifest> {
  const createdAt = new Date().toISOString()
  const scope = scopeOf(options)
  const collections: ManifestCollection[] = []
  for (const name of await collectionNames()) {
    if (options.except?.includes(name)) continue
    const tenantField = options.tenantField?.[name] ?? defaultTenantField[name] ?? 'tenantId'
    const filter = scope.kind === 'all' ? {} : { [tenantField]: { $in: scope.tenantIds } }
    const collection = nativeDb().collection(name)
    if (scope.kind === 'tenants' && !(await collection.findOne(filter))) continue

    const { lines, summary } = readLines(collection, filter, options.withoutFields?.[name])
    const source = Readable.from(lines)
    zip.addReadStream(source, entryName(name), { mode: 0o600 })
    await finished(source)
    collections.push({ name, ...(scope.kind === 'all' ? {} : { tenantField }), ...summary() })
  }
  return { format: archiveFormat, version: archiveVersion, createdAt, scope, collections }
}

function scopeOf({ tenantIds }: ExportOptions): Scope {
  if (tenantIds === undefined) return { kind: 'all' }
  if (tenantIds.length === 0) throw new TypeError('an export of no tenant was asked for')
  return { kind: 'tenants', tenantIds: [...tenantIds] }
}

async function collectionNames(): Promise<string[]> {
  const found = await nativeDb()
    .listCollections({ type: 'collection' }, { nameOnly: true })
    .toArray()
  return found
    .map(({ name }) => name)
    .filter((name) => !name.startsWith('system.'))
    .sort()
}

/** The lines of a collection, and what was counted once they are read. */
function readLines(
  collection: NativeCollection,
  filter: Record<string, unknown>,
  without: readonly string[] = [],
) {
  const hash = createHash('sha256')
  let count = 0

  async function* lines(): AsyncGenerator<Buffer> {
    // Unpromoted, so that an integer, a long and a double stay what they are.
    const projection = Object.fromEntries(without.map((field) => [field, 0]))
    const cursor = collection.find(filter, { promoteValues: false, sort: { _id: 1 }, projection })
    let chunk: string[] = []
    let last: string | undefined
    for await (const document of cursor) {
      const id = idOf(document, ['_id'])
      // A document that moves in the index while it is read would come twice.
      if (id === last) continue
      last = id
      chunk.push(toLine(document))
      if (chunk.length < linesPerChunk) continue
      yield counted(chunk)
      chunk = []
    }
    if (chunk.length > 0) yield counted(chunk)
  }

  function counted(chunk: readonly string[]): Buffer {
    const bytes = Buffer.from(chunk.join(''))
    hash.update(bytes)
    count += chunk.length
    return bytes
  }

  return { lines: lines(), summary: () => ({ count, sha256: hash.digest('hex') }) }
}

/** yazl reports a source that fails on the archive, not on the source. */
function errorOf(zip: ZipFile): Promise<never> {
  return new Promise((_, reject) => zip.once('error', reject))
}

function isSystemError(error: unknown): error is NodeJS.ErrnoException {
  return error instanceof Error && 'syscall' in error && 'code' in error
}

function cannotWrite(out: string, cause: NodeJS.ErrnoException): AppError {
  return new AppError(
    'invalid_request',
    `the export cannot be written to ${out} (${cause.code}): name a file in a folder that exists, can be written and has room`,
    { cause },
  )
}
