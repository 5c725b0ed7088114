import { createHash } from 'node:crypto'
import type { Page } from '../../../shared/api/contract.ts'
import type { Embed, EmbedList } from '../../../shared/api/resources.ts'
import { AppError } from '../../../shared/errors.ts'
import { recordAudit } from '../../core/audit/index.ts'
import { newId } from '../../core/ids.ts'
import { showPage } from '../../core/lists/index.ts'
import { systemContext, type TenantContext } from '../../core/tenancy.ts'
import type { ContentDeps } from './deps.ts'
import {
  type EmbedRow,
  ensureEmbed,
  findEmbedForAnyone,
  findEmbedPage,
  findLiveEmbed,
  findOpenEmbed,
  insertEmbed,
  markWithdrawn,
} from './embed-store.ts'
import { describeResource } from './library.ts'
import { findResourceTenant } from './resource-store.ts'
import { embedPageUrl, embedSnippet } from './snippet.ts'

async function titleOf(
  ctx: TenantContext,
  { kind, targetId }: Pick<EmbedRow, 'kind' | 'targetId'>,
  deps: ContentDeps,
): Promise<string> {
  const describe = kind === 'item' ? deps.describeItem : describeResource
  return (await describe(ctx, targetId)).title
}

/** Undefined where the target was deleted since. */
async function titleOrNothing(
  ctx: TenantContext,
  row: EmbedRow,
  deps: ContentDeps,
): Promise<string | undefined> {
  try {
    return await titleOf(ctx, row, deps)
  } catch (error) {
    if (error instanceof AppError && error.code === 'not_found') return undefined
    throw error
  }
}

async function showEmbed(ctx: TenantContext, row: EmbedRow, deps: ContentDeps): Promise<Embed> {
  const { publicUrl } = deps.settings
  const title = (await titleOrNothing(ctx, row, deps)) ?? 'EdPsych Connect'
  return {
    id: row._id,
    kind: row.kind,
    targetId: row.targetId,
    allowedOrigins: row.allowedOrigins,
    pageUrl: embedPageUrl(publicUrl, row._id),
    snippet: embedSnippet(publicUrl, row._id, title),
    createdAt: row.createdAt.toISOString(),
    updatedAt: row.updatedAt.toISOString(),
  }
}

export interface NewEmbed {
  readonly kind: 'item' | 'resource'
  readonly targetId: string
  readonly allowedOrigins: readonly string[]
}

/** A host may hold characters that would end its place in `frame-ancestors` and begin another. */
const plainHost = /^https?:\/\/(?:[a-z0-9.-]+|\[[0-9a-f:.]+\])(?::\d+)?$/

function originOf(address: string, index: number): string {
  const { origin } = new URL(address)
  if (plainHost.test(origin)) return origin
  const pointer = `#/allowedOrigins/${index}`
  const detail = 'must be the address of a site, with letters, digits, dots and dashes in its name'
  throw new AppError('invalid_request', `${pointer}: ${detail}`, {
    errors: [{ pointer, code: 'invalid_value', detail }],
  })
}

/** Makes a public, revocable way to show one item or resource of the tenant. */
export async function createEmbed(
  ctx: TenantContext,
  { kind, targetId, allowedOrigins }: NewEmbed,
  deps: ContentDeps,
): Promise<Embed> {
  await titleOf(ctx, { kind, targetId }, deps)
  const origins = new Set(allowedOrigins.map(originOf))
  const row = await insertEmbed(ctx, {
    _id: newId('emb'),
    kind,
    targetId,
    allowedOrigins: [...origins],
  })
  await recordAudit(ctx, {
    action: 'embed.create',
    target: { type: 'embed', id: row._id },
    fields: ['kind', 'targetId', 'allowedOrigins'],
    result: 'success',
  })
  return showEmbed(ctx, row, deps)
}

export async function listEmbeds(
  ctx: TenantContext,
  query: EmbedList,
  deps: ContentDeps,
): Promise<Page<Embed>> {
  const page = await findEmbedPage(ctx, query)
  const shown = await Promise.all(page.rows.map((row) => showEmbed(ctx, row, deps)))
  return showPage({ ...page, rows: shown }, (embed) => embed)
}

export async function readEmbed(ctx: TenantContext, id: string, deps: ContentDeps): Promise<Embed> {
  const row = await findLiveEmbed(ctx, id)
  if (!row) throw new AppError('not_found', `The embed ${id} does not exist or was withdrawn`)
  return showEmbed(ctx, row, deps)
}

/** Withdraws an embed for ever: who is looking at it loses access at once. */
export async function withdrawEmbed(ctx: TenantContext, id: string, now: Date): Promise<undefined> {
  if (!(await markWithdrawn(ctx, id, now))) {
    throw new AppError('not_found', `The embed ${id} does not exist or was withdrawn`)
  }
  await recordAudit(ctx, {
    action: 'embed.withdraw',
    target: { type: 'embed', id },
    result: 'success',
  })
}

export interface PublicEmbed {
  readonly ctx: TenantContext
  readonly row: EmbedRow
  readonly title: string
}

/** What a visitor who holds only the embed's id may see; `withdrawn` also where its target is gone. */
export async function openPublicEmbed(
  id: string,
  deps: ContentDeps,
): Promise<PublicEmbed | 'withdrawn' | 'unknown'> {
  const row = await findEmbedForAnyone(id)
  if (!row) return 'unknown'
  if (row.withdrawnAt) return 'withdrawn'
  const ctx = systemContext(row.tenantId, 'embed')
  const title = await titleOrNothing(ctx, row, deps)
  return title === undefined ? 'withdrawn' : { ctx, row, title }
}

/** One share page per object: its id follows from the object's, so that two first visitors make one. */
function shareEmbedId(targetId: string): string {
  const digest = createHash('sha256').update(`share\n${targetId}`).digest('hex')
  return `emb_${digest.slice(0, 26)}`
}

/** Address of the public page of an item, made where it is missing; null where it was withdrawn. */
export async function sharePageOfItem(
  ctx: TenantContext,
  itemId: string,
  publicUrl: string,
): Promise<string | null> {
  const made = await ensureEmbed(ctx, {
    _id: shareEmbedId(itemId),
    kind: 'item',
    targetId: itemId,
    allowedOrigins: [],
  })
  const embed = made.withdrawnAt === null ? made : await findOpenEmbed(ctx, itemId)
  return embed && embedPageUrl(publicUrl, embed._id)
}

/** The embed behind a resource's share address; null where it was withdrawn or never existed. */
export async function findShareEmbed(resourceId: string): Promise<EmbedRow | null> {
  const tenantId = await findResourceTenant(resourceId)
  if (tenantId === null) return null
  const ctx = systemContext(tenantId, 'share')
  const embed = await ensureEmbed(ctx, {
    _id: shareEmbedId(resourceId),
    kind: 'resource',
    targetId: resourceId,
    allowedOrigins: [],
  })
  return embed.withdrawnAt === null ? embed : findOpenEmbed(ctx, resourceId)
}
