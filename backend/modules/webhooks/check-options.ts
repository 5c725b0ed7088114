import type { WebhookBody } from '../../../shared/api/webhooks.ts'
import { AppError } from '../../../shared/errors.ts'
import { type EventDescription, eventCatalogue, isEventType } from '../../../shared/events.ts'
import { createUrlPolicy } from '../../core/outgoing/url-policy.ts'
import type { TenantContext } from '../../core/tenancy.ts'
import { checkEventTypes } from './check-event-types.ts'
import type { WebhookDeps } from './deps.ts'
import { checkEncryptionKey } from './encryption.ts'
import type { EndpointFields } from './endpoint-store.ts'

/** The options of an endpoint as they are stored; refuses what could never be delivered or never match. */
export async function checkOptions(
  ctx: TenantContext,
  body: WebhookBody,
  deps: Pick<WebhookDeps, 'settings' | 'treeOf'>,
): Promise<EndpointFields> {
  const eventTypes = checkEventTypes(body.eventTypes)
  checkFilters(body.filters, eventTypes)
  return {
    url: checkAddress(body.url, deps),
    eventTypes,
    description: body.description,
    filters: body.filters,
    tenantIds: await checkTenants(ctx, body, deps),
    includeBelow: body.includeBelow,
    signature: body.signature,
    payload: body.payload,
    format: body.format,
    encryptionKey: body.encryptionKey && (await checkEncryptionKey(body.encryptionKey)),
    ordering: body.ordering,
    apiVersion: body.apiVersion,
    enabled: body.enabled,
  }
}

function checkAddress(url: string, { settings }: Pick<WebhookDeps, 'settings'>): string {
  const policy = createUrlPolicy({
    allowPrivateNetworks: settings.allowPrivateNetworks,
    allowedPrivateUrlPrefixes: settings.trustedUrlPrefixes,
  })
  try {
    // URL would silently drop line breaks, and the rest would be another address.
    if (/[\p{Cc}\s\\]/u.test(url)) {
      throw new AppError(
        'url_not_allowed',
        'url: write the address without spaces or control characters',
      )
    }
    const target = policy.check(url, 'url')
    target.url.hash = ''
    return target.url.href
  } catch (error) {
    if (!(error instanceof AppError)) throw error
    const { code, message } = error
    throw new AppError(code, message, {
      cause: error,
      errors: [{ pointer: '#/url', code, detail: message }],
    })
  }
}

function checkFilters(filters: WebhookBody['filters'], eventTypes: readonly string[]): void {
  const described: EventDescription[] = eventTypes.includes('*')
    ? Object.values(eventCatalogue)
    : eventTypes.filter(isEventType).map((type) => eventCatalogue[type])
  const known = new Set(described.flatMap(({ schema }) => Object.keys(schema.shape)))
  const hidden = new Set(described.flatMap(({ details }) => details?.fields ?? []))
  for (const field of Object.keys(filters)) {
    if (known.has(field) && !hidden.has(field)) continue
    throw invalid(
      `/filters/${field}`,
      `these events have no field ${field} to filter by; there are ${[...known].filter((name) => !hidden.has(name)).join(', ')}`,
    )
  }
}

async function checkTenants(
  ctx: TenantContext,
  { tenantIds, includeBelow }: Pick<WebhookBody, 'tenantIds' | 'includeBelow'>,
  { treeOf }: Pick<WebhookDeps, 'treeOf'>,
): Promise<string[] | null> {
  if (tenantIds === null) return null
  const reachable = includeBelow ? await treeOf(ctx.tenantId) : [ctx.tenantId]
  for (const [index, id] of tenantIds.entries()) {
    if (reachable.includes(id)) continue
    const advice = includeBelow ? '' : '; set includeBelow for those below yours'
    throw invalid(`/tenantIds/${index}`, `${id} is no organisation of yours${advice}`)
  }
  return tenantIds.length === 0 ? null : [...new Set(tenantIds)]
}

function invalid(path: string, detail: string): AppError {
  return new AppError('webhook_option_invalid', detail, {
    errors: [{ pointer: `#${path}`, code: 'webhook_option_invalid', detail }],
  })
}
