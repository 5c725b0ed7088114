import { randomBytes } from 'node:crypto'
import type { z } from 'zod'
import type { Page } from '../../../shared/api/contract.ts'
import type {
  Webhook,
  WebhookBody,
  WebhookChange,
  webhooksApi,
} from '../../../shared/api/webhooks.ts'
import { AppError } from '../../../shared/errors.ts'
import { recordAudit } from '../../core/audit/index.ts'
import { showEach, type TimedQuery } from '../../core/lists/index.ts'
import type { TenantContext } from '../../core/tenancy.ts'
import { checkOptions } from './check-options.ts'
import { failWaiting } from './delivery-store.ts'
import type { WebhookDeps } from './deps.ts'
import {
  changeEndpoint,
  type EndpointRow,
  findEndpoint,
  findEndpointPage,
  insertEndpoint,
  newEndpointId,
  removeEndpoint,
  type StoredSecret,
  soundHealth,
} from './endpoint-store.ts'
import { formatSecret } from './signing.ts'

type Created = z.output<(typeof webhooksApi)['POST /api/v1/webhooks']['response']>

export function secretField(endpointId: string): string {
  return `webhook.${endpointId}.secret`
}

async function makeSecret(ctx: TenantContext, endpointId: string, deps: WebhookDeps) {
  const secret = formatSecret(randomBytes(32))
  const sealed = await deps.secrets.encrypt(ctx, secretField(endpointId), secret)
  return { secret, stored: { sealed, endsAt: null } satisfies StoredSecret }
}

export async function createEndpoint(
  ctx: TenantContext,
  body: WebhookBody,
  deps: WebhookDeps,
): Promise<Created> {
  const fields = await checkOptions(ctx, body, deps)
  const _id = newEndpointId()
  const made = fields.signature === 'hmac' ? await makeSecret(ctx, _id, deps) : null
  const row = await insertEndpoint(ctx, {
    ...fields,
    _id,
    secrets: made ? [made.stored] : [],
    disabledReason: fields.enabled ? null : 'by-hand',
  })
  await audit(ctx, 'webhook.create', _id, Object.keys(body))
  return { ...(await showEndpoint(row, deps)), secret: made?.secret ?? null }
}

export async function listEndpoints(
  ctx: TenantContext,
  query: TimedQuery,
  deps: WebhookDeps,
): Promise<Page<Webhook>> {
  return showEach(await findEndpointPage(ctx, query), (row) => showEndpoint(row, deps))
}

export async function readEndpoint(
  ctx: TenantContext,
  id: string,
  deps: WebhookDeps,
): Promise<Webhook> {
  return showEndpoint(await mustFindEndpoint(ctx, id), deps)
}

export async function updateEndpoint(
  ctx: TenantContext,
  id: string,
  change: WebhookChange,
  deps: WebhookDeps,
): Promise<Webhook> {
  const current = await mustFindEndpoint(ctx, id)
  const { encryptionKey } = current
  const fields = await checkOptions(
    ctx,
    {
      ...current,
      encryptionKey: encryptionKey as WebhookBody['encryptionKey'],
      ...defined(change),
    },
    deps,
  )
  const isSwitched = fields.enabled !== current.enabled
  const updated = await changeEndpoint(
    ctx,
    current,
    {
      ...fields,
      ...(isSwitched && {
        disabledReason: fields.enabled ? null : ('by-hand' as const),
        // Whoever enables it says that it is repaired.
        health: fields.enabled ? soundHealth : current.health,
      }),
    },
    Object.keys(change),
  )
  if (!updated) throw changedMeanwhile()
  if (isSwitched && !fields.enabled) {
    await failWaiting({ tenantId: ctx.tenantId, endpointId: id }, 'The endpoint was disabled')
  }
  await audit(ctx, 'webhook.update', id, Object.keys(change))
  return showEndpoint(updated, deps)
}

/** The members that were given: an absent one leaves what is there. */
function defined(change: WebhookChange): Partial<WebhookBody> {
  return Object.fromEntries(Object.entries(change).filter(([, value]) => value !== undefined))
}

export async function deleteEndpoint(ctx: TenantContext, id: string): Promise<undefined> {
  const current = await mustFindEndpoint(ctx, id)
  if (!(await removeEndpoint(ctx, current))) throw changedMeanwhile()
  await failWaiting({ tenantId: ctx.tenantId, endpointId: id }, 'The endpoint was deleted')
  await audit(ctx, 'webhook.delete', id, [])
  return undefined
}

export async function rotateSecret(
  ctx: TenantContext,
  id: string,
  overlapSeconds: number,
  deps: WebhookDeps,
): Promise<Created> {
  const current = await mustFindEndpoint(ctx, id)
  if (current.signature !== 'hmac') {
    throw new AppError(
      'webhook_option_invalid',
      'This endpoint is signed with the ed25519 key of the installation and has no secret',
    )
  }
  const now = deps.now(ctx.tenantId)
  const { secret, stored } = await makeSecret(ctx, id, deps)
  const [newest, ...older] = current.secrets
  const secrets = [
    stored,
    ...(newest ? [{ ...newest, endsAt: new Date(now + overlapSeconds * 1000) }] : []),
    ...older,
  ].filter(({ endsAt }) => endsAt === null || endsAt.getTime() > now)
  const updated = await changeEndpoint(ctx, current, { secrets }, ['secret'])
  if (!updated) throw changedMeanwhile()
  await audit(ctx, 'webhook.rotate-secret', id, ['secret'])
  return { ...(await showEndpoint(updated, deps)), secret }
}

export async function mustFindEndpoint(ctx: TenantContext, id: string): Promise<EndpointRow> {
  const row = await findEndpoint(ctx, id)
  if (!row) throw new AppError('not_found', `The webhook endpoint ${id} does not exist`)
  return row
}

function changedMeanwhile(): AppError {
  return new AppError(
    'conflict',
    'Somebody else changed this endpoint at the same moment; read it again and repeat the change',
  )
}

export async function audit(
  ctx: TenantContext,
  action: string,
  id: string,
  fields: readonly string[],
): Promise<void> {
  const target = { type: 'webhook', id }
  await recordAudit(ctx, { action, target, fields, result: 'success' })
}

async function showEndpoint(row: EndpointRow, deps: WebhookDeps): Promise<Webhook> {
  const oldSecretEndsAt = row.secrets.reduce<Date | null>(
    (latest, { endsAt }) => (endsAt && (!latest || endsAt > latest) ? endsAt : latest),
    null,
  )
  const now = deps.now(row.tenantId)
  return {
    id: row._id,
    url: row.url,
    eventTypes: [...row.eventTypes],
    description: row.description,
    filters: { ...row.filters },
    tenantIds: row.tenantIds && [...row.tenantIds],
    includeBelow: row.includeBelow,
    signature: row.signature,
    publicKey: row.signature === 'ed25519' ? (await deps.signingKey()).publicKey : null,
    payload: row.payload,
    format: row.format,
    // A checked JWK has one of the three key types.
    encryptionKey: row.encryptionKey as Webhook['encryptionKey'],
    ordering: row.ordering,
    apiVersion: row.apiVersion,
    enabled: row.enabled,
    disabledReason: row.disabledReason,
    oldSecretEndsAt:
      oldSecretEndsAt && oldSecretEndsAt.getTime() > now ? oldSecretEndsAt.toISOString() : null,
    createdAt: row.createdAt.toISOString(),
    updatedAt: row.updatedAt.toISOString(),
  }
}
