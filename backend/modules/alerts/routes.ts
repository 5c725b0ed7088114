import { randomBytes } from 'node:crypto'
import type { z } from 'zod'
import type {
  AlertRoute,
  AlertRouteBody,
  AlertRouteChange,
  AlertTest,
  alertsApi,
} from '../../../shared/api/alerts.ts'
import type { Page } from '../../../shared/api/contract.ts'
import { AppError } from '../../../shared/errors.ts'
import { newId } from '../../core/ids.ts'
import { showPage, type TimedQuery } from '../../core/lists/index.ts'
import type { TenantContext } from '../../core/tenancy.ts'
import { formatSecret } from '../webhooks/index.ts'
import { dropUnsent } from './alert-store.ts'
import { deliver } from './channels/deliver.ts'
import { testMessage } from './channels/message.ts'
import { type Sealed, sealedField } from './channels/open-route.ts'
import type { AlertsDeps } from './deps.ts'
import {
  changeRoute,
  findRoutePage,
  findRoutes,
  insertRoute,
  noteRoute,
  type RouteRow,
  removeRoute,
} from './route-store.ts'
import { isRouteUsed } from './rule-store.ts'
import { auditSetting, changedMeanwhile, given } from './settings-audit.ts'

type Created = z.output<(typeof alertsApi)['POST /api/v1/alert-routes']['response']>

export function showRoute(row: RouteRow, deps: Pick<AlertsDeps, 'mail'>): AlertRoute {
  return {
    id: row._id,
    name: row.name,
    kind: row.kind,
    enabled: row.enabled,
    to: row.to && [...row.to],
    roles: row.roles && [...row.roles],
    url: row.host && `https://${row.host}/…`,
    isDefault: row.isDefault,
    ready: row.kind !== 'email' || deps.mail !== null,
    lastSentAt: row.lastSentAt?.toISOString() ?? null,
    lastError: row.lastError,
    createdAt: row.createdAt.toISOString(),
    updatedAt: row.updatedAt.toISOString(),
  }
}

export async function listRoutes(
  ctx: TenantContext,
  query: TimedQuery,
  deps: AlertsDeps,
): Promise<Page<AlertRoute>> {
  return showPage(await findRoutePage(ctx.tenantId, query), (row) => showRoute(row, deps))
}

export async function mustFindRoute(ctx: TenantContext, id: string): Promise<RouteRow> {
  const [row] = await findRoutes(ctx.tenantId, [id])
  if (!row) throw new AppError('not_found', `The way of alerts ${id} does not exist`)
  return row
}

/** Anybody may make a sandbox: mail from one would be mail from anybody. */
async function assertMayMail(ctx: TenantContext, deps: AlertsDeps): Promise<void> {
  const kind = (await deps.lineageOf(ctx.tenantId)).at(-1)?.kind
  if (kind !== 'sandbox' && ctx.mode !== 'test') return
  throw new AppError(
    'alert_option_invalid',
    'A sandbox sends no e-mail; use the administration or a webhook',
  )
}

/** The address is kept sealed, for it is all that a stranger would need to write into the channel. */
async function sealUrl(ctx: TenantContext, id: string, url: string, deps: AlertsDeps) {
  deps.outgoing.checkUrl(url, 'alert')
  const sealedUrl = await deps.secrets.encrypt(ctx, sealedField(id, 'url'), url)
  return { sealedUrl, host: new URL(url).host }
}

export async function createRoute(
  ctx: TenantContext,
  body: AlertRouteBody,
  deps: AlertsDeps,
): Promise<Created> {
  if (body.kind === 'email') await assertMayMail(ctx, deps)
  const at = deps.now()
  const _id = newId('alt', at.getTime())
  const secret = body.kind === 'webhook' ? (body.secret ?? formatSecret(randomBytes(32))) : null
  const sealed: Sealed & { host: string | null } = {
    host: null,
    sealedUrl: null,
    ...('url' in body ? await sealUrl(ctx, _id, body.url, deps) : {}),
    sealedSecret:
      secret === null ? null : await deps.secrets.encrypt(ctx, sealedField(_id, 'secret'), secret),
  }
  const row: RouteRow = {
    _id,
    tenantId: ctx.tenantId,
    name: body.name,
    kind: body.kind,
    enabled: body.enabled,
    to: body.kind === 'email' ? body.to : null,
    roles: body.kind === 'in-app' ? body.roles : null,
    ...sealed,
    isDefault: false,
    lastSentAt: null,
    lastError: null,
    revision: 1,
    createdAt: at,
    updatedAt: at,
  }
  await insertRoute(ctx, row)
  const after = { ...body, secret: secret === null ? undefined : 'set' }
  await auditSetting(ctx, 'route', 'create', _id, { before: {}, after })
  return { ...showRoute(row, deps), secret }
}

const fieldsOf: Readonly<Record<RouteRow['kind'], readonly string[]>> = {
  email: ['to'],
  webhook: ['url'],
  teams: ['url'],
  slack: ['url'],
  'in-app': ['roles'],
}

export async function updateRoute(
  ctx: TenantContext,
  id: string,
  change: AlertRouteChange,
  deps: AlertsDeps,
): Promise<AlertRoute> {
  const current = await mustFindRoute(ctx, id)
  const { url, ...plain } = given(change)
  for (const field of Object.keys(given(change))) {
    if (['name', 'enabled', ...fieldsOf[current.kind]].includes(field)) continue
    const detail = `A way of the kind ${current.kind} has no ${field}`
    throw new AppError('alert_option_invalid', detail, {
      errors: [{ pointer: `#/${field}`, code: 'alert_option_invalid', detail }],
    })
  }
  const sealed = url === undefined ? {} : await sealUrl(ctx, id, url, deps)
  const fields = Object.keys(given(change))
  const row = await changeRoute(
    ctx,
    current,
    { ...plain, ...sealed, updatedAt: deps.now() },
    fields,
  )
  if (!row) throw changedMeanwhile()
  await auditSetting(ctx, 'route', 'update', id, {
    before: {
      name: current.name,
      enabled: current.enabled,
      to: current.to,
      url: current.sealedUrl,
    },
    after: { name: row.name, enabled: row.enabled, to: row.to, url: row.sealedUrl },
  })
  return showRoute(row, deps)
}

export async function deleteRoute(
  ctx: TenantContext,
  id: string,
  deps: AlertsDeps,
): Promise<undefined> {
  const row = await mustFindRoute(ctx, id)
  if (row.isDefault) {
    throw new AppError('alert_in_use', 'This way came with the organisation; switch it off instead')
  }
  if (await isRouteUsed(ctx.tenantId, id)) {
    throw new AppError('alert_in_use', `A rule sends by “${row.name}”; take it out of there first`)
  }
  if (!(await removeRoute(ctx, row))) throw changedMeanwhile()
  await dropUnsent(ctx.tenantId, { routeId: id }, 'The way was deleted', deps.now())
  await auditSetting(ctx, 'route', 'delete', id)
}

/** Sends at once, so that whoever sets it up sees what comes of it. */
export async function testRoute(
  ctx: TenantContext,
  id: string,
  deps: AlertsDeps,
): Promise<AlertTest> {
  const row = await mustFindRoute(ctx, id)
  const outcome = await deliver(row, testMessage(row.name, deps), deps)
  await noteRoute(row, {
    lastError: outcome.ok ? null : outcome.detail,
    ...(outcome.ok && { lastSentAt: deps.now() }),
  })
  await auditSetting(ctx, 'route', 'test', id)
  return { ok: outcome.ok, detail: outcome.detail }
}
