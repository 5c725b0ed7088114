import type { TenantContext } from '../../core/tenancy.ts'
import type { WebhookDeps } from './deps.ts'
import { findEndpointsBy } from './endpoint-store.ts'
import { secretField } from './endpoints.ts'

export interface EndpointFacts {
  readonly url: string
  readonly secrets: readonly string[]
}

export type FactsQuery = { readonly id: string } | { readonly url: string }

/** What a receiver of this installation, such as a sandbox's inspector, needs to judge deliveries. */
export async function findFacts(
  ctx: TenantContext,
  by: FactsQuery,
  { secrets, now }: Pick<WebhookDeps, 'secrets' | 'now'>,
): Promise<EndpointFacts[]> {
  const rows = await findEndpointsBy(ctx, 'id' in by ? { _id: by.id } : by)
  const at = now(ctx.tenantId)
  return Promise.all(
    rows.map(async ({ _id, url, secrets: stored }) => {
      const inForce = stored.filter(({ endsAt }) => endsAt === null || endsAt.getTime() > at)
      const opened = inForce.map(({ sealed }) => secrets.decrypt(ctx, secretField(_id), sealed))
      return { url, secrets: await Promise.all(opened) }
    }),
  )
}
