import type { z } from 'zod'
import type { Page } from '../../../shared/api/contract.ts'
import type { ItemList, Item as ItemSchema } from '../../../shared/api/items.ts'
import { AppError } from '../../../shared/errors.ts'
import { recordAudit } from '../../core/audit/index.ts'
import { pushEvent } from '../../core/events/index.ts'
import { findPage, given, showPage, timeFilter } from '../../core/lists/index.ts'
import { assertOpens, type TenantContext } from '../../core/tenancy.ts'
import type { AssessmentDeps } from './deps.ts'
import {
  ItemModel,
  type ItemRow,
  itemSort,
  RevisionModel,
  type RevisionRow,
  readItemRow,
} from './store.ts'

type Item = z.output<typeof ItemSchema>

export function showItem(row: ItemRow, publicUrl: string): Item {
  return {
    id: row._id,
    identifier: row.identifier,
    title: row.title,
    language: row.language,
    interactions: [...row.interactions],
    maxScore: row.maxScore,
    source: { file: row.source.file, importId: row.source.importId },
    launchUrl: `${publicUrl}/lti/items/${row._id}`,
    createdAt: row.createdAt.toISOString(),
    updatedAt: row.updatedAt.toISOString(),
  }
}

/** The item, unless it was deleted, is of another tenant or not what this launch was made for. */
export async function findItem(ctx: TenantContext, id: string): Promise<ItemRow> {
  assertOpens(ctx, id)
  const row = await readItemRow(ctx.tenantId, id)
  if (!row) throw new AppError('not_found', `Item ${id} does not exist`)
  return row
}

export async function findRevision(ctx: TenantContext, id: string): Promise<RevisionRow> {
  const row = await RevisionModel.findOne({ _id: id, tenantId: ctx.tenantId }).lean()
  if (!row) throw new AppError('not_found', `Revision ${id} does not exist`)
  return row
}

export async function readItemById(
  ctx: TenantContext,
  id: string,
  deps: AssessmentDeps,
): Promise<Item> {
  return showItem(await findItem(ctx, id), deps.settings.publicUrl)
}

export async function listItems(
  ctx: TenantContext,
  query: ItemList,
  deps: AssessmentDeps,
): Promise<Page<Item>> {
  const only = ctx.limitedTo ? [{ _id: { $in: [...ctx.limitedTo] } }] : []
  const words = (query.q ?? '')
    .toLowerCase()
    .split(/\s+/)
    .filter((word) => word !== '')
    .map((word) => ({ titleSearch: { $regex: escapeRegex(word) } }))
  const page = await findPage<ItemRow>(ItemModel, {
    filter: {
      tenantId: ctx.tenantId,
      deletedAt: null,
      ...given({ identifier: query.identifier }),
      ...timeFilter(query),
      ...(only.length + words.length > 0 ? { $and: [...only, ...words] } : {}),
    },
    query,
    sortFields: itemSort,
  })
  return showPage(page, (row) => showItem(row, deps.settings.publicUrl))
}

function escapeRegex(text: string): string {
  return text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&')
}

/** Hides the item; its attempts and their scores stay. */
export async function deleteItem(
  ctx: TenantContext,
  id: string,
  deps: AssessmentDeps,
): Promise<undefined> {
  const row = await ItemModel.findOneAndUpdate(
    { _id: id, tenantId: ctx.tenantId, deletedAt: null },
    { $set: { deletedAt: deps.now() }, ...pushEvent(ctx, 'item.deleted', { itemId: id }) },
  ).lean()
  if (!row) throw new AppError('not_found', `Item ${id} does not exist`)
  await recordAudit(ctx, { action: 'item.delete', target: { type: 'item', id }, result: 'success' })
  return undefined
}
