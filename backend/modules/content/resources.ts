import type { Page } from '../../../shared/api/contract.ts'
import {
  type Resource,
  type ResourceBody,
  type ResourceChange,
  ResourceBody as ResourceFields,
  type ResourceList,
} from '../../../shared/api/resources.ts'
import { AppError } from '../../../shared/errors.ts'
import { launchUrl } from '../../../shared/lti.ts'
import { recordAudit } from '../../core/audit/index.ts'
import { assertIfMatch } from '../../core/etag.ts'
import { showPage } from '../../core/lists/index.ts'
import { assertOpens, type TenantContext } from '../../core/tenancy.ts'
import {
  deleteRevision,
  findResource,
  findResourcePage,
  insertResource,
  type ResourceRow,
  replaceRevision,
} from './resource-store.ts'

/** Turns rows into API objects with the addresses of this installation. */
export function resourceView(publicUrl: string) {
  return (row: ResourceRow): Resource => ({
    ...fieldsOf(row),
    id: row._id,
    launchUrl: launchUrl(publicUrl, 'resource', row._id),
    shareUrl: `${publicUrl}/r/${row._id}`,
    createdAt: row.createdAt.toISOString(),
    updatedAt: row.updatedAt.toISOString(),
  })
}

function fieldsOf(row: ResourceRow): ResourceBody {
  const { name, description, learningResourceType, educationalLevel, about } = row
  const { timeRequiredMinutes, url, content, license, attribution, inLanguage } = row
  return {
    name,
    description,
    learningResourceType,
    educationalLevel,
    about,
    timeRequiredMinutes,
    url,
    content,
    license: { name: license.name, url: license.url },
    attribution,
    inLanguage,
  }
}

async function readRow(ctx: TenantContext, id: string): Promise<ResourceRow> {
  assertOpens(ctx, id)
  const row = await findResource(ctx, id)
  if (!row) throw new AppError('not_found', `The resource ${id} does not exist`)
  return row
}

export async function listResources(
  ctx: TenantContext,
  query: ResourceList,
  publicUrl: string,
): Promise<Page<Resource>> {
  return showPage(await findResourcePage(ctx, query), resourceView(publicUrl))
}

export async function readResource(
  ctx: TenantContext,
  id: string,
  publicUrl: string,
): Promise<Resource> {
  return resourceView(publicUrl)(await readRow(ctx, id))
}

export async function addResource(
  ctx: TenantContext,
  body: ResourceBody,
  publicUrl: string,
): Promise<Resource> {
  const row = await insertResource(ctx, body)
  await recordAudit(ctx, {
    action: 'resource.create',
    target: { type: 'resource', id: row._id },
    result: 'success',
  })
  return resourceView(publicUrl)(row)
}

const tries = 5

/** Changes the fields that are given. Without `If-Match` the last writer of a field wins, field by field. */
export async function changeResource(
  ctx: TenantContext,
  id: string,
  change: ResourceChange,
  ifMatch: string | undefined,
  publicUrl: string,
): Promise<Resource> {
  const show = resourceView(publicUrl)
  for (let left = tries; left > 0; left--) {
    const current = await readRow(ctx, id)
    assertIfMatch(ifMatch, show(current))
    const body = ResourceFields.parse({ ...fieldsOf(current), ...change })
    const changed = await replaceRevision(ctx, current, body, Object.keys(change))
    if (!changed) continue
    await recordAudit(ctx, {
      action: 'resource.update',
      target: { type: 'resource', id },
      fields: Object.keys(change),
      result: 'success',
    })
    return show(changed)
  }
  throw new AppError('conflict', 'Others change it at this moment; try again')
}

export async function deleteResource(
  ctx: TenantContext,
  id: string,
  ifMatch: string | undefined,
  publicUrl: string,
): Promise<undefined> {
  for (let left = tries; left > 0; left--) {
    const current = await readRow(ctx, id)
    assertIfMatch(ifMatch, resourceView(publicUrl)(current))
    if (!(await deleteRevision(ctx, current))) continue
    await recordAudit(ctx, {
      action: 'resource.delete',
      target: { type: 'resource', id },
      result: 'success',
    })
    return
  }
  throw new AppError('conflict', 'Others change it at this moment; try again')
}
