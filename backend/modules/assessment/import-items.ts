import { createHash } from 'node:crypto'
import type { z } from 'zod'
import type { ImportReport as ImportReportSchema } from '../../../shared/api/items.ts'
import { AppError } from '../../../shared/errors.ts'
import { interactionsOf as listInteractions } from '../../../shared/qti/item.ts'
import { recordAudit } from '../../core/audit/index.ts'
import { isDuplicateKey } from '../../core/duplicate-key.ts'
import { pushEvent } from '../../core/events/index.ts'
import { newId } from '../../core/ids.ts'
import type { TenantContext } from '../../core/tenancy.ts'
import type { AssessmentDeps } from './deps.ts'
import { ImportModel } from './import-store.ts'
import { showImport } from './imports.ts'
import { readItemSource, type SourceItem } from './package/read-package.ts'
import { AssetModel, ItemModel, type ItemRow, RevisionModel, type RevisionRow } from './store.ts'

type ImportReport = z.output<typeof ImportReportSchema>

export interface ItemFile {
  readonly fileName: string
  readonly bytes: Buffer
}

type ImportDeps = Pick<AssessmentDeps, 'now'> & {
  /** Chooses the id of a new item; random where absent. */
  readonly itemIdOf?: (identifier: string) => string
}

/** A document holds at most 16 MiB; an asset leaves room for its other fields. */
const largestAsset = 15 * 1024 * 1024

/** Imports a QTI 3 item or package: every file ends as imported, skipped with a reason, or part of an item. */
export async function importItems(
  ctx: TenantContext,
  file: ItemFile,
  deps: ImportDeps,
): Promise<ImportReport> {
  if (file.bytes.length === 0) {
    throw new AppError('invalid_request', 'The file is empty; send the item or package as the body')
  }
  const importId = newId('imp')
  const source = await readItemSource(file.bytes, file.fileName)
  const imported: ImportReport['imported'] = []
  const skipped = source.skipped.map(({ file, reason }) => ({ file, reason }))
  let assets = 0
  for (const item of source.items) {
    const tooLarge = item.assets.find(({ bytes }) => bytes.length > largestAsset)
    if (tooLarge) {
      skipped.push({ file: item.file, reason: `${tooLarge.path} is larger than 15 MB` })
      continue
    }
    imported.push(await importItem(ctx, item, importId, deps))
    assets += item.assets.length
  }
  await recordAudit(ctx, {
    action: 'item.import',
    target: { type: 'import', id: importId },
    result: imported.length > 0 ? 'success' : 'refused',
  })
  const row = {
    _id: importId,
    tenantId: ctx.tenantId,
    fileName: file.fileName,
    imported,
    skipped,
    assets,
    createdAt: deps.now(),
  }
  await ImportModel.create(row)
  return showImport(row)
}

async function importItem(
  ctx: TenantContext,
  source: SourceItem,
  importId: string,
  deps: ImportDeps,
): Promise<ImportReport['imported'][number]> {
  const { item, file } = source
  const contentHash = hashOf(source)
  const key = { tenantId: ctx.tenantId, identifier: item.identifier, 'source.file': file }
  const existing = await ItemModel.findOne(key).lean()
  const itemId = existing?._id ?? deps.itemIdOf?.(item.identifier) ?? newId('itm')
  const revision = await keepRevision(ctx, itemId, contentHash, source, deps)
  const unchanged = existing?.revisionId === revision._id && existing.deletedAt === null
  if (!unchanged) {
    const fields = {
      title: item.title,
      titleSearch: item.title.toLowerCase(),
      language: item.language,
      interactions: interactionsOf(source),
      maxScore: item.maxScore,
      revisionId: revision._id,
      deletedAt: null,
      'source.importId': importId,
    }
    const stored = await storeItem(ctx, key, itemId, fields, importId)
    // Another import of the same file at the same moment made the item first.
    if (stored._id !== itemId) return importItem(ctx, source, importId, deps)
  }
  return { id: itemId, file, title: item.title, unchanged, notes: [...item.notes] }
}

async function storeItem(
  ctx: TenantContext,
  key: { tenantId: string; identifier: string; 'source.file': string },
  itemId: string,
  fields: Record<string, unknown>,
  importId: string,
): Promise<Pick<ItemRow, '_id'>> {
  const event = pushEvent(ctx, 'item.imported', { itemId, importId })
  try {
    const stored = await ItemModel.findOneAndUpdate(
      key,
      { $set: fields, $setOnInsert: { _id: itemId }, ...event },
      { upsert: true, returnDocument: 'after' },
    ).lean()
    return stored
  } catch (error) {
    if (!isDuplicateKey(error)) throw error
    const other = await ItemModel.findOne(key).lean()
    if (!other) throw error
    return other
  }
}

function interactionsOf({ item }: SourceItem): string[] {
  return listInteractions(item).map((interaction) =>
    interaction.kind === 'choice' && interaction.maxChoices !== 1
      ? 'multiple choice'
      : interaction.kind.replace('-', ' '),
  )
}

function hashOf({ xml, assets }: SourceItem): string {
  const hash = createHash('sha256').update(xml)
  for (const { path, bytes } of assets) hash.update(`\n${path}\n`).update(bytes)
  return hash.digest('hex')
}

/** The stored revision of this content; the same content is kept once. */
async function keepRevision(
  ctx: TenantContext,
  itemId: string,
  contentHash: string,
  source: SourceItem,
  deps: ImportDeps,
): Promise<Pick<RevisionRow, '_id'>> {
  const key = { tenantId: ctx.tenantId, itemId, contentHash }
  const existing = await RevisionModel.findOne(key).select('_id').lean()
  if (existing) return existing
  const assets = []
  for (const asset of source.assets) {
    assets.push({ path: asset.path, assetId: await keepAsset(ctx, itemId, asset) })
  }
  const revision = {
    _id: newId('rev'),
    ...key,
    file: source.file,
    xml: source.xml,
    assets,
    createdAt: deps.now(),
  }
  try {
    await RevisionModel.create(revision)
    return revision
  } catch (error) {
    if (!isDuplicateKey(error)) throw error
    return keepRevision(ctx, itemId, contentHash, source, deps)
  }
}

async function keepAsset(
  ctx: TenantContext,
  itemId: string,
  { contentType, bytes }: { contentType: string; bytes: Buffer },
): Promise<string> {
  const sha256 = createHash('sha256').update(bytes).digest('hex')
  const key = { tenantId: ctx.tenantId, itemId, sha256 }
  const existing = await AssetModel.findOne(key).select('_id').lean()
  if (existing) return existing._id
  const asset = { _id: newId('ast'), ...key, contentType, bytes }
  try {
    await AssetModel.create(asset)
    return asset._id
  } catch (error) {
    if (!isDuplicateKey(error)) throw error
    return keepAsset(ctx, itemId, { contentType, bytes })
  }
}
