import type { z } from 'zod'
import type { Page } from '../../../shared/api/contract.ts'
import type { ItemRevision, ItemSource } from '../../../shared/api/items.ts'
import type { MadeList } from '../../../shared/api/list-query.ts'
import { AppError } from '../../../shared/errors.ts'
import { recordAudit } from '../../core/audit/index.ts'
import { findPage, showPage, timeFilter } from '../../core/lists/index.ts'
import type { TenantContext } from '../../core/tenancy.ts'
import { assetUrl } from './assets.ts'
import type { AssessmentDeps } from './deps.ts'
import { findItem, findRevision } from './items.ts'
import { type ItemRow, RevisionModel, type RevisionRow } from './store.ts'

type Revision = z.output<typeof ItemRevision>

const revisionSort = { createdAt: { path: '_id', type: 'text' } } as const

function showRevision(row: RevisionRow, item: ItemRow): Revision {
  const madeAt = row.createdAt.toISOString()
  return {
    id: row._id,
    itemId: row.itemId,
    file: row.file,
    current: row._id === item.revisionId,
    createdAt: madeAt,
    // A version never changes.
    updatedAt: madeAt,
  }
}

export async function listRevisions(
  ctx: TenantContext,
  itemId: string,
  query: MadeList,
): Promise<Page<Revision>> {
  const item = await findItem(ctx, itemId)
  const page = await findPage<RevisionRow>(RevisionModel, {
    filter: { tenantId: ctx.tenantId, itemId, ...timeFilter(query) },
    query,
    sortFields: revisionSort,
    projection: { xml: 0, assets: 0 },
  })
  return showPage(page, (row) => showRevision(row, item))
}

/** The source of one version of an item, by default the current; who took the key is in the audit trail. */
export async function readSource(
  ctx: TenantContext,
  itemId: string,
  revisionId: string | undefined,
  deps: AssessmentDeps,
): Promise<z.output<typeof ItemSource>> {
  const item = await findItem(ctx, itemId)
  const row = await findRevision(ctx, revisionId ?? item.revisionId)
  if (row.itemId !== itemId) {
    throw new AppError('not_found', `Revision ${row._id} is not one of item ${itemId}`)
  }
  await recordAudit(ctx, {
    action: 'item.source.read',
    target: { type: 'item', id: itemId },
    result: 'success',
  })
  return {
    ...showRevision(row, item),
    contentType: 'application/xml',
    content: row.xml,
    assets: row.assets.map(({ path }) => ({
      path,
      url: `${deps.settings.publicUrl}${assetUrl(row, path)}`,
    })),
  }
}
