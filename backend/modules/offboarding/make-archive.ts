import { createHash } from 'node:crypto'
import { createReadStream } from 'node:fs'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { exportDatabase } from '../../core/database/export-database.ts'
import type { TenantContext } from '../../core/tenancy.ts'
import { type Archive, dropParts, type OffboardingRow, storePart } from './store.ts'

const partBytes = 1024 * 1024
const dayMs = 24 * 3_600_000
/** How long the archive can be fetched after the deletion. */
const keptDays = 30

export interface ArchiveOptions {
  /** Field that holds the tenant's id, by collection, where it is not `tenantId`. */
  readonly tenantField: Readonly<Record<string, string>>
  readonly except: readonly string[]
  readonly withoutFields: Readonly<Record<string, readonly string[]>>
  readonly now: Date
  /** When the organisation is deleted; the archive stays 30 days longer. */
  readonly deleteAt: Date
  readonly signal: AbortSignal
}

/**
 * Exports everything of those who leave and stores it in pieces, so that any process can hand it out.
 * Safe to repeat: a later making replaces an earlier one.
 */
export async function makeArchive(
  ctx: TenantContext,
  row: Pick<OffboardingRow, '_id' | 'leavingIds' | 'archive'>,
  { now, deleteAt, signal, ...which }: ArchiveOptions,
): Promise<Archive> {
  const folder = await mkdtemp(join(tmpdir(), 'edpsych-archive-'))
  const out = join(folder, 'archive.zip')
  const making = (row.archive?.making ?? 0) + 1
  const expiresAt = new Date(deleteAt.getTime() + keptDays * dayMs)
  try {
    const manifest = await exportDatabase({ out, tenantIds: row.leavingIds, ...which })
    const hash = createHash('sha256')
    let bytes = 0
    let parts = 0
    for await (const chunk of createReadStream(out, { highWaterMark: partBytes })) {
      signal.throwIfAborted()
      const data = Buffer.from(chunk)
      hash.update(data)
      bytes += data.length
      await storePart(ctx, row._id, { making, no: parts, data }, expiresAt)
      parts += 1
    }
    await dropParts(ctx, row._id, making)
    const collections = manifest.collections.map(({ name, count, sha256 }) => ({
      name,
      count,
      sha256,
    }))
    const sha256 = hash.digest('hex')
    return { bytes, sha256, madeAt: now, expiresAt, parts, making, collections }
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
}
