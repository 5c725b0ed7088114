import type { CartridgeBody, CartridgeExport } from '../../../shared/api/exports.ts'
import { AppError } from '../../../shared/errors.ts'
import { recordAudit } from '../../core/audit/index.ts'
import { newId } from '../../core/ids.ts'
import { systemContext, type TenantContext } from '../../core/tenancy.ts'
import { type CartridgeFile, cartridgeFiles } from './cartridge.ts'
import { type Collected, collect } from './collect.ts'
import type { ExportsDeps } from './deps.ts'
import { type ExportRow, findExport, insertExport } from './export-store.ts'

const lifeMs = 60 * 60_000
/** Uncompressed; a resource of the library is at most about one of them. */
const mostBytes = 50 * 1024 * 1024

/** Makes a selection fetchable as a Common Cartridge for an hour. */
export async function createCartridge(
  deps: ExportsDeps,
  ctx: TenantContext,
  { title, choices, assessmentsAs }: CartridgeBody,
): Promise<CartridgeExport> {
  const createdAt = deps.now()
  const expiresAt = new Date(createdAt.getTime() + lifeMs)
  const row = { _id: newId('ccx'), title, choices, assessmentsAs, expiresAt, createdAt }
  const collected = await collect(deps, ctx, row)
  if (collected.parts.length === 0) {
    throw new AppError('not_found', 'Nothing of this selection exists any more')
  }
  checkSize(filesOf(row, collected))
  await insertExport({ ...row, tenantId: ctx.tenantId })
  await recordAudit(ctx, {
    action: 'export.common_cartridge',
    target: { type: 'export', id: row._id },
    fields: ['title', 'choices', 'assessmentsAs'],
    result: 'success',
  })
  const token = deps.links.seal(JSON.stringify([ctx.tenantId, row._id]))
  return {
    id: row._id,
    fileName: fileNameOf(title),
    downloadUrl: `${deps.settings.publicUrl}/downloads/common-cartridge/${token}`,
    expiresAt: expiresAt.toISOString(),
    entries: collected.parts.reduce(
      (count, part) => count + ('entries' in part ? part.entries.length : 1),
      0,
    ),
    skipped: [...collected.skipped],
    createdAt: createdAt.toISOString(),
    updatedAt: createdAt.toISOString(),
  }
}

/** The files of an export that somebody holds the link of, as its content is now. */
export async function openCartridge(
  deps: ExportsDeps,
  tenantId: string,
  id: string,
): Promise<{ readonly fileName: string; readonly files: readonly CartridgeFile[] }> {
  const row = await findExport({ tenantId }, id)
  if (row === null || row.expiresAt <= deps.now()) throw expired()
  const files = filesOf(row, await collect(deps, systemContext(tenantId, 'export'), row))
  checkSize(files)
  return { fileName: fileNameOf(row.title), files }
}

export function expired(): AppError {
  return new AppError('not_found', 'This link has expired; export the selection again')
}

function filesOf(row: Pick<ExportRow, '_id' | 'title'>, { parts }: Collected): CartridgeFile[] {
  return cartridgeFiles({ identifier: row._id, title: row.title, parts })
}

function checkSize(files: readonly CartridgeFile[]): void {
  const bytes = files.reduce((sum, { text }) => sum + Buffer.byteLength(text), 0)
  if (bytes > mostBytes) {
    throw new AppError(
      'payload_too_large',
      'The selection is larger than 50 MB; export it in parts',
    )
  }
}

function fileNameOf(title: string): string {
  const name = title
    .normalize('NFKD')
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '-')
    .replace(/^-|-$/g, '')
    .slice(0, 60)
  return `${name || 'export'}.imscc`
}
