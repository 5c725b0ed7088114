import type { z } from 'zod'
import type { Page } from '../../../shared/api/contract.ts'
import type { ImportReport as ImportReportSchema } from '../../../shared/api/items.ts'
import type { MadeList } from '../../../shared/api/list-query.ts'
import { AppError } from '../../../shared/errors.ts'
import { findPage, showPage, timeFilter } from '../../core/lists/index.ts'
import type { TenantContext } from '../../core/tenancy.ts'
import { ImportModel, type ImportRow, importSort } from './import-store.ts'

type ImportReport = z.output<typeof ImportReportSchema>

export function showImport(row: ImportRow): ImportReport {
  const madeAt = row.createdAt.toISOString()
  return {
    id: row._id,
    fileName: row.fileName,
    imported: row.imported.map((each) => ({ ...each, notes: [...each.notes] })),
    skipped: [...row.skipped],
    assets: row.assets,
    createdAt: madeAt,
    updatedAt: madeAt,
  }
}

export async function listImports(
  ctx: TenantContext,
  query: MadeList,
): Promise<Page<ImportReport>> {
  const page = await findPage<ImportRow>(ImportModel, {
    filter: { tenantId: ctx.tenantId, ...timeFilter(query) },
    query,
    sortFields: importSort,
  })
  return showPage(page, showImport)
}

export async function readImport(ctx: TenantContext, id: string): Promise<ImportReport> {
  const row = await ImportModel.findOne({ _id: id, tenantId: ctx.tenantId }).lean<ImportRow>()
  if (!row) throw new AppError('not_found', `The import ${id} does not exist`)
  return showImport(row)
}
