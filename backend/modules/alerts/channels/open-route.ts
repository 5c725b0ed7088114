import { systemContext } from '../../../core/tenancy.ts'
import type { AlertsDeps } from '../deps.ts'
import type { RouteRow } from '../route-store.ts'

export type Sealed = Pick<RouteRow, 'sealedUrl' | 'sealedSecret'>

export function sealedField(routeId: string, field: 'url' | 'secret'): string {
  return `alert-route.${routeId}.${field}`
}

/** The address of a way, and the secret of a webhook. */
export async function openRoute(
  { _id, tenantId, sealedUrl, sealedSecret }: RouteRow,
  { secrets }: Pick<AlertsDeps, 'secrets'>,
): Promise<{ url: string; secret: string | null }> {
  if (sealedUrl === null) throw new TypeError('only ways with an address are opened')
  const ctx = systemContext(tenantId, 'alerts')
  return {
    url: await secrets.decrypt(ctx, sealedField(_id, 'url'), sealedUrl),
    secret:
      sealedSecret === null
        ? null
        : await secrets.decrypt(ctx, sealedField(_id, 'secret'), sealedSecret),
  }
}
