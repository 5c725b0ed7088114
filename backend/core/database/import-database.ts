import { createHash } from 'node:crypto'
import { fromLine, type ManifestCollection, type Scope } from './archive-format.ts'
import { type BulkRecord, type BulkResult, bulkWrite } from './bulk-write.ts'
import { type Fields, nativeDb } from './native-collection.ts'
import { type Archive, damaged, openArchive } from './read-archive.ts'

export interface ImportOptions {
  /** A file that `exportDatabase` wrote. */
  readonly in: string
  readonly signal?: AbortSignal
}

export interface ImportReport {
  readonly createdAt: string
  readonly scope: Scope
  readonly collections: readonly (BulkResult & { readonly name: string })[]
}

/**
 * Brings the database to the state of an export: what is missing is inserted, what differs is replaced, what the
 * export does not name stays. Every line is verified before anything is written.
 */
export async function importDatabase(options: ImportOptions): Promise<ImportReport> {
  const archive = await openArchive(options.in)
  const { createdAt, scope, collections: listed } = archive.manifest
  try {
    for (const collection of listed) await verify(archive, collection, options)
    const collections: (BulkResult & { name: string })[] = []
    for (const collection of listed) {
      collections.push({ name: collection.name, ...(await write(archive, collection, options)) })
    }
    return { createdAt, scope, collections }
  } finally {
    archive.close()
  }
}

async function verify(
  archive: Archive,
  { name, count, sha256, tenantField }: ManifestCollection,
  options: ImportOptions,
): Promise<void> {
  const hash = createHash('sha256')
  const tenantIds = tenantsOf(archive.manifest.scope)
  let lines = 0
  for await (const line of archive.linesOf(name)) {
    options.signal?.throwIfAborted()
    lines++
    hash.update(line).update('\n')
    const document = parse(line)
    if (!document || document['_id'] === undefined) {
      throw damaged(options.in, `line ${lines} of ${name} is not a document`)
    }
    const owner = tenantField === undefined ? undefined : valueAt(document, tenantField)
    if (tenantIds && !(typeof owner === 'string' && tenantIds.has(owner))) {
      throw damaged(options.in, `line ${lines} of ${name} belongs to no tenant of the export`)
    }
  }
  if (lines !== count) {
    throw damaged(options.in, `${name} holds ${lines} documents, its manifest says ${count}`)
  }
  if (hash.digest('hex') !== sha256) {
    throw damaged(options.in, `${name} does not match the checksum in its manifest`)
  }
}

function write(
  archive: Archive,
  { name, tenantField }: ManifestCollection,
  { signal }: ImportOptions,
): Promise<BulkResult> {
  async function* records(): AsyncGenerator<BulkRecord> {
    for await (const line of archive.linesOf(name)) {
      const document = fromLine(line.toString())
      yield { insert: document, set: document }
    }
  }
  const tenantIds = tenantsOf(archive.manifest.scope)
  // So that an _id of the file can never reach a document of another tenant.
  const within = tenantIds && tenantField ? { [tenantField]: { $in: [...tenantIds] } } : {}
  return bulkWrite(records(), {
    collection: nativeDb().collection(name),
    key: ['_id'],
    within,
    mode: 'replace',
    ...(signal ? { signal } : {}),
  })
}

/** The value under a dotted path. */
function valueAt(document: Fields, path: string): unknown {
  let value: unknown = document
  for (const name of path.split('.')) {
    if (typeof value !== 'object' || value === null) return undefined
    value = Object.entries(value).find(([field]) => field === name)?.[1]
  }
  return value
}

function tenantsOf(scope: Scope): ReadonlySet<string> | undefined {
  return scope.kind === 'tenants' ? new Set(scope.tenantIds) : undefined
}

function parse(line: Buffer): Fields | undefined {
  try {
    return fromLine(line.toString())
  } catch {
    return undefined // not JSON, or JSON that is not a document: the caller names the line
  }
}
