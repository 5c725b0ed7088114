import type { Silence, SilenceBody } from '../../../shared/api/alerts.ts'
import type { Page } from '../../../shared/api/contract.ts'
import { AppError } from '../../../shared/errors.ts'
import { newId } from '../../core/ids.ts'
import { showPage, type TimedQuery } from '../../core/lists/index.ts'
import type { TenantContext } from '../../core/tenancy.ts'
import { releaseSilenced } from './alert-store.ts'
import type { AlertsDeps } from './deps.ts'
import { auditSetting, changedMeanwhile } from './settings-audit.ts'
import {
  findSilence,
  findSilencePage,
  insertSilence,
  removeSilence,
  type SilenceRow,
} from './silence-store.ts'

function stateOf({ startsAt, endsAt }: SilenceRow, now: Date): Silence['state'] {
  if (endsAt <= now) return 'over'
  return startsAt > now ? 'coming' : 'active'
}

function showSilence({ tenantId: _tenant, ...row }: SilenceRow, now: Date): Silence {
  return {
    id: row._id,
    reason: row.reason,
    match: row.match,
    startsAt: row.startsAt.toISOString(),
    endsAt: row.endsAt.toISOString(),
    state: stateOf({ tenantId: _tenant, ...row }, now),
    createdBy: row.createdBy,
    createdAt: row.createdAt.toISOString(),
    updatedAt: row.updatedAt.toISOString(),
  }
}

export async function listSilences(
  ctx: TenantContext,
  query: TimedQuery & { readonly state?: Silence['state'] | undefined },
  deps: AlertsDeps,
): Promise<Page<Silence>> {
  const now = deps.now()
  const page = await findSilencePage(ctx.tenantId, query, now)
  return showPage(page, (row) => showSilence(row, now))
}

async function mustFind(ctx: TenantContext, id: string): Promise<SilenceRow> {
  const row = await findSilence(ctx.tenantId, id)
  if (!row) throw new AppError('not_found', `The silence ${id} does not exist`)
  return row
}

export async function readSilence(
  ctx: TenantContext,
  id: string,
  deps: AlertsDeps,
): Promise<Silence> {
  return showSilence(await mustFind(ctx, id), deps.now())
}

export async function createSilence(
  ctx: TenantContext,
  { reason, match, startsAt, endsAt }: SilenceBody,
  deps: AlertsDeps,
): Promise<Silence> {
  const now = deps.now()
  const row: SilenceRow = {
    _id: newId('sil', now.getTime()),
    tenantId: ctx.tenantId,
    reason,
    match,
    startsAt: startsAt === undefined ? now : new Date(startsAt),
    endsAt: new Date(endsAt),
    createdBy: ctx.principal.id,
    createdAt: now,
    updatedAt: now,
  }
  if (row.endsAt <= row.startsAt || row.endsAt <= now) {
    const detail = 'must be later than now and than the beginning'
    throw new AppError('alert_option_invalid', `The end of a silence ${detail}`, {
      errors: [{ pointer: '#/endsAt', code: 'alert_option_invalid', detail }],
    })
  }
  await insertSilence(ctx, row)
  await auditSetting(ctx, 'silence', 'create', row._id, { before: {}, after: { match, endsAt } })
  return showSilence(row, now)
}

export async function deleteSilence(
  ctx: TenantContext,
  id: string,
  deps: AlertsDeps,
): Promise<undefined> {
  await mustFind(ctx, id)
  if (!(await removeSilence(ctx, id))) throw changedMeanwhile()
  await releaseSilenced(ctx.tenantId, deps.now())
  await auditSetting(ctx, 'silence', 'delete', id)
}
